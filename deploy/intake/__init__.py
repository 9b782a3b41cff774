"""How do the files of a city become events? The driver of all services sends the steps that their rows ask for."""
