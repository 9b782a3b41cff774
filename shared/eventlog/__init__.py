"""How is a service's log kept? Append, read, cursors and command outcomes, in memory, SQLite or PostgreSQL."""
