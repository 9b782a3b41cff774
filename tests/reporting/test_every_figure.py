"""Does every indicator open in every breakdown and form, and does its German page speak German?"""

import csv
import html
import io
from collections.abc import Iterator
from typing import Any

import pytest

from services.reporting.indicators.catalogue import INDICATORS
from tests.edge.door import Door
from tests.few import one_in
from tests.reporting.showing import Shown
from tests.reporting.sizes import HISTORIES, MANY


def english_words(declared: Any) -> Iterator[str]:
    """Every English text of a declaration that has a German one beside it."""
    if isinstance(declared, dict):
        if {"en", "de"} <= set(declared) and declared["en"] != declared["de"]:
            yield declared["en"]
        declared = list(declared.values())
    if isinstance(declared, list):
        for part in declared:
            yield from english_words(part)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city in which nothing has happened."""
    opened = Door(tmp_path_factory.mktemp("every-figure"))
    yield opened
    opened.instance.close()


@pytest.fixture(scope="module", params=HISTORIES)
def shown(request: pytest.FixtureRequest, door: Door) -> Shown:
    """The figures of one of the histories."""
    return Shown(door, HISTORIES[request.param](MANY // one_in(request.config)))


@pytest.mark.sampled
@pytest.mark.parametrize("name", INDICATORS)
def test_every_figure_opens_as_page_csv_and_json(shown: Shown, name: str) -> None:
    (item,) = [item for item in shown.listing() if item["name"] == name]
    for version in item["versions"][-1:]:
        for by in item["breakdowns"]:
            query = f"by={by}&version={version}"
            address = f"/reporting/indicators/{name}"
            answer = shown.get(f"{address}?{query}").get_json()
            assert (answer["version"], answer["by"]) == (version, by)
            for dialect, delimiter in (("standard", ","), ("excel-de", ";")):
                text = shown.get(f"{address}.csv?{query}&dialect={dialect}").text
                lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))
                assert [line["group"] for line in lines] == [row["group"] for row in answer["groups"]]
            for language in ("de", "en"):
                assert item["id"] in shown.page(f"{address}?{query}", language)


@pytest.mark.sampled
@pytest.mark.parametrize("name", INDICATORS)
def test_the_german_page_of_a_figure_holds_none_of_its_english_words(shown: Shown, name: str) -> None:
    address = f"/reporting/indicators/{name}"
    lineage = shown.get(f"{address}/lineage").get_json()
    english = [
        lineage["title"],
        lineage["formula"],
        lineage["query"],
        lineage.get("strict", lineage["title"]),
    ]
    english += [words for words in english_words(lineage) if len(words.split()) > 1]
    for by in lineage["breakdowns"]:
        german = html.unescape(shown.page(f"{address}?by={by}", "de"))
        assert [sentence for sentence in english if sentence in german] == []


def test_the_overview_opens_with_every_figure(shown: Shown) -> None:
    for language in ("de", "en"):
        page = shown.page("/reporting", language)
        assert [name for name in INDICATORS if f'id="{name}"' not in page] == []


def test_the_german_overview_holds_no_english_words_of_a_figure(shown: Shown) -> None:
    german = html.unescape(shown.page("/reporting", "de"))
    english = [words for item in shown.listing() for words in english_words(item) if len(words.split()) > 1]
    english += [text for item in shown.listing() for text in (item["title"], item["formula"])]
    assert [sentence for sentence in english if sentence in german] == []
