"""What may the row of a file look up? The states that the rows before it have reached, today, and the city's lab."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from shared.events.codec import decode
from shared.importing.neighbours import Neighbours
from shared.importing.rehearsal import Rehearsal
from shared.importing.step import noon, refuse_other
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.read_model import Ask
from shared.tabular.rows import Row

S = TypeVar("S")
T = TypeVar("T")


class Lookup:
    """What the rows of a file may look up during its import.

    `secret` keys the ids of persons; `lab` is the lab's part of the city's file.
    """

    def __init__(
        self,
        rehearsal: Rehearsal,
        *,
        secret: str,
        lab: Mapping[str, Any],
        neighbours: Callable[["Lookup"], Neighbours],
    ) -> None:
        self._rehearsal = rehearsal
        self._indexes: dict[Any, Any] = {}
        self.now = rehearsal.now
        self.secret = secret
        self.lab = lab
        self.neighbours = neighbours(self)

    def state(self, decider: Decider[S, Any, Any], noun: str) -> S:
        """The state of a noun; the decider's initial state when there is no such noun."""
        return self._rehearsal.state_of(decider, noun)[1]

    def exists(self, decider: Decider[Any, Any, Any], noun: str) -> bool:
        """Whether there is such a noun."""
        return self._rehearsal.state_of(decider, noun)[0] > 0

    def ask(self, decider: Decider[Any, Any, Any]) -> Ask:
        """The read models of the service that has this decider."""
        return self._rehearsal.app_of(decider).store.ask

    def index(self, kind: Callable[["Lookup"], T]) -> T:
        """An index made once for the whole file, such as the organisations by name."""
        if kind not in self._indexes:
            self._indexes[kind] = kind(self)
        index: T = self._indexes[kind]
        return index

    def at(self, day: date | None) -> datetime:
        """The moment for a day in a file: its noon, but never later than now; now when no day is given."""
        if day is None:
            return self.now
        return min(noon(day), self.now) if day == today_in_the_city(self.now) else noon(day)

    def days(self, decider: Decider[Any, Any, Any], noun: str) -> dict[type, date]:
        """The day on which each kind of event first happened to a noun, according to the log."""
        log = self._rehearsal.app_of(decider).store.log
        days: dict[type, date] = {}
        for stored in log.read_stream(decider.stream(noun)):
            event = decode(stored.record)
            days.setdefault(type(event.data), today_in_the_city(event.time))
        return days

    def refuse_other_days(
        self, row: Row, decider: Decider[Any, Any, Any], noun: str, fields: Mapping[str, tuple[type, ...]]
    ) -> dict[type, date]:
        """Compare the dates of a row with the recorded events of a noun; returns the recorded days.

        Raises: RowRefused, when a date differs from the one that is recorded.
        """
        days = self.days(decider, noun)
        for name, kinds in fields.items():
            recorded = next((days[kind] for kind in kinds if kind in days), None)
            if recorded is not None:
                refuse_other(recorded, row.day(name), name)
        return days
