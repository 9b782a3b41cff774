"""What is a reaction? A pure function from an event to commands of the service itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.kernel.read_model import Ask
from shared.kernel.recorded import Recorded

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(Generic[E]):
    """`react(event, ask)` answers an event with commands.

    `name` is stored: it enters the ids of the commands and stands in `ReactionRefused`. Never change it, and never give
    it to another reaction. `on` names event classes of the own service or of others. Each command's id is derived from
    the event, the name and the target stream: an event handled twice changes nothing. At most one command per target
    stream.
    """

    name: str
    on: tuple[type[E], ...]
    react: Callable[[Recorded[E], Ask], Iterable[Any]]
