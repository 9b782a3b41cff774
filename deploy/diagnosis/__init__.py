"""What is wrong with an instance, and how is it mended? One finding per question, each a line."""
