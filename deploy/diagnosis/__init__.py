"""What is wrong with an instance, and how is it repaired? Each question has one finding, in one line."""
