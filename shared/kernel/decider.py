"""What is a decider? Two pure functions that turn commands into events and events into state."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
C_contra = TypeVar("C_contra", contravariant=True)
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C_contra, E]):
    """One noun of the domain: its name, its first state, and how it decides and evolves.

    A stream is called `<name>-<id>`; every command of the decider names that id in its field `<name>_id`.
    A noun that guards two scarce things has two deciders of one name: they share state and `evolve`, not commands.
    Source: docs/adr/0002, docs/adr/0007.
    """

    name: str
    initial: S
    decide: Callable[[S, C_contra], Sequence[E]]
    evolve: Callable[[S, E], S]

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        """The state after these events, beginning at `state` or at the initial one."""
        current = self.initial if state is None else state
        for event in events:
            current = self.evolve(current, event)
        return current

    def id_of(self, command: C_contra) -> str:
        """The id of the noun that a command is for."""
        return str(getattr(command, f"{self.name}_id"))

    def stream(self, noun_id: str) -> str:
        """The stream that guards the noun with this id."""
        return f"{self.name}-{noun_id}"
