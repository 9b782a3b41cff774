"""Which addresses are there besides those of commands and queries? One file per noun."""
