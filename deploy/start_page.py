"""What does a person see first? The city, what is new on the board, key figures, and the ways in."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from deploy.instance import Instance
from services.marketplace.pages.board import newest_on_the_board
from services.reporting.answers import Answer
from services.reporting.pages.routes import TEMPLATES as FIGURES
from services.reporting.pages.writing import category_word, written
from shared.edge.links import LANGUAGE, accepted, rooted
from shared.edge.listening import address_of
from shared.edge.pages import page_response
from shared.edge.queries import json_response, refuse_unknown
from shared.edge.routes import Route
from shared.kernel.read_model import Ask
from shared.pages.keeping import Kept

TEMPLATES = Path(__file__).parent / "pages"

KEY_FIGURES = (
    "agreements_sealed",
    "redemption_rate",
    "need_coverage",
    "confirmed_volunteer_hours",
    "placements_started",
    "retention_12_months",
)


def start_route(instance: Instance, figures: Callable[[], list[Answer]] | None) -> Route:
    """The start page's route; `figures` when reporting runs in this process."""
    page = StartPage(instance, figures)
    return Route("GET", "/", page)


class StartPage:
    """Answers with the start page; its content is kept for a few seconds."""

    def __init__(self, instance: Instance, figures: Callable[[], list[Answer]] | None) -> None:
        self._city = instance.city
        self._services = sorted(instance.apps)
        marketplace = instance.units.get("marketplace")
        self._ask: Ask | None = None if marketplace is None else marketplace.store.ask
        self._base = address_of(instance.settings.get("KOSILAB_HOST"), instance.settings.port())
        self._figures = figures
        self._shown = Kept(self._now)

    def __call__(self, request: Request, _: Mapping[str, str]) -> Response:
        """The page, or the addresses of the services for a caller that accepts JSON only."""
        refuse_unknown(request, {LANGUAGE})
        if accepted(request, ("text/html", "application/json")) == "application/json":
            return json_response(self._addresses(request), signed_in=False)
        return page_response(
            request,
            "start.html",
            TEMPLATES,
            FIGURES,
            city=self._city.name,
            services=self._services,
            base=self._base,
            category_word=category_word,
            written=written,
            **self._shown(),
        )

    def _addresses(self, request: Request) -> dict[str, Any]:
        services = {service: rooted(request, f"/{service}/openapi.json") for service in self._services}
        return {"city": self._city.name, "services": services, "events": rooted(request, "/asyncapi.json")}

    def _now(self) -> dict[str, Any]:
        answers = {answer["name"]: answer for answer in self._figures()} if self._figures else {}
        ask = self._ask
        return {
            "figures": [answers[name] for name in KEY_FIGURES if name in answers],
            "about": next(iter(answers.values()), None),
            "is_synthetic": any(answer["contains_synthetic"] for answer in answers.values()),
            "board": {} if ask is None else newest_on_the_board(ask),
        }
