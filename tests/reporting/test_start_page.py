"""What does somebody see first: the newest of the board, key figures, ways in; and nothing that is hidden?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.marketplace.pages.board import NEWEST
from shared.pages.files import edition, static_files
from shared.service.tables import Role
from tests.edge.door import Door
from tests.reporting.city import history, recorded_in
from tests.reporting.publishing import publish

HTML = {"Accept": "text/html"}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A city of its own, whose pages are made anew each time."""
    monkeypatch.setattr("shared.pages.keeping.KEPT_S", 0.0)
    opened = Door(tmp_path_factory.mktemp("start"))
    yield opened
    opened.instance.close()


def start(door: Door, query: str = "?lang=en") -> str:
    answer = door.get(f"/{query}", headers=HTML)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return str(answer.text)


def test_an_empty_city_says_that_nothing_is_there_yet(door: Door) -> None:
    text = start(door)
    assert "Nothing is offered at the moment." in text
    assert "Nothing is needed at the moment." in text
    assert "not published yet" in text
    assert "No figures are published yet. The first will show the end of the month" in text
    assert "simulated" not in text


def test_the_newest_open_offers_and_needs_are_shown_with_their_organisation(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = door.verified_organisation("poster")
    for n in range(NEWEST + 2):
        monkeypatch.setattr("shared.service.clock.now", lambda n=n: NOON + timedelta(minutes=n))
        door.posted_offer(actor, title=f"Offer number {n}")
    text = start(door)
    shown = [n for n in range(NEWEST + 2) if f"Offer number {n}<" in text]
    assert shown == list(range(2, NEWEST + 2))
    assert text.index("Offer number 6") < text.index("Offer number 2"), "the newest first"
    assert "Repair-Café Ölberg (made up)" in text
    assert "since 2 Mar 2026" in text


def test_what_is_withdrawn_or_of_a_suspended_organisation_is_not_shown(door: Door) -> None:
    good, bad = door.verified_organisation("good"), door.verified_organisation("bad")
    kept = door.posted_offer(good, title="Still there")
    gone = door.posted_offer(good, title="Withdrawn offer")
    door.posted_offer(bad, title="Suspended offer")
    assert kept != gone
    assert (
        door.send(f"/marketplace/offers/{gone}/withdraw-offer", {}, Role.ORGANISATION, good).status_code
        == 200
    )
    suspended = door.send("/actors/organisations/bad/suspend-organisation", {}, Role.COORDINATOR)
    assert suspended.status_code == 200
    door.instance.settle()
    text = start(door)
    assert "Still there" in text
    assert "Withdrawn offer" not in text
    assert "Suspended offer" not in text


def test_what_organisations_write_is_text_and_nothing_else(door: Door) -> None:
    door.posted_offer(door.verified_organisation("rogue"), title="<script>alert(1)</script>")
    text = start(door)
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize(
    ("query", "shown"), [("?lang=en", ["75.0%", "36 of 48"]), ("?lang=de", ["75,0\u00a0%", "36 von 48"])]
)
def test_key_figures_are_those_of_reporting(door: Door, query: str, shown: list[str]) -> None:
    recorded_in(door, history())
    publish(door)
    text = start(door, query)
    for expected in shown:
        assert expected in text
    assert f'href="/reporting/indicators/redemption_rate{query}"' in text


def test_whoever_wants_json_alone_gets_the_addresses(door: Door) -> None:
    answer = door.get("/", headers={"Accept": "application/json"})
    assert answer.get_json() == {
        "city": "Wuppertal",
        "services": {
            service: f"/{service}/openapi.json"
            for service in ("actors", "employment", "marketplace", "reporting")
        },
        "events": "/asyncapi.json",
    }
    for accept in ("*/*", ""):
        assert door.get("/", headers={"Accept": accept}).mimetype == "text/html"


def test_a_parameter_that_does_nothing_is_refused(door: Door) -> None:
    assert door.get("/?colour=red").status_code == 400


def test_static_files_are_kept_for_ever_and_compressed_for_those_who_can_read_it(door: Door) -> None:
    for name, file in static_files().items():
        path = f"/static/{edition()}/{name}"
        plain = door.get(path)
        assert (plain.status_code, plain.data) == (200, file.content)
        assert "immutable" in plain.headers["Cache-Control"]
        again = door.get(path, headers={"If-None-Match": plain.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        packed = door.get(path, headers={"Accept-Encoding": "gzip"})
        assert (packed.headers.get("Content-Encoding") == "gzip") == (not name.endswith(".woff2"))
        assert packed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/static/000000000000/kosilab.css", "/static/x/../../etc/passwd", "/static/kosilab.css"]
)
def test_there_is_nothing_else_among_the_static_files(door: Door, path: str) -> None:
    assert door.get(path).status_code == 404
