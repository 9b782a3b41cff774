"""A whole city in one process whose loops are stepped by chance: relays and inboxes over the wire, and all others.

Stories send commands and wait for what follows; between two of their steps anything may happen, in any order.
"""

import random
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from deploy.instance import SettableClock, Unit
from shared.bus.port import BusUnavailable
from shared.eventlog.port import Outcome
from shared.events.registry import SERVICES
from shared.kernel.read_model import Document
from shared.service.origin import Origin
from shared.service.tables import Caller
from tests.city import WholeCity
from tests.journeys.wires import UnrulyBus

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENT_TWICE = 0.2
"""Share of commands that their sender repeats, not having heard the answer."""


@dataclass(frozen=True, slots=True)
class Send:
    """A step of a story: a command; the story is told its outcome."""

    service: str
    command: Any
    caller: Caller | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """A step of a story: wait until this is so."""

    what: str
    holds: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Kept:
    """A command that was answered, and the answer."""

    service: str
    command: Any
    command_id: str
    origin: Origin
    outcome: Outcome


Story: TypeAlias = Generator[Send | Until, Outcome | None, None]


class City(WholeCity):
    """A city whose loops are stepped by chance, which begins at a seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.bus = UnrulyBus(self.chance)
        self.clock = SettableClock(lambda: AT)
        self.kept: list[Kept] = []
        super().__init__(folder, bus=self.bus, now=self.clock)

    # --- what stories do and see ------------------------------------------------------------------
    def send(self, service: str, command: Any, caller: Caller | None = None) -> Outcome:
        """One command, now and then repeated at once by a sender who did not hear the answer."""
        command_id = f"command-{len(self.kept)}"
        sent = Kept(
            service,
            command,
            command_id,
            Origin(caller=caller),
            self._handle(service, command, command_id, caller),
        )
        self.kept.append(sent)
        if self.chance.random() < SENT_TWICE:
            assert self.send_again(sent) == sent.outcome
        return sent.outcome

    def send_again(self, kept: Kept) -> Outcome:
        """The same command under the same id."""
        return self._handle(kept.service, kept.command, kept.command_id, kept.origin.caller)

    def _handle(self, service: str, command: Any, command_id: str, caller: Caller | None) -> Outcome:
        app = self.units[service].app
        origin = Origin(caller=caller)
        return app.handle(command, command_id=command_id, request_digest=command_id, origin=origin)

    def see(self, service: str, view: str, key: str) -> Document:
        """A document, empty while there is none."""
        unit = self.units[service]
        return unit.store.ask.get(unit.app.tables.view_named(view), key) or {}

    # --- time passes ------------------------------------------------------------------------------
    def tell(self, stories: Iterable[Story], *, restarts: int = 0) -> None:
        """Tell all stories at once, step by step as chance has it; then let the city come to rest.

        It is restarted so many times meanwhile, at moments that nobody chose.
        """
        waiting = {number: (story, next(story)) for number, story in enumerate(stories)}
        restart_at = sorted(self.chance.randrange(50, 900) for _ in range(restarts))
        n_idle = n_turns = 0
        while waiting:
            n_turns += 1
            if restart_at and n_turns >= restart_at[0]:
                restart_at.pop(0)
                self.restart()
            number = self.chance.choice(list(waiting))
            moved = self._go_on(waiting, number)
            worked = sum(self.step_somewhere() for _ in range(self.chance.randrange(4)))
            n_idle = 0 if moved or worked else n_idle + 1
            if n_idle > 400:
                self.bus.calm()
                self.settle()
                self._say_who_waits(waiting)
        self.bus.calm()
        self.settle()

    def _go_on(self, waiting: dict[int, tuple[Story, Send | Until]], number: int) -> bool:
        story, step = waiting[number]
        outcome: Outcome | None = None
        if isinstance(step, Until):
            if not step.holds():
                return False
        else:
            outcome = self.send(step.service, step.command, step.caller)
        try:
            waiting[number] = (story, story.send(outcome))
        except StopIteration:
            del waiting[number]
        return True

    def _say_who_waits(self, waiting: dict[int, tuple[Story, Send | Until]]) -> None:
        stuck = [
            f"a story waits for {step.what}"
            for _, step in waiting.values()
            if isinstance(step, Until) and not step.holds()
        ]
        assert not stuck or len(stuck) < len(waiting), f"seed {self.seed}: {'; '.join(stuck)}"

    def step_somewhere(self) -> int:
        """One step of one loop of one service, or of the wire; how much was done."""
        unit = self.units[self.chance.choice(SERVICES)]
        steps: list[Callable[[], int]] = [
            unit.projector.step,
            unit.reactor.step,
            unit.relay.step,
            self.bus.stir,
            lambda: int(unit.relay.beacon()) and 0,
        ]
        if unit.inbox is not None:
            inbox = unit.inbox
            steps += [lambda: inbox.step(timeout=0)] * 2
        if unit.facts is not None:
            steps.append(unit.facts.step)
        try:
            return self.chance.choice(steps)()
        except BusUnavailable:
            return 1  # the loop would try again

    def settle(self) -> None:
        """Every loop of every service until all are quiet; the wire must be calm."""
        while sum(self._settle_once(unit) for unit in self.units.values()):
            pass

    def _settle_once(self, unit: Unit) -> int:
        n = unit.projector.step() + unit.reactor.step() + unit.relay.step()
        with suppress(BusUnavailable):
            unit.relay.beacon()
        if unit.inbox is not None:
            before = {source: unit.inbox.position(source) for source in unit.app.tables.follows}
            unit.inbox.step(timeout=0)
            n += sum(unit.inbox.position(source) - at for source, at in before.items())
        if unit.facts is not None:
            n += unit.facts.step()
        return n

    def tick(self, until: timedelta) -> None:
        """The clock goes on; what falls due happens, and all that follows."""
        self.clock.set(AT + until)
        while sum(unit.ticker.step(AT + until) for unit in self.units.values()):
            self.settle()
