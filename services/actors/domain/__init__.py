"""The nouns of the service and their rules; pure."""
