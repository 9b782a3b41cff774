"""How do the rows of a file get into the logs? Each row is judged, sent and counted; then the reactions run."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from deploy.instance import Instance
from deploy.intake.kinds import IMPORTS
from deploy.intake.neighbours import CityNeighbours
from deploy.settling import GENERATIONS
from services.marketplace.importing.market_day import MarketDay, MarketDays
from services.marketplace.views.market_day import MARKET_DAYS
from shared.eventlog.port import Conflict, Refusal
from shared.importing.identity import command_id, row_digest
from shared.importing.lookup import Lookup
from shared.importing.rehearsal import Rehearsal, refused_by
from shared.importing.step import RowRefused, Step
from shared.service import ids
from shared.service.origin import Origin
from shared.tabular.lines import RejectedLine
from shared.tabular.reading import Reading
from shared.tabular.report import Change
from shared.tabular.rows import Row

Judged: TypeAlias = list[tuple[Step, int]]
"""The steps of a row that change something, each with the version of its stream before it."""

BUSY = "others are changing this at the same moment; import the file again"

RowsDone: TypeAlias = Callable[[int], None]
"""Called after every row with the number of rows done."""


class Taking:
    """The rows of one file on their way into the log."""

    def __init__(self, instance: Instance, reading: Reading, origin: Origin) -> None:
        self._instance = instance
        self._reading = reading
        self._origin = origin
        self._rehearsal = Rehearsal(instance.apps, instance.now())
        self._lookup = Lookup(
            self._rehearsal,
            secret=instance.issuer.local_key,
            lab=instance.city.lab,
            neighbours=CityNeighbours,
        )
        self._waiting: list[tuple[Row, Judged, Change]] = []

    def rehearse(self, rows_done: RowsDone) -> None:
        """Report what would happen to every row; nothing is written."""
        for day in self._new_market_days():
            self._rehearsal.judge(Step(command=day.schedule(), name="market_day"))
            self._rehearsal.foresee(MARKET_DAYS.name, day.id, day.document())
        self._rehearsal.keep()
        for number, row in enumerate(self._reading.rows, start=1):
            self._take(row, send=False)
            rows_done(number)

    def carry_out(self, rows_done: RowsDone) -> None:
        """Write the events that the rows ask for, and run the reactions to them.

        The rows are committed together, a few hundred at a time. Reactions and read models are not: a running city
        works on them as well, and two transactions that hold much and wait for each other would both be in vain.
        Raises: LogUnavailable.
        """
        for day in self._new_market_days():
            send_once(self._instance, "marketplace", day.schedule(), self._origin)
        follow(self._instance, generations=0)
        with self._instance.bulk():
            for number, row in enumerate(self._reading.rows, start=1):
                self._take(row, send=True)
                rows_done(number)
        if self._waiting:
            follow(self._instance)
            with self._instance.bulk():
                for row, later, change in self._waiting:
                    self._finish(row, later, change)
        # What a running city has not done by now it does without us.
        follow(self._instance, generations=0)

    def _new_market_days(self) -> list[MarketDay]:
        named = self._reading.references_to(MARKET_DAYS.name)
        return self._lookup.index(MarketDays).unscheduled(named)

    def _take(self, row: Row, *, send: bool) -> None:
        try:
            judged = self._judged(self._as_known(row))
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

    def _as_known(self, row: Row) -> Row:
        """The row in the form in which it was imported, when an earlier version read its texts otherwise.

        As that version read it, when nothing has changed since; with the key of then, when something has.
        """
        if not row.before:
            return row
        earlier = row.as_before()
        with_that_key = replace(row, key=row.key_before)
        try:
            for step in IMPORTS[self._reading.kind.name].steps(earlier, self._lookup):
                if step.begins:
                    return row
                if self._rehearsal.judge(step)[1]:
                    return with_that_key
        except RowRefused:
            return with_that_key
        else:
            return earlier
        finally:
            self._rehearsal.forget()

    def _judged(self, row: Row) -> Judged:
        judged = []
        for step in IMPORTS[self._reading.kind.name].steps(row, self._lookup):
            version, n_events = self._rehearsal.judge(step)
            if n_events:
                judged.append((step, version))
        return judged

    def _send(self, row: Row, judged: Judged) -> None:
        """Raises: RowRefused when somebody else has changed the judged state meanwhile."""
        digest = row_digest(self._lookup.secret, row.values)
        for step, version in judged:
            app, stream = self._rehearsal.place_of(step.command)
            self._instance.commit_bulk(but=app.tables.name)
            kind, city_key = self._reading.kind.name, self._instance.city.key
            named = command_id(city_key, kind, row.key, digest, stream, version)
            try:
                outcome = app.handle(
                    step.command, command_id=named, request_digest=named, origin=self._origin
                )
            except Conflict:
                raise RowRefused(step.name, BUSY) from None
            if isinstance(outcome, Refusal):
                raise refused_by(step, outcome.rule, outcome.sentence)

    def _reject(self, row: Row, refused: RowRefused) -> None:
        column = self._reading.title_of(refused.name) or self._reading.title_of(refused.otherwise)
        self._reading.report.reject(RejectedLine(line=row.line, column=column, reason=refused.reason))


def send_once(instance: Instance, service: str, command: Any, origin: Origin) -> None:
    """Send a command that no single row asks for; its id never changes, so that it works once."""
    app = instance.apps[service]
    decider = app.route_of(type(command)).decider
    stream = decider.stream(decider.id_of(command))
    named = ids.derived("import", instance.city.key, type(command).__name__, stream)
    app.handle(command, command_id=named, request_digest=named, origin=origin)


def follow(instance: Instance, *, generations: int = GENERATIONS) -> None:
    """Run the reactions, the read models first: a reaction that sees the end of a row's story adds nothing to it."""
    instance.settle_views()
    instance.settle(generations=generations)


def _parted(judged: Judged) -> tuple[Judged, Judged]:
    at = next((number for number, (step, _) in enumerate(judged) if step.later), len(judged))
    return judged[:at], judged[at:]


def _change(judged: Judged) -> Change:
    if any(step.begins for step, _ in judged):
        return Change.NEW
    return Change.AMENDED if judged else Change.UNCHANGED
