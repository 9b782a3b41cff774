"""How does all get done that the logs ask for? Alone step by step; beside a running city the city does it.

A second process that runs the same loops as the city would do most of the work twice, and keep the city from its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from shared.eventlog.port import Conflict, CursorMoved
from shared.service import clock

if TYPE_CHECKING:
    from deploy.instance import Unit

GENERATIONS = 12
"""How many reactions to reactions are awaited beside a running city, whose logs never stop growing."""

LOOK_S = 0.02
"""How often a process looks how far the others have come [s]."""

PATIENCE_S = 0.5
"""How long a reader may stand still [s] until this process does its work: perhaps nobody else does."""

LONGEST_S = 60.0
"""How long a command waits beside a running city whose reactions come late [s]."""

Heads: TypeAlias = Mapping[str, int]
"""The last position of each log."""

Readers: TypeAlias = dict[tuple[str, str], int]
"""How far readers are: their position by service and by what they read."""


class Settling:
    """Gets everything done; it remembers whether others work at the same city."""

    def __init__(self, heads: Callable[[], Heads]) -> None:
        """`heads` reads where the logs end now."""
        self._heads = heads
        self._others_work = False

    def views(self, units: Iterable["Unit"]) -> None:
        """Bring the services' views to the present end of the logs, of their own first, then of those they follow.

        Raises: LogUnavailable, FeedUnavailable, NotTheMessages; whatever a read model raises.
        """
        units = [unit for unit in units if unit.projection.models]
        heads = self._heads()
        for unit in units:
            service = unit.app.tables.name
            while unit.projection.position(service) < heads[service]:
                try:
                    unit.projector.step()
                except CursorMoved:
                    self._others_work = True
        until = clock.monotonic() + LONGEST_S
        self._await(lambda: _views_behind(units, heads), units, lambda: clock.monotonic() >= until)

    def all(
        self,
        units: Sequence["Unit"],
        generations: int = GENERATIONS,
        is_done: Callable[[], bool] = lambda: False,
    ) -> int:
        """Get all done; beside others, what so many generations of reactions ask for. Returns the number of steps.

        Beside others it ends when `is_done` says so, and after a minute at the latest: they go on without us.
        Raises: LogUnavailable, FeedUnavailable, NotTheMessages; whatever a read model raises.
        """
        n_all = 0
        while not self._others_work:
            n_steps = sum(map(self._step, units))
            n_all += n_steps
            if not n_steps:
                return n_all
        until = clock.monotonic() + LONGEST_S

        def is_over() -> bool:
            return is_done() or clock.monotonic() >= until

        for _ in range(generations):
            heads = self._heads()
            n_all += self._await(partial(_behind, units, heads), units, is_over)
            if is_over() or self._heads() == heads:
                break
        return n_all

    def _step(self, unit: "Unit") -> int:
        try:
            n_steps = unit.projector.step() + unit.reactor.step()
            if unit.inbox:
                n_steps += sum(unit.inbox.catch_up(source) for source in unit.app.tables.follows)
            return n_steps + (unit.facts.step() if unit.facts else 0)
        except (CursorMoved, Conflict):
            self._others_work = True
            return 1

    def _await(
        self, behind_now: Callable[[], Readers], units: Sequence["Unit"], is_over: Callable[[], bool]
    ) -> int:
        """Wait until no reader is behind; one at which nobody works is worked at here."""
        n_steps, before, moved_at = 0, Readers(), clock.monotonic()
        while (behind := behind_now()) and not is_over():
            if behind != before:
                before, moved_at = behind, clock.monotonic()
            if self._others_work and clock.monotonic() < moved_at + PATIENCE_S:
                clock.sleep(LOOK_S)
            else:
                n_steps += sum(map(self._step, units))
        return n_steps


def _views_behind(units: Iterable["Unit"], heads: Heads) -> Readers:
    return {
        (unit.app.tables.name, f"views of {source}"): position
        for unit in units
        for source, position in unit.projection.positions().items()
        if position < heads.get(source, 0)
    }


def _behind(units: Iterable["Unit"], heads: Heads) -> Readers:
    readers = Readers()
    for unit in units:
        service = unit.app.tables.name
        at = {"views": unit.projection.position(service), "reactions": unit.reactor.position}
        readers |= {(service, what): position for what, position in at.items() if position < heads[service]}
        for source in unit.app.tables.follows:
            at = {"inbox": unit.inbox.position(source)} if unit.inbox else {}
            at |= {"facts": unit.facts.position(source)} if unit.facts else {}
            readers |= {
                (service, f"{what} of {source}"): position
                for what, position in at.items()
                if position < heads[source]
            }
    return readers
