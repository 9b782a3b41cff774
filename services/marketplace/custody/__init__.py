"""What do vault and sealed slots have to do with the marketplace? One file per noun."""
