"""Does a new topic, measure and breakdown show everywhere by being declared, and does an old version stay askable?"""

import csv
import html
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from deploy.catalogue import render
from services.reporting.description import operations
from services.reporting.indicators.catalogue import INDICATORS, Catalogue
from services.reporting.indicators.indicator import Topic
from services.reporting.indicators.measure import Part
from services.reporting.words import Words
from tests.edge.door import Door
from tests.reporting.planted import FIRST, SECOND, SHAPE, SPREAD
from tests.reporting.showing import Shown
from tests.reporting.stories import need

ADDRESS = "/reporting/indicators/spread_of_shapes"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city in which nothing has happened."""
    opened = Door(tmp_path_factory.mktemp("planted"))
    yield opened
    opened.instance.close()


@pytest.fixture(autouse=True)
def _planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new indicator is declared, in both of its versions."""
    planted = Catalogue([*INDICATORS.definitions, FIRST, SECOND])
    monkeypatch.setattr(INDICATORS, "by_name", planted.by_name)


@pytest.fixture
def shown(door: Door) -> Shown:
    """Figures over some needs."""
    return Shown(door, [need(f"x{n}", date(2016, 5, 2)) for n in range(4)])


def page(shown: Shown, path: str, language: str, **headers: str) -> str:
    return " ".join(html.unescape(shown.page(path, language, **headers)).split())


def test_its_page_has_its_words_in_the_readers_language(shown: Shown) -> None:
    german = page(shown, f"{ADDRESS}?by=shape", "de")
    for words in (
        "Spanne aller Gestalten",
        "Gestalt der Hilfe",
        "ganz rund",
        "Spanne, Monate",
        "Kleinster, Monate",
    ):
        assert words in german, words
    for words in (
        "1 Monat<",
        "1,5</td>",
        "Kleinster, Monate: 1,5",
        "Gemeldet: 4",
        "Konzepte und Verständnis",
    ):
        assert words in german, words
    english = page(shown, f"{ADDRESS}?by=shape", "en")
    for words in ("Spread of all shapes", "by shape of help", "all round", "Spread, months", "1 month<"):
        assert words in english, words


def test_auditors_read_its_own_reason_to_hide_a_figure_in_their_language(door: Door) -> None:
    alone = Shown(door, [need("x", date(2016, 5, 2))])
    assert "weniger als zwei Meldungen" in page(alone, ADDRESS, "de", **alone.audited)
    assert "fewer than two reports" in page(alone, ADDRESS, "en", **alone.audited)
    assert alone.get(ADDRESS, **alone.audited).get_json()["result"]["withheld"] == "fewer than two reports"
    assert "fewer than two reports" not in alone.get(ADDRESS).text


def test_a_reason_that_nobody_declared_is_german_on_a_german_page(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = replace(SECOND, measure=replace(SPREAD, reasons=()))
    monkeypatch.setattr(INDICATORS, "by_name", Catalogue([silent]).by_name)
    alone = Shown(door, [need("x", date(2016, 5, 2))])
    german = page(alone, ADDRESS, "de", **alone.audited)
    assert "durch die Geheimhaltungsregel zurückgehalten" in german
    assert "fewer" not in german


def test_its_parts_are_the_columns_of_its_tables_and_stand_in_its_code_book(shown: Shown) -> None:
    def table(query: str) -> list[dict[str, str]]:
        text = shown.get(f"{ADDRESS}{query}").text
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))

    (whole,) = table(".csv?dialect=excel-de")
    assert (whole["group"], whole["value"], whole["smallest"], whole["reported"]) == (
        "all",
        "1,000",
        "1,5",
        "4",
    )
    (group,) = table(".csv?by=district&dialect=excel-de")
    assert (group["by"], group["group"]) == ("district", "Elberfeld")
    explained = {line["column"]: line for line in table("/code-book.csv?dialect=excel-de")}
    assert {"smallest", "largest", "reported"} <= set(explained)
    assert explained["group where by is shape"]["values"].startswith("round: all round / ganz rund")


def test_its_topic_stands_in_the_overview_behind_the_others(shown: Shown) -> None:
    german = page(shown, "/reporting", "de")
    assert german.index('id="topic-E"') < german.index('id="topic-Q">Stille Orte')
    assert "Spanne aller Gestalten" in german
    assert "Quiet places" in page(shown, "/reporting", "en")
    assert shown.get("/reporting").get_json()["items"][-1]["name"] == "spread_of_shapes"


def test_the_listing_and_openapi_and_the_catalogue_have_it(shown: Shown) -> None:
    listed = shown.listing()[-1]
    assert (listed["id"], listed["versions"], listed["written"]) == ("Q7", [1, 2], "months")
    assert listed["breakdown_words"]["shape"]["groups"] == {"round": {"en": "all round", "de": "ganz rund"}}
    name, *_, by = [
        parameter for parameter in operations().single["parameters"] if "enum" in parameter["schema"]
    ]
    assert ("spread_of_shapes" in name["schema"]["enum"], "shape" in by["schema"]["enum"]) == (True, True)
    assert (
        "| Quiet places | Q7 | `spread_of_shapes` | 2 | Spread of all shapes: largest - smallest | [mo] |"
        in render()
    )


def test_an_old_version_stays_askable_for_auditors_and_links_keep_it(shown: Shown) -> None:
    assert shown.get(ADDRESS).get_json()["version"] == 2
    assert shown.refused(f"{ADDRESS}?version=1").status_code == 403
    audits = {"Authorization": f"Bearer {shown.auditor}"}
    old = shown.get(f"{ADDRESS}?version=1", **audits).get_json()
    assert (old["version"], old["title"], "district" in old["breakdowns"]) == (1, "Spread of shapes", False)
    assert shown.get(f"{ADDRESS}/lineage?version=1").get_json()["title"] == "Spread of shapes"
    assert "\r\nQ7,spread_of_shapes,1," in shown.get(f"{ADDRESS}.csv?version=1", **audits).text
    text = html.unescape(shown.get(f"{ADDRESS}?version=1&lang=en", Accept="text/html", **audits).text)
    assert "by=month&version=1" in text
    german = shown.get(f"{ADDRESS}?version=1&lang=de", Accept="text/html", **audits).text
    assert "Fassung 1" in german
    assert "by=month&version" not in page(shown, ADDRESS, "de")


@pytest.mark.parametrize("form", ["", ".csv", "/lineage"])
def test_a_version_that_is_not_there_is_refused_with_those_there_are(shown: Shown, form: str) -> None:
    refused = shown.refused(f"{ADDRESS}{form}?version=7")
    problem = refused.get_json(force=True)
    assert (refused.status_code, problem["versions"]) == (404, [1, 2])
    assert problem["detail"] == "spread_of_shapes has no version 7; it has 1, 2."
    for wrong in ("0", "-1", "1.0", "newest", ""):
        assert shown.refused(f"{ADDRESS}{form}?version={wrong}").status_code == 400


def test_a_definition_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="has version 1 twice"):
        Catalogue([FIRST, FIRST])
    with pytest.raises(ValueError, match="does not begin with"):
        replace(FIRST, topic=Topic(letter="R", name=Words("R", "R"), order=1))
    with pytest.raises(ValueError, match="say how its value is written"):
        replace(FIRST, written=None)
    with pytest.raises(ValueError, match="Two topics have the same letter"):
        Catalogue([FIRST, replace(FIRST, version=2, topic=replace(FIRST.topic, order=3))])
    with pytest.raises(ValueError, match="two of its breakdowns"):
        replace(FIRST, breakdowns=(SHAPE, replace(SHAPE, name="year")))
    with pytest.raises(ValueError, match="open is no part of spread"):
        replace(FIRST, heads={"open": Words("Open", "Offen")})
    with pytest.raises(ValueError, match="its sentence names median"):
        replace(SPREAD, basis=Words("{median} of {reported}", "{reported}"))
    with pytest.raises(ValueError, match="can't be called"):
        replace(SPREAD, parts=(Part(name="group", head=Words("Group", "Gruppe")),))


@pytest.mark.parametrize("counts", [(), ("heard",)])
def test_a_measure_names_the_numbers_that_are_all_its_cases(counts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="its counts must name numbers of its figure"):
        replace(SPREAD, counts=counts)
