"""Does every figure say its date and period, and do links, files and columns keep what was asked?"""

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.service.tables import Role
from tests.edge.door import Door
from tests.reporting.city import history, recorded_in
from tests.reporting.publishing import next_month, publish

RATE = "/reporting/indicators/redemption_rate"
HTML = {"Accept": "text/html"}
LINK = re.compile(r'href="([^"#]*)"')
GERMAN, ENGLISH = "de", "en"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city with two published states."""
    folder: Path = tmp_path_factory.mktemp("dated")
    opened = Door(folder)
    recorded_in(opened, history())
    publish(opened)
    publishing = opened.instance.units["reporting"].publishing
    assert publishing is not None
    assert publishing.step(next_month() + timedelta(days=31)) == 1
    yield opened
    opened.instance.close()


def states(door: Door) -> list[str]:
    return [item["state"] for item in door.get("/reporting/releases").get_json()["items"]]


def page(door: Door, address: str, role: Role | None = None) -> str:
    answer = door.get(address, role, headers=HTML)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text).partition("<main")[2].partition("</main>")[0]


def links(text: str) -> list[str]:
    return [link for link in LINK.findall(text) if "redemption_rate" in link]


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


# --- a published state ------------------------------------------------------------------------------------
def test_a_page_as_of_a_state_says_so_and_all_its_links_stay_there(door: Door) -> None:
    last, first = states(door)
    text = page(door, f"{RATE}?as_of={first}&lang=de")
    day = ".".join(reversed(first.split("-")))
    assert f"Stand {day}" in words(text)
    stays = f"/reporting/releases/{first}/indicators/redemption_rate"
    others = [link for link in links(text) if not link.startswith(stays)]
    assert {link.partition("?")[0] for link in others} == {
        f"/reporting/releases/{last}/indicators/redemption_rate",  # the later state, as a link of its own
        f"{RATE}/code-book.csv",
        f"{RATE}/lineage",
    }
    for link in links(text):
        assert door.get(link, headers=HTML).status_code == 200, link


def test_breakdown_period_and_language_stay_in_the_links(door: Door) -> None:
    first = states(door)[1]
    text = page(door, f"{RATE}?as_of={first}&from=2016-01-01&to=2016-12-31&by=month&lang=en")
    assert "Period: 1 Jan 2016 to 31 Dec 2016" in words(text)
    (by_lab,) = [link for link in links(text) if "by=lab" in link]
    assert by_lab == (
        f"/reporting/releases/{first}/indicators/redemption_rate?from=2016-01-01&to=2016-12-31&by=lab&lang=en"
    )
    (table, _, whole) = [link for link in links(text) if ".csv?" in link]
    assert table.endswith(".csv?from=2016-01-01&to=2016-12-31&by=month")
    assert whole.endswith(".csv?from=2016-01-01&to=2016-12-31")


@pytest.mark.parametrize(
    ("language", "sentence"), [(GERMAN, "Zeitraum: alle Jahre"), (ENGLISH, "Period: all years")]
)
def test_without_a_period_the_page_says_that_all_years_count(
    door: Door, language: str, sentence: str
) -> None:
    assert sentence in words(page(door, f"{RATE}?lang={language}"))


@pytest.mark.parametrize("role", [None, Role.RESEARCHER])
def test_the_file_says_its_date_and_period_in_its_name_and_in_its_columns(
    door: Door, role: Role | None
) -> None:
    first = states(door)[1]
    answer = door.get(f"{RATE}.csv?as_of={first}&from=2016-01-01&to=2016-12-31&by=year", role)
    name = f"redemption_rate_by-year_from-2016-01-01_to-2016-12-31_as-of-{first}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    (line,) = csv.DictReader(io.StringIO(answer.text))
    assert [line[part] for part in ("as_of", "from", "to")] == [first, "2016-01-01", "2016-12-31"]


# --- what auditors ask ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("as_of", "sentence"),
    [
        ("2017-05-02", "Nach dem, was vor dem 02.05.2017 festgehalten war"),
        ("effective:2018-01-01", "Was vor dem 01.01.2018 geschehen war"),
        ("2017-05-02,marketplace:3", "Nach dem, was vor dem 02.05.2017 festgehalten war, marketplace:3"),
    ],
)
def test_a_cut_off_is_said_and_stays_in_the_links(door: Door, as_of: str, sentence: str) -> None:
    text = page(door, f"{RATE}?as_of={as_of}&lang=de", Role.AUDITOR)
    assert sentence in words(text)
    asked = [link for link in links(text) if "code-book" not in link and "lineage" not in link]
    assert asked
    written = as_of.replace(":", "%3A").replace(",", "%2C")
    assert [link for link in asked if f"as_of={written}" not in link] == []
    answer = door.get(f"{RATE}.csv?as_of={as_of}", Role.AUDITOR)
    (line,) = csv.DictReader(io.StringIO(answer.text))
    assert line["as_of"] == as_of


def test_a_live_figure_says_its_day(door: Door) -> None:
    live_on = door.get(RATE, Role.AUDITOR).get_json()["live_on"]
    assert f"Stand {'.'.join(reversed(live_on.split('-')))}" in words(
        page(door, f"{RATE}?lang=de", Role.AUDITOR)
    )
    answer = door.get(f"{RATE}.csv", Role.AUDITOR)
    assert f"as-of-{live_on}.csv" in answer.headers["Content-Disposition"]


def test_the_code_book_is_a_table_beside_the_figure(door: Door) -> None:
    answer = door.get(f"{RATE}/code-book.csv?dialect=excel-de")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="redemption_rate_code-book.csv"'
    assert answer.text.startswith("\ufeffcolumn;type;unit;meaning;meaning_de;values\r\n")
    assert door.get("/reporting/indicators/nothing/code-book.csv").status_code == 404
    assert door.get(f"{RATE}/code-book.csv?version=99").status_code == 404
