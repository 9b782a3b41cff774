"""What does the service do on its own? One file per noun: reactions and deadlines."""
