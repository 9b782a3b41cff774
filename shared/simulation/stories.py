"""What does a service declare about a story? The story, and the sections of a city's file that it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared.simulation.amounts import Amounts
from shared.simulation.chance import Chance
from shared.simulation.step import Story
from shared.simulation.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """One noun's stories: `tell` draws from a generator of its own, `chance.part("labs")`.

    `amounts` are the parts of the section [simulation] that say how much of it happens, by name.
    """

    tell: Callable[[Chance, Town], Story]
    amounts: Mapping[str, type[Amounts]] = field(default_factory=dict)
