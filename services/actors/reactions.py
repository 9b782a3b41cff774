"""What does the service do on its own when something happens? Nothing yet: all it knows comes by commands."""

from shared.kernel.reaction import Reaction

REACTIONS: tuple[Reaction, ...] = ()
