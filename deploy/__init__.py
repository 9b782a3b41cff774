"""How is an instance put together and run? The kosilab command, the all-in-one process, cities and their samples."""
