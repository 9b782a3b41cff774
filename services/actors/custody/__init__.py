"""What do vault and slots have to do with a noun? One file per noun: what is sealed, opened, erased."""
