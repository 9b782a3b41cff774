"""What is a reaction? A pure function from an event to commands of the own service."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from shared.kernel.recorded import Recorded
from shared.kernel.view import Ask


@dataclass(frozen=True, slots=True)
class Reaction:
    """`react(event, ask)` answers with commands; its `__name__` is the reaction's name.

    `on` names event classes of the own service or of others. The id of each command is derived from the event,
    the reaction and the target stream: handled twice, it changes nothing. At most one command per target stream.
    """

    on: tuple[type, ...]
    react: Callable[[Recorded, Ask], Iterable[Any]]

    @property
    def name(self) -> str:
        """The reaction's name, as it stands in the catalogue and in `ReactionRefused`."""
        return self.react.__name__
