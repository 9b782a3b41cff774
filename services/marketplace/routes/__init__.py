"""Which commands does the marketplace take, from whom? One file per noun."""
