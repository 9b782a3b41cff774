"""What does reporting publish? Which states of the figures there are."""
