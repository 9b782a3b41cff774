"""How do the files of a city become events? The driver of all services: it sends the steps that their rows ask for."""
