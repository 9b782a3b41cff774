"""One log per service: append, read, cursors, command outcomes; in memory, SQLite or PostgreSQL."""
