"""How do the rows of a file get into the log? Each is judged whole, sent and counted; then all that follows happens."""

from collections.abc import Callable
from typing import Any, TypeAlias

from deploy.importing.identity import command_id, row_digest
from deploy.importing.known import Known
from deploy.importing.market_days import MarketDay
from deploy.importing.plans import PLANS
from deploy.importing.rehearsal import Rehearsal, refused_by
from deploy.importing.steps import RowRefused, Step
from deploy.instance import Instance
from shared.eventlog.port import CursorMoved, Refusal
from shared.service import ids
from shared.service.origin import Origin
from shared.tabular.lines import RejectedLine
from shared.tabular.reading import Reading
from shared.tabular.report import Change
from shared.tabular.rows import Row

Judged: TypeAlias = list[tuple[Step, int]]
"""The steps of a row that change something, each with the version of its stream before it."""

Told: TypeAlias = Callable[[int], None]
"""Told after every row how many are done."""


class Taking:
    """The rows of one file on their way into the log."""

    def __init__(self, instance: Instance, reading: Reading, origin: Origin) -> None:
        self._instance = instance
        self._reading = reading
        self._origin = origin
        self._rehearsal = Rehearsal(instance.apps, instance.now())
        self._known = Known(instance, self._rehearsal)
        self._waiting: list[tuple[Row, Judged, Change]] = []

    def rehearse(self, told: Told) -> None:
        """Say what would become of every row; nothing is written."""
        for day in self._new_market_days():
            self._rehearsal.judge(Step(command=day.schedule(), name="market_day"))
            self._rehearsal.foresee("market_days", day.id, day.document())
        self._rehearsal.keep()
        for number, row in enumerate(self._reading.rows, start=1):
            self._take(row, send=False)
            told(number)

    def carry_out(self, told: Told) -> None:
        """Write what the rows ask for, and let everything follow from it.

        Raises: LogUnavailable.
        """
        with self._instance.bulk():
            for day in self._new_market_days():
                send_once(self._instance, "marketplace", day.schedule(), self._origin)
            follow(self._instance)
            for number, row in enumerate(self._reading.rows, start=1):
                self._take(row, send=True)
                told(number)
            follow(self._instance)
            for row, later, change in self._waiting:
                self._finish(row, later, change)
            follow(self._instance)

    def _new_market_days(self) -> list[MarketDay]:
        named = {day for row in self._reading.rows for day in row.market_days}
        return self._known.unscheduled_days(named)

    def _take(self, row: Row, *, send: bool) -> None:
        try:
            judged = self._judged(row)
            change = _change(judged)
            if not send:
                self._rehearsal.keep()
            else:
                self._rehearsal.forget()
                now, later = _parted(judged)
                self._send(row, now)
                if later:
                    self._waiting.append((row, later, change))
                    return
        except RowRefused as refused:
            self._rehearsal.forget()
            self._reject(row, refused)
        else:
            self._reading.report.count(change)

    def _finish(self, row: Row, later: Judged, change: Change) -> None:
        try:
            self._send(row, later)
        except RowRefused as refused:
            self._reject(row, refused)
        else:
            self._reading.report.count(change)

    def _judged(self, row: Row) -> Judged:
        judged = []
        for step in PLANS[self._reading.kind.name](row, self._known):
            version, n_events = self._rehearsal.judge(step)
            if n_events:
                judged.append((step, version))
        return judged

    def _send(self, row: Row, judged: Judged) -> None:
        """Raises: RowRefused, when somebody else changed meanwhile what was judged."""
        digest = row_digest(self._known.secret, row.values)
        for step, version in judged:
            app, stream = self._rehearsal.place_of(step.command)
            kind, city_key = self._reading.kind.name, self._instance.city.key
            named = command_id(city_key, kind, row.key, digest, stream, version)
            outcome = app.handle(step.command, command_id=named, request_digest=named, origin=self._origin)
            if isinstance(outcome, Refusal):
                raise refused_by(step, outcome.rule, outcome.sentence)

    def _reject(self, row: Row, refused: RowRefused) -> None:
        column = self._reading.title_of(refused.name)
        self._reading.report.reject(RejectedLine(line=row.line, column=column, reason=refused.reason))


def send_once(instance: Instance, service: str, command: Any, origin: Origin) -> None:
    """Send a command that no row asks for by itself, and that is the same whenever it is sent."""
    app = instance.apps[service]
    decider = app.route_of(type(command)).decider
    stream = decider.stream(decider.id_of(command))
    named = ids.derived("import", instance.city.key, type(command).__name__, stream)
    app.handle(command, command_id=named, request_digest=named, origin=origin)


def follow(instance: Instance) -> None:
    """Let everything follow. The views come first: a reaction that sees the end of a row's story adds nothing to it."""
    for unit in instance.units.values():
        try:
            while unit.projector.step():
                pass
        except CursorMoved:
            pass  # a running instance does it at the same time
    instance.settle()


def _parted(judged: Judged) -> tuple[Judged, Judged]:
    at = next((number for number, (step, _) in enumerate(judged) if step.later), len(judged))
    return judged[:at], judged[at:]


def _change(judged: Judged) -> Change:
    if any(step.begins for step, _ in judged):
        return Change.NEW
    return Change.AMENDED if judged else Change.UNCHANGED
