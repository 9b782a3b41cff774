"""What can be read? One file per noun: its read model, its query, and the part that a caller sees."""
