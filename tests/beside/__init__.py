"""What happens when somebody writes beside the running city? A city under load, and a second process at its side."""
