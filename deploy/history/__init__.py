"""What does an auditor need from an instance? Signed checkpoints, an export of its history, and rules for its keys."""
