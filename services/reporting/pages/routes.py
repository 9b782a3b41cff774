"""At which addresses are figures? One address each, with JSON for machines and a page for people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from services.reporting.answers import Answer
from services.reporting.description import operations
from services.reporting.edge import Figures, sees_all
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.pages.writing import by_topic, written
from shared.edge.links import LANGUAGE
from shared.edge.pages import either, page_response
from shared.edge.queries import refuse_unknown
from shared.edge.routes import Route
from shared.pages.keeping import Kept
from shared.service.tables import Caller

TEMPLATES = Path(__file__).parent / "templates"


def reporting_routes(figures: Figures, city: str) -> list[Route]:
    """All routes of reporting besides its log."""
    pages = FigurePages(figures, city)
    base, described = "/reporting/indicators", operations()
    return [
        Route("GET", "/reporting", either(figures.overview, pages.overview), described.overview),
        Route("GET", base, either(figures.listing, pages.overview), described.listing),
        Route("GET", f"{base}/<name>", either(figures.single, pages.single), described.single),
        Route("GET", f"{base}/<name>.csv", figures.sheet, described.sheet),
        Route("GET", f"{base}/<name>/lineage", figures.lineage, described.lineage),
    ]


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
        waited = self._figures.wait(request)
        fresh = waited or sees_all(caller)
        answers = self._figures.all_by_year(caller) if fresh else self.public()
        return self._page(
            request,
            "overview.html",
            caller,
            topics=by_topic(answers),
            cutoff=answers[0]["cutoff"],
            is_synthetic=any(answer["contains_synthetic"] for answer in answers),
        )

    def single(self, request: Request, args: Mapping[str, str]) -> Response:
        """One figure, broken down, with its definition and origin."""
        caller, answer = self._figures.answered(request, args["name"], also=frozenset({LANGUAGE}), by="year")
        name, version = answer["name"], answer["version"]
        return self._page(
            request,
            "indicator.html",
            caller,
            answer=answer,
            lineage=self._figures.traced(name, version),
            versions=INDICATORS.versions(name),
        )

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


def question(answer: Answer, **changed: str) -> dict[str, str]:
    """The parameters of this figure with some of them changed; the version stays."""
    asked = {name: answer[name] for name in ("lab", "from", "to", "by")}
    if answer["version"] != INDICATORS[answer["name"]].version:
        asked["version"] = str(answer["version"])
    return {name: value for name, value in (asked | changed).items() if value}
