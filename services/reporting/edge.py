"""How are figures read over HTTP? As JSON and CSV, suppressed for the public and complete for auditors.

An auditor's access is recorded once per token.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from werkzeug.wrappers import Request, Response

from services.reporting.answers import Answer, Answers, Asked, NotBrokenDown
from services.reporting.as_of import figures_as_of, manifest
from services.reporting.cutoff import BadCutoff, Cutoff
from services.reporting.history import FactProjector, StoredHistory
from services.reporting.indicators.catalogue import INDICATORS, NoSuchVersion
from services.reporting.sheet import DIALECTS, as_csv
from shared.edge.problems import Problem, malformed, not_possible, not_signed_in
from shared.edge.queries import json_response, refuse_unknown, wait_for_position
from shared.edge.routes import caller_of
from shared.edge.tokens import Issuer
from shared.events.process import AuditAccessOpened
from shared.events.schema import ID_PATTERN
from shared.kernel.city_day import today_in_the_city
from shared.service import clock
from shared.service.app import App
from shared.service.tables import Caller, Role

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
VERSION = re.compile(r"[1-9][0-9]{0,5}")
QUESTION = frozenset({"lab", "from", "to", "by", "as_of", "min_position", "version"})
SHEET = "text/csv; charset=utf-8"


class Figures:
    """Answers with reporting's figures."""

    def __init__(
        self,
        app: App,
        facts: FactProjector,
        issuer: Issuer,
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
        self.wait(request)
        return json_response({"items": self.all_by_year(caller)}, signed_in=caller is not None)

    def single(self, request: Request, args: Mapping[str, str]) -> Response:
        """One figure."""
        caller, answer = self.answered(request, args["name"])
        return json_response(answer, signed_in=caller is not None)

    def sheet(self, request: Request, args: Mapping[str, str]) -> Response:
        """One figure as CSV."""
        caller, answer = self.answered(request, args["name"], also=frozenset({"dialect"}))
        dialect = request.args.get("dialect", DIALECTS[0])
        if dialect not in DIALECTS:
            raise not_possible(f"The dialects are {' and '.join(DIALECTS)}.", field="dialect")
        response = Response(as_csv(answer, dialect), content_type=SHEET)
        response.headers["Content-Disposition"] = f'attachment; filename="{args["name"]}.csv"'
        response.headers["Cache-Control"] = "no-store" if caller else "no-cache"
        return response

    def lineage(self, request: Request, args: Mapping[str, str]) -> Response:
        """Where a figure comes from."""
        caller = caller_of(request, self._issuer)
        refuse_unknown(request, {"version"})
        traced = self.traced(args["name"], version_of(request))
        return json_response(traced, signed_in=caller is not None)

    # --- the same, for whoever shows it otherwise -------------------------------------------------
    def all_by_year(self, caller: Caller | None = None) -> list[Answer]:
        """Every figure, by year, as this caller may see it."""
        asked = Asked(by="year", full=sees_all(caller))
        return self.answers.indicators(INDICATORS, asked, self.today())

    def answered(
        self, request: Request, name: str, *, also: frozenset[str] = frozenset(), by: str | None = None
    ) -> tuple[Caller | None, Answer]:
        """The caller, and the figure. `also` are parameters that only this form has, `by` is its default breakdown.

        Raises: Problem.
        """
        caller = self.caller(request)
        refuse_unknown(request, {*QUESTION, *also})
        asked = asked_of(request, full=sees_all(caller), by=by)
        _require_definition(name, asked.version)
        cutoff = cutoff_of(request, caller)
        self.wait(request)
        try:
            if cutoff is None:
                return caller, self.answers.indicator(name, asked, self.today())
            answers = figures_as_of(self._history, cutoff, [name], asked, self._now())
            return caller, answers[0] | {"as_of": manifest(self._history, cutoff, answers, self._now())}
        except NotBrokenDown as wrong:
            raise not_possible(str(wrong), field="by") from None

    def traced(self, name: str, version: int | None = None) -> Answer:
        """The origin of a figure.

        Raises: Problem 404.
        """
        _require_definition(name, version)
        return self.answers.lineage(name, version)

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

    def wait(self, request: Request) -> bool:
        """Wait for the position that the request names, if any; returns whether it names one.

        Raises: Problem.
        """
        wait_for_position(request, self._app.tables, self._position_of, self._pause)
        return "min_position" in request.args

    def _position_of(self, source: str) -> int:
        """The position of figures in a log; reporting's own log is not counted."""
        if source == self._app.tables.name:
            return self._app.store.log.head().position
        return self._facts.position(source)


def sees_all(caller: Caller | None) -> bool:
    """Whether the caller sees suppressed figures."""
    return caller is not None and caller.role == Role.AUDITOR


def cutoff_of(request: Request, caller: Caller | None) -> Cutoff | None:
    """The cut-off that the request names, if any. Only auditors may use it: two cut-offs reveal a small cell.

    Raises: Problem 400, 401, 403.
    """
    text = request.args.get("as_of")
    if text is None:
        return None
    if caller is None:
        raise not_signed_in("Sign in as an auditor to ask for figures as of a moment.")
    if not sees_all(caller):
        raise Problem(
            403, "Only auditors may ask for figures as of a moment: two of them would reveal small cells."
        )
    try:
        return Cutoff.read(text)
    except BadCutoff as wrong:
        raise malformed(str(wrong), field="as_of") from None


def asked_of(request: Request, *, full: bool, by: str | None = None) -> Asked:
    """The question in the parameters.

    Raises: Problem 400 for a malformed day, id or version; 422 for a period that ends before it begins.
    """
    begins, ends = _day(request, "from", date.min), _day(request, "to", date.max)
    if begins > ends:
        raise not_possible("The period ends before it begins.", field="to")
    lab = request.args.get("lab")
    if lab is not None and not re.fullmatch(ID_PATTERN, lab):
        raise malformed("`lab` must be the id of a lab.", field="lab")
    return Asked(
        begins=begins,
        ends=ends,
        by=request.args.get("by", by),
        lab=lab,
        full=full,
        version=version_of(request),
    )


def version_of(request: Request) -> int | None:
    """The version of the definition that is asked for, if any.

    Raises: Problem 400 for what is no version.
    """
    text = request.args.get("version")
    if text is None:
        return None
    if not VERSION.fullmatch(text):
        raise malformed(
            "`version` must be a number from 1 on; the listing names all versions.", field="version"
        )
    return int(text)


def _day(request: Request, name: str, default: date) -> date:
    text = request.args.get(name)
    if text is None:
        return default
    try:
        return date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        raise malformed(f"`{name}` must be a date, for example 2018-12-31.", field=name) from None


def _require_definition(name: str, version: int | None) -> None:
    """Raises: Problem 404, which lists the versions where the name is right."""
    try:
        INDICATORS.of(name, version)
    except NoSuchVersion as wrong:
        raise Problem(404, str(wrong), field="version", versions=INDICATORS.versions(name)) from None
    except KeyError:
        raise Problem(404, "There is no such indicator; /reporting/indicators lists them.") from None
