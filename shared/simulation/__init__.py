"""What is a simulated city made of? Stories: plausible steps that the real deciders play (`deploy/playing`).

A service tells the stories of its nouns in `simulation/<noun>.py` and declares each as `Stories` (`stories`). A story
draws from its own part of the chance (`chance`), knows the city, the period and who is there (`town`), and reads how
much happens from its own section of the city's file (`amounts`). The town's `neighbours` answer what it needs from
other services.
"""
