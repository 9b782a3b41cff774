"""What is a simulated city made of? Stories: plausible steps that the real deciders judge (`deploy/playing`).

A service tells the stories of its nouns in `simulation/<noun>.py` and declares each as `Stories` (`stories`). A story
draws from a random generator of its own (`chance`), reads the city, the period and its organisations (`town`), and
takes the amounts from its own section of the city's file (`amounts`). The town's `neighbours` answer what it needs
from other services.
"""
