"""Which files hold nouns of this service? One file of ours per noun: its columns, and the steps that a row asks for."""
