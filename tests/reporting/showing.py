"""How does a test open reporting's figures over HTTP, whatever the facts hold?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.test import Client, TestResponse

from services.reporting.disclosure.states import States
from services.reporting.edge import Figures
from services.reporting.pages.routes import reporting_routes
from services.reporting.releases.making import release_of
from shared.edge.application import Application
from shared.kernel.recorded import Recorded
from shared.service.tables import Role
from tests.edge.door import Door
from tests.reporting.histories import MUCH_LATER, InMemory
from tests.reporting.publishing import OneRelease

HTML = {"Accept": "text/html"}
ON = MUCH_LATER - timedelta(days=1)
NOW = datetime.combine(MUCH_LATER, datetime.min.time(), UTC)


@dataclass(frozen=True, slots=True)
class Projected:
    """Facts in memory, in the place of those that follow the logs."""

    tables: InMemory

    def position(self, _: str) -> int:
        """How far they have come."""
        return self.tables.position


class Shown:
    """The figures after some events, asked for over HTTP."""

    def __init__(self, door: Door, events: Iterable[Recorded[Any]]) -> None:
        app: Any = door.instance.apps["reporting"]
        tables = InMemory(events)
        facts: Any = Projected(tables)
        published = OneRelease(release_of(tables.thrown_away, ON, States()))
        figures = Figures(app, facts, door.instance.issuer, published, now=lambda: NOW)
        self.auditor = door.token(Role.AUDITOR)
        self._client = Client(Application(reporting_routes(figures, "Wuppertal")))

    def get(self, path: str, **headers: str) -> TestResponse:
        """One answer, which is as asked."""
        answer = self._client.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer

    def refused(self, path: str) -> TestResponse:
        """One answer, whatever it is."""
        return self._client.get(path)

    def page(self, path: str, language: str, **headers: str) -> str:
        """The text of a page."""
        return self.get(path, **HTML, **{"Accept-Language": language}, **headers).text

    @property
    def audited(self) -> dict[str, str]:
        """The header of a request by an auditor."""
        return {"Authorization": f"Bearer {self.auditor}"}

    def listing(self) -> list[dict[str, Any]]:
        """Every indicator with its definition."""
        items: list[dict[str, Any]] = self.get("/reporting/indicators").get_json()["items"]
        return items
