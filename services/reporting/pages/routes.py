"""At which addresses are figures? One address each, with JSON for machines and a page for people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from werkzeug.wrappers import Request, Response

from services.reporting.answers import Answer
from services.reporting.asking import RELEASES
from services.reporting.description import operations
from services.reporting.edge import Figures, sees_all
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.pages.tables import FigureTables
from services.reporting.pages.writing import by_topic, written
from services.reporting.sheet import as_of_in
from shared.edge.links import LANGUAGE
from shared.edge.pages import either, page_response
from shared.edge.queries import refuse_unknown
from shared.edge.routes import Route
from shared.pages.keeping import Kept
from shared.service.tables import Caller

TEMPLATES = Path(__file__).parent / "templates"


def reporting_routes(figures: Figures, city: str) -> list[Route]:
    """All routes of reporting besides its log."""
    pages, tables = FigurePages(figures, city), FigureTables(figures)
    base, described = "/reporting/indicators", operations()
    state = f"{RELEASES}/<date>"
    return [
        Route("GET", "/reporting", either(figures.overview, pages.overview), described.overview),
        Route("GET", base, either(figures.listing, pages.overview), described.listing),
        Route("GET", f"{base}/<name>", either(figures.single, pages.single), described.single),
        Route("GET", f"{base}/<name>.csv", tables.figure, described.sheet),
        Route("GET", f"{base}/<name>/code-book.csv", tables.code_book, described.code_book),
        Route("GET", f"{base}/<name>/lineage", figures.lineage, described.lineage),
        Route("GET", RELEASES, either(figures.releases, pages.releases), described.releases),
        Route("GET", state, either(figures.release, pages.release), described.release),
        Route("GET", f"{state}/indicators/<name>", either(figures.single, pages.single), described.released),
        Route("GET", f"{state}/indicators/<name>.csv", tables.figure, described.released_sheet),
    ]


class Neighbour(NamedTuple):
    """A state beside the one that is shown, and where the same page of it is."""

    is_later: bool
    day: str
    address: str
    asked: Mapping[str, str]


class FigurePages:
    """The pages of reporting."""

    def __init__(self, figures: Figures, city: str) -> None:
        self._figures = figures
        self._city = city
        self.public = Kept(figures.all_by_year)

    def overview(self, request: Request, _: Mapping[str, str]) -> Response:
        """Every figure by year, with an explanation."""
        caller = self._figures.caller(request)
        refuse_unknown(request, {LANGUAGE, "min_position"})
        self._figures.wait(request, caller)
        answers = self._figures.all_by_year(caller) if sees_all(caller) else self.public()
        return self._overview(request, caller, answers)

    def releases(self, request: Request, _: Mapping[str, str]) -> Response:
        """Every published state, with links to its figures."""
        caller = self._figures.caller(request)
        refuse_unknown(request, {LANGUAGE})
        states = self._figures.publications.listed()
        return self._page(request, "releases.html", caller, states=states, first=self._figures.first())

    def release(self, request: Request, args: Mapping[str, str]) -> Response:
        """Every figure of one state, by year."""
        caller = self._figures.caller(request)
        refuse_unknown(request, {LANGUAGE})
        answers = self._figures.state(args["date"]).every()
        return self._overview(request, caller, answers, base=f"{RELEASES}/{args['date']}")

    def single(self, request: Request, args: Mapping[str, str]) -> Response:
        """One figure, broken down, with its definition and origin."""
        caller, answer = self._figures.answered(request, args, also=frozenset({LANGUAGE}), by="year")
        name, version = answer["name"], answer["version"]
        return self._page(
            request,
            "indicator.html",
            caller,
            answer=answer,
            beside=self._beside(answer.get("state"), f"/indicators/{name}", question(answer)),
            base=base_of(request, args, answer),
            lineage=self._figures.traced(name, version, caller),
            versions=INDICATORS.versions(name) if sees_all(caller) else [version],
        )

    def _overview(
        self, request: Request, caller: Caller | None, answers: list[Answer], base: str = "/reporting"
    ) -> Response:
        return self._page(
            request,
            "overview.html",
            caller,
            topics=by_topic(answers),
            about=answers[0],
            beside=self._beside(answers[0].get("state"), "", {}),
            base=base,
            is_synthetic=any(answer["contains_synthetic"] for answer in answers),
        )

    def _beside(self, state: str | None, path: str, asked: Mapping[str, str]) -> list[Neighbour]:
        """The states before and after this one, with the same page in each."""
        days = [day.isoformat() for day in self._figures.publications.days()]
        if state not in days:
            return []
        at = days.index(state)
        return [
            Neighbour(is_later=is_later, day=day, address=f"{RELEASES}/{day}{path}", asked=asked)
            for is_later, others in ((False, days[:at][-1:]), (True, days[at + 1 :][:1]))
            for day in others
        ]

    def _page(self, request: Request, template: str, caller: Caller | None, **values: Any) -> Response:
        return page_response(
            request,
            template,
            TEMPLATES,
            signed_in=caller is not None,
            city=self._city,
            question=question,
            written=written,
            **values,
        )


def base_of(request: Request, args: Mapping[str, str], answer: Answer) -> str:
    """Where the links of a figure's page lead: to its state where one was asked for, else to the newest."""
    state = args.get("date") or (answer.get("state") if "as_of" in request.args else None)
    return f"{RELEASES}/{state}" if state else "/reporting"


def question(answer: Answer, **changed: str) -> dict[str, str]:
    """The parameters of this figure with some of them changed; version and cut-off stay."""
    asked = {name: answer[name] for name in ("lab", "from", "to", "by")}
    if answer.get("as_of"):
        asked["as_of"] = as_of_in(answer)
    if answer["version"] != INDICATORS[answer["name"]].version:
        asked["version"] = str(answer["version"])
    return {name: value for name, value in (asked | changed).items() if value}
