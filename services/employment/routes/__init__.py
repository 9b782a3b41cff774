"""Which commands may be sent? One file per noun: their paths, roles, parties and checks."""
