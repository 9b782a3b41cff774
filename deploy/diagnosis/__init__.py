"""What is wrong with an instance, and how is it repaired? One finding per question, one line each."""
