"""One file per migration, in the order in which they are applied."""
