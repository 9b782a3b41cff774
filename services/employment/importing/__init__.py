"""Which lists can be imported here? One module per kind of list: its columns, and the commands of a row."""
