"""How do the rows of a file become events? `plans` asks for the steps of each row; `rehearsal` judges them first."""
