"""Do people read the same figures on pages, in German and in English, with what is unknown and what is hidden?"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from werkzeug.test import TestResponse

from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.suppression import NOT_SHOWN, POLICY
from shared.service.tables import Role
from tests.edge.door import Door
from tests.reporting.city import history, recorded_in, too_few
from tests.reporting.publishing import publish

RATE = "/reporting/indicators/redemption_rate"
PAGES = ("/", "/reporting", RATE, f"{RATE}?by=month", "/docs/events", "/nothing-here")
HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city with two years of history."""
    opened = Door(tmp_path_factory.mktemp("pages"))
    recorded_in(opened, [*history(), *too_few()])
    publish(opened)
    yield opened
    opened.instance.close()


def page(door: Door, path: str, **headers: str) -> TestResponse:
    answer = door.get(path, headers=HTML | headers)
    assert answer.mimetype == "text/html"
    return answer


class Outline(HTMLParser):
    """What a page is made of: its tags with their attributes, and the levels of its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def levels(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch(r"h[1-6]", tag)]


def words(answer: TestResponse) -> str:
    """The text of a page, without its tags and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


# --- the form of every page -----------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_page_is_built_so_that_everybody_can_use_it(door: Door, path: str, lang: str) -> None:
    answer = page(door, path, **{"Accept-Language": lang})
    outline = Outline(answer.text)
    assert outline.all("html") == [{"lang": lang}]
    assert [len(outline.all(tag)) for tag in ("title", "h1", "main", "header", "footer")] == [1] * 5
    assert outline.tags[[tag for tag, _ in outline.tags].index("body") + 1] == (
        "a",
        {"class": "skip", "href": "#content"},
    )
    assert all(after - before <= 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))
    assert all(nav.get("aria-label") for nav in outline.all("nav"))
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all(head.get("scope") in {"col", "row"} for head in outline.all("th"))
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {attributes.get("aria-labelledby") for _, attributes in outline.tags} - {None}
    assert labelled <= set(ids)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_no_script_styles_nothing_inline_and_loads_nothing_foreign(door: Door, path: str) -> None:
    answer = page(door, path)
    outline = Outline(answer.text)
    assert outline.all("script") == outline.all("style") == outline.all("iframe") == []
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in outline.tags)
    loaded = [link["href"] or "" for link in outline.all("link")] + [
        image["src"] or "" for image in outline.all("img")
    ]
    assert loaded
    assert all(door.get(address).status_code == 200 for address in loaded)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", [path for path in PAGES if "nothing" not in path])
def test_every_link_of_a_page_leads_somewhere(door: Door, path: str) -> None:
    base = path.partition("?")[0]
    for anchor in Outline(page(door, path).text).all("a"):
        href = anchor["href"] or ""
        if href.startswith("#"):
            assert f'id="{href[1:]}"' in page(door, path).text
            continue
        address = base + href if href.startswith("?") else href
        assert door.get(address, headers=HTML).status_code == 200, address


# --- languages ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "query", "lang"),
    [
        ({}, "", "de"),
        ({"Accept-Language": "en-GB,en;q=0.8"}, "", "en"),
        ({"Accept-Language": "fr,en;q=0.5"}, "", "en"),
        ({"Accept-Language": "fr"}, "", "de"),
        ({"Accept-Language": "de"}, "?lang=en", "en"),
    ],
)
def test_a_page_speaks_the_language_that_is_chosen_or_preferred(
    door: Door, header: dict[str, str], query: str, lang: str
) -> None:
    answer = page(door, f"/reporting{query}", **header)
    assert answer.headers["Content-Language"] == lang
    assert ("Auswertung" in answer.text, "Evaluation" in answer.text) == (lang == "de", lang == "en")
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))


def test_a_language_that_nobody_speaks_is_not_possible(door: Door) -> None:
    assert page(door, "/reporting?lang=tlh").status_code == 422


def test_a_chosen_language_is_kept_by_the_links_and_a_preferred_one_needs_no_mark(door: Door) -> None:
    assert 'href="/reporting?lang=en"' in page(door, "/?lang=en").text
    assert 'href="/reporting"' in page(door, "/").text


# --- what is shown --------------------------------------------------------------------------------------
def test_the_overview_shows_every_indicator_with_its_definition_and_where_to_go_on(door: Door) -> None:
    answer = page(door, "/reporting?lang=en")
    for indicator in INDICATORS.values():
        assert indicator.title.en in answer.text
        assert f'href="/reporting/indicators/{indicator.name}.csv?by=year"' in answer.text
        assert f'href="/reporting/indicators/{indicator.name}?lang=en"' in answer.text


@pytest.mark.parametrize(
    ("lang", "shown"),
    [
        ("en", ["75.0% 36 of 48 2", f"not published: {NOT_SHOWN.en}", "22.5 h"]),
        ("de", ["75,0 % 36 von 48 2", f"nicht veröffentlicht: {NOT_SHOWN.de}", "22,5 Std."]),
    ],
)
def test_numbers_unknowns_and_reasons_stand_in_the_readers_language(
    door: Door, lang: str, shown: list[str]
) -> None:
    text = words(page(door, f"/reporting?lang={lang}")).replace("\u00a0", " ")
    for expected in shown:
        assert expected in text, expected


def test_a_figure_has_a_page_with_its_range_its_breakdowns_and_its_origin(door: Door) -> None:
    text = words(page(door, f"{RATE}?lang=en"))
    assert "2 outcomes are missing; with them the figure would be 72.0% to 76.0%." in text
    assert "Counting only those wholly fulfilled: 54.2%" in text
    assert "kosilab.marketplace.AgreementSealed.v1" in text
    assert "fact_agreement_v2" in text
    assert f"suppression policy {POLICY.version}" in text


def test_a_figure_that_is_hidden_says_why(door: Door) -> None:
    path = "/reporting/indicators/need_coverage?lang=en&from=2016-01-01&to=2016-12-31"
    assert "0.0%" in words(page(door, path))
    trials = "/reporting/indicators/trial_success?lang=en&from=2018-01-01&to=2018-12-31"
    hidden = words(page(door, trials))
    assert f"not published {NOT_SHOWN.en}" in hidden
    assert "100.0%" not in hidden


def test_a_page_says_why_it_shows_a_small_figure_that_everybody_can_count(door: Door) -> None:
    sentence = "everybody can count them in the open events"
    assert sentence in words(page(door, f"{RATE}?lang=en&from=2018-01-01&to=2018-12-31"))
    assert sentence in words(page(door, f"{RATE}?lang=en"))
    assert sentence not in words(page(door, f"{RATE}?lang=en&from=2017-01-01&to=2017-12-31"))


def test_a_rate_of_which_nothing_is_known_is_not_said_to_have_no_cases(door: Door) -> None:
    text = words(page(door, "/reporting/indicators/retention_12_months?lang=en"))
    assert "not known 8 unknown" in text
    assert "no cases" not in text


def test_an_auditor_sees_on_the_page_what_the_public_does_not(door: Door) -> None:
    path = f"{RATE}?lang=en&from=2018-01-01&to=2018-12-31"
    answer = door.get(path, Role.AUDITOR, headers=HTML)
    assert "Auditors only" in answer.text
    assert "100.0%" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_downloads_ask_for_what_the_page_shows(door: Door) -> None:
    text = page(door, f"{RATE}?by=month&from=2016-01-01&to=2016-12-31&lang=en").text
    period = "from=2016-01-01&amp;to=2016-12-31"
    assert f'href="{RATE}.csv?{period}&amp;by=month"' in text
    assert f'href="{RATE}.csv?{period}&amp;by=month&amp;dialect=excel-de"' in text


# --- one address, two forms -------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/reporting", RATE, "/reporting/indicators"])
def test_machines_get_json_at_the_same_address(door: Door, path: str) -> None:
    for accept in ("application/json", "*/*", ""):
        assert door.get(path, headers={"Accept": accept}).mimetype == "application/json"
    assert page(door, path).status_code == 200


def test_a_problem_is_a_page_for_people(door: Door) -> None:
    answer = page(door, "/nothing-here", **{"Accept-Language": "de"})
    assert answer.status_code == 404
    assert "Zur Startseite" in answer.text
