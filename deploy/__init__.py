"""How an instance is put together and run: the kosilab command, the all-in-one process, cities and their samples."""
