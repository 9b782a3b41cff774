"""How are figures read over HTTP? As JSON and CSV: published states for all, live figures for those who may.

Auditors see live figures whole, coordinators and counsellors those of their topics, suppressed. Each such look is
recorded once per token and kind.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from services.reporting.answers import Answer, Answers, Asked, NotBrokenDown, not_broken_down
from services.reporting.as_of import figures_as_of, manifest
from services.reporting.asking import (
    RELEASES,
    asked_of,
    cutoff_of,
    nearest_state,
    require_definition,
    state_in,
    version_of,
)
from services.reporting.history import FactProjector, StoredHistory
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.releases.figures import NotPublished, Publications, PublishedFigures, nothing_yet
from services.reporting.releases.making import first_day
from services.reporting.releases.months import first_end, period_of
from services.reporting.releases.release import Published
from shared.edge.links import rooted
from shared.edge.problems import Problem, not_possible
from shared.edge.queries import json_response, refuse_unknown, wait_for_position
from shared.edge.routes import caller_of
from shared.edge.tokens import Issuer
from shared.events.process import AuditAccessOpened
from shared.events.reporting.release import Look, UnpublishedFiguresOpened
from shared.kernel.city_day import today_in_the_city
from shared.kernel.sentence import Sentence
from shared.service import clock
from shared.service.app import App
from shared.service.tables import Caller, Role

QUESTION = frozenset({"lab", "from", "to", "by", "as_of", "min_position", "version"})
CELL = frozenset({"lab", "from", "to", "by", "version"})

LIVE_TOPICS: Mapping[str, frozenset[str]] = {
    Role.COORDINATOR: frozenset("XVNLS"),
    Role.COUNSELLOR: frozenset("E"),
}
"""The topics whose live figures a role sees, by letter."""


class Figures:
    """Answers with reporting's figures."""

    def __init__(
        self,
        app: App,
        facts: FactProjector,
        issuer: Issuer,
        published: Published,
        *,
        now: Callable[[], datetime] = clock.now,
        pause: Callable[[float], None] = clock.sleep,
    ) -> None:
        self._app = app
        self._facts = facts
        self._history = StoredHistory(app.store)  # type: ignore[arg-type]  # a store with a history
        self._issuer = issuer
        self._now = now
        self._pause = pause
        self.answers = Answers(facts.tables)
        self.publications = Publications(published)

    # --- what is answered -------------------------------------------------------------------------
    def listing(self, request: Request, _: Mapping[str, str]) -> Response:
        """Every indicator with its definition."""
        caller = caller_of(request, self._issuer)
        refuse_unknown(request, set())
        return json_response({"items": self.answers.listing()}, signed_in=caller is not None)

    def overview(self, request: Request, _: Mapping[str, str]) -> Response:
        """Every figure, by year."""
        caller = self.caller(request)
        refuse_unknown(request, {"min_position"})
        self.wait(request, caller)
        return json_response({"items": self.all_by_year(caller)}, signed_in=caller is not None)

    def single(self, request: Request, args: Mapping[str, str]) -> Response:
        """One figure."""
        caller, answer = self.answered(request, args)
        return json_response(answer, signed_in=caller is not None)

    def lineage(self, request: Request, args: Mapping[str, str]) -> Response:
        """Where a figure comes from."""
        caller = caller_of(request, self._issuer)
        refuse_unknown(request, {"version"})
        traced = self.traced(args["name"], version_of(request), caller)
        traced["events"] = [
            event | {name: rooted(request, event[name]) for name in ("schema", "log")}
            for event in traced["events"]
        ]
        return json_response(traced, signed_in=caller is not None)

    def releases(self, request: Request, _: Mapping[str, str]) -> Response:
        """Every published state, the newest first."""
        caller = caller_of(request, self._issuer)
        refuse_unknown(request, set())
        return json_response({"items": self.publications.listed()}, signed_in=caller is not None)

    def release(self, request: Request, args: Mapping[str, str]) -> Response:
        """Every figure of one state, by year."""
        caller = caller_of(request, self._issuer)
        refuse_unknown(request, set())
        items = self.state(args["date"]).every()
        return json_response({"items": items}, signed_in=caller is not None)

    def reader(self, request: Request) -> Caller | None:
        """Who has signed in, if anybody; nothing of theirs is answered, so it is not recorded."""
        return caller_of(request, self._issuer)

    # --- the same, for whoever shows it otherwise -------------------------------------------------
    def all_by_year(self, caller: Caller | None = None) -> list[Answer]:
        """Every figure, by year, as this caller may see it: as last published, and live for auditors."""
        asked = Asked(by="year", full=sees_all(caller))
        if sees_all(caller):
            return [
                self._dated(answer) for answer in self.answers.indicators(INDICATORS, asked, self.today())
            ]
        last = self.publications.last()
        return (
            [nothing_yet(name, asked, self.first()) for name in INDICATORS] if last is None else last.every()
        )

    def answered(
        self,
        request: Request,
        args: Mapping[str, str],
        *,
        also: frozenset[str] = frozenset(),
        by: str | None = None,
    ) -> tuple[Caller | None, Answer]:
        """The caller, and the figure. `also` are parameters that only this form has, `by` is its default breakdown.

        Raises: Problem.
        """
        caller = self.caller(request)
        name = args["name"]
        refuse_unknown(request, {*(CELL if "date" in args else QUESTION), *also})
        asked = asked_of(request, full=sees_all(caller), by=by)
        require_definition(name, asked.version)
        is_live = sees_live(caller, name) and "date" not in args
        try:
            if caller is None or not is_live or ("as_of" in request.args and not asked.full):
                return caller, self._published(request, args, asked)
            self._record(caller, asked)
            return caller, self._live(request, name, asked, caller)
        except NotBrokenDown as wrong:
            raise not_possible(str(wrong), field="by") from None

    def traced(self, name: str, version: int | None = None, caller: Caller | None = None) -> Answer:
        """The origin of a figure; positions are for auditors.

        Raises: Problem 404.
        """
        require_definition(name, version)
        traced = self.answers.lineage(name, version)
        if sees_all(caller):
            return traced
        days = self.publications.days()
        del traced["cutoff"]
        return traced | {"state": days[-1].isoformat() if days else None}

    def state(self, text: str) -> PublishedFigures:
        """The figures of the state that an address names.

        Raises: Problem 404, which names the nearest.
        """
        days = self.publications.days()
        on = state_in(text, days)
        state = None if on is None else self.publications.of(on)
        if state is None:
            sentence, members = self._nearest(text, days)
            raise Problem(404, sentence, **members)
        return state

    def first(self) -> date:
        """The date of the first state: the end of the month in which the city began, else of this month."""
        return first_end(first_day(self._history) or self.today())

    def today(self) -> date:
        """The day that decides which cohorts are mature."""
        return today_in_the_city(self._now())

    def caller(self, request: Request) -> Caller | None:
        """The caller; an auditor's access is recorded once per token, before anything is read."""
        caller = caller_of(request, self._issuer)
        if caller is not None and sees_all(caller):
            opened = AuditAccessOpened(token_id=caller.token_id)
            self._app.note(opened, stream=f"audit-{caller.token_id}", at=self._now())
        return caller

    def wait(self, request: Request, caller: Caller | None) -> bool:
        """Wait for the position that the request names, if any; returns whether it names one.

        Raises: Problem; 403 but for auditors: waiting tells of each event of a log.
        """
        if "min_position" not in request.args:
            return False
        if not sees_all(caller):
            raise Problem(
                403,
                "Only auditors wait for a position; published figures are not moved by it.",
                field="min_position",
            )
        wait_for_position(request, self._app.tables, self._position_of, self._pause)
        return True

    def _live(self, request: Request, name: str, asked: Asked, caller: Caller) -> Answer:
        cutoff = cutoff_of(request)
        self.wait(request, caller)
        if cutoff is None:
            answer = self.answers.indicator(name, asked, self.today())
            hidden = set() if asked.full else {"cutoff"}
            return self._dated({part: value for part, value in answer.items() if part not in hidden})
        answers = figures_as_of(self._history, cutoff, [name], asked, self._now())
        return answers[0] | {"as_of": manifest(self._history, cutoff, answers, self._now())}

    def _dated(self, live: Answer) -> Answer:
        """A live figure with its day."""
        return live | {"live_on": self.today().isoformat()}

    def _published(self, request: Request, args: Mapping[str, str], asked: Asked) -> Answer:
        name = args["name"]
        self.wait(request, None)
        state = self.state(args["date"]) if "date" in args else self._asked_state(request)
        if state is None:
            if asked.by is not None and asked.by not in INDICATORS[name].breakdown_by_name:
                raise not_broken_down(INDICATORS[name])
            return nothing_yet(name, asked, self.first())
        try:
            return state.figure(name, asked)
        except NotPublished as outside:
            nearest = f"{RELEASES}/{state.on}"
            if outside.nearest is not None:
                nearest += f"/indicators/{name}?{urlencode(outside.nearest)}".removesuffix("?")
            raise Problem(403, str(outside), nearest=nearest) from None

    def _asked_state(self, request: Request) -> PublishedFigures | None:
        text = request.args.get("as_of")
        if text is None:
            return self.publications.last()
        days = self.publications.days()
        on = state_in(text, days)
        state = None if on is None else self.publications.of(on)
        if state is None:
            sentence, members = self._nearest(text, days)
            raise Problem(403, sentence, field="as_of", **members)
        return state

    def _nearest(self, text: str, days: list[date]) -> tuple[str, dict[str, Any]]:
        if not days:
            return Sentence("No state is published yet; the first is as of {day}.", day=self.first()), {}
        nearest = nearest_state(text, days)
        sentence = Sentence("That is no published state; the nearest is {day}.", day=nearest)
        return sentence, {"nearest": f"{RELEASES}/{nearest}"}

    def _record(self, caller: Caller, asked: Asked) -> None:
        """Record that a member of staff looks at what is not published, once per token and kind."""
        if asked.full:
            return  # recorded as an auditor's access
        look = Look.LIVE if period_of(asked.begins, asked.ends) else Look.WINDOW
        opened = UnpublishedFiguresOpened(token_id=caller.token_id, role=str(caller.role), look=look)
        self._app.note(opened, stream=f"look-{look}-{caller.token_id}", at=self._now())

    def _position_of(self, source: str) -> int:
        """The position of figures in a log; reporting's own log is not counted."""
        if source == self._app.tables.name:
            return self._app.store.log.head().position
        return self._facts.position(source)


def sees_all(caller: Caller | None) -> bool:
    """Whether the caller sees suppressed figures."""
    return caller is not None and caller.role == Role.AUDITOR


def sees_live(caller: Caller | None, name: str) -> bool:
    """Whether the caller sees the live figures of an indicator, and those of free periods."""
    if caller is None or sees_all(caller):
        return caller is not None
    return INDICATORS[name].topic.letter in LIVE_TOPICS.get(caller.role, frozenset())
