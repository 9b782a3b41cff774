"""The auditor's side of an instance: who vouches for its logs, how its history is exported, how its keys change."""
