"""What is there to read? One file per noun: its read model, its query, and what a caller sees of it."""
