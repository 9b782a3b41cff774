"""How is a script played? The real deciders handle each command at its time; all reactions to it run at once.

The city is played in memory, without reporting, which decides nothing. Both clocks are simulated, and deadlines ring
when they are due.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import TypeAlias

from deploy.city import City
from deploy.instance import SettableClock
from deploy.playing.memory import MemoryUnit
from deploy.services import SERVICE_TABLES
from shared.eventlog.port import Refusal
from shared.kernel.identity import noun_id_of
from shared.service import ids
from shared.service.app import NoSuchStream, NotYours
from shared.service.origin import Origin
from shared.simulation.step import Step

ACTING = ("actors", "marketplace", "employment")
SERVICE_OF = {route.command: service for service in ACTING for route in SERVICE_TABLES[service].commands}


STEPS_A_SIGN = 100  # a sign of progress comes after so many steps

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the amount done and the whole amount."""


def silent(_done: int, _of: int) -> None:
    """Show no progress."""


class Stage:
    """A city in memory on which a script is played."""

    def __init__(self, city: City, seed: int) -> None:
        self._name = f"{city.key}/{seed}"
        self._lab = city.lab.get("key")
        self._clock = SettableClock()
        self.units = {
            service: MemoryUnit(SERVICE_TABLES[service], city.key, self._clock) for service in ACTING
        }
        self.n_commands = 0
        self.refused: Counter[str] = Counter()

    def play(self, script: Sequence[Step], ends: date, progress: Progress = silent) -> None:
        """Play the script, and let deadlines ring up to the end of the last day."""
        for number, step in enumerate(script):
            if number % STEPS_A_SIGN == 0:
                progress(number, len(script))
            self._come_to(step.at)
            self._send(step, number)
            self._let_follow()
        last_moment = datetime.combine(ends, time.max, UTC)
        self._come_to(last_moment)
        self._clock.set(last_moment)

    @property
    def now(self) -> datetime:
        """The moment up to which the script is played."""
        return self._clock()

    def _send(self, step: Step, number: int) -> None:
        self._clock.set(step.at)
        self.n_commands += 1
        command_id = ids.derived("simulated", self._name, str(number))
        try:
            outcome = self.units[SERVICE_OF[type(step.command)]].app.handle(
                step.command,
                command_id=command_id,
                request_digest=command_id,
                origin=Origin(caller=step.by, synthetic=True, lab=self._lab),
            )
        except (NotYours, NoSuchStream) as error:
            # The command is about a noun that a refused command would have started; the city goes on without it.
            self.refused[f"{type(step.command).__name__}: {type(error).__name__}"] += 1
            return
        if isinstance(outcome, Refusal):
            self.refused[f"{type(step.command).__name__}: {outcome.rule}"] += 1

    def _come_to(self, moment: datetime) -> None:
        """Move the clock to this moment; deadlines ring on the way, the earliest first."""
        while True:
            waiting = [(unit.deadlines.next_at(), service) for service, unit in self.units.items()]
            due = min(((at, service) for at, service in waiting if at is not None), default=None)
            if due is None or due[0] > moment:
                return
            self._ring(self.units[due[1]])
            self._let_follow()

    def _ring(self, unit: MemoryUnit) -> None:
        """What the ticker does."""
        due_at, stream, timer = unit.deadlines.take()
        self._clock.set(due_at)
        command_id = ids.deadline_command_id(stream, timer.kind, due_at.isoformat())
        unit.app.handle(
            timer.command(noun_id_of(stream), due_at),
            command_id=command_id,
            request_digest=command_id,
            origin=Origin(synthetic=True, lab=self._lab),
        )

    def _let_follow(self) -> None:
        """What projectors, reactors and inboxes do, until all is quiet."""
        while any(self._follow(unit, source) for unit in self.units.values() for source in unit.passed):
            pass

    def _follow(self, unit: MemoryUnit, source: str) -> bool:
        """Views and deadlines first, then reactions; whether there was anything new."""
        events, passed = self.units[source].log.events, unit.passed[source]
        if passed == len(events):
            return False
        new = events[passed:]
        unit.passed[source] += len(new)
        for event in new:
            unit.ask.fold(event)
            unit.deadlines.note(event)
        for event in new:
            unit.app.react_to(event)
        return True
