"""Does every indicator open in every version, breakdown and form, and does its German page speak German?"""

import csv
import html
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.reporting.indicators.catalogue import INDICATORS
from shared.events.marketplace.engagement import CounsellingRequested
from shared.events.vocabulary import Category, Sector, WorkForm
from shared.kernel.recorded import Recorded
from tests.edge.door import Door
from tests.reporting.city import history
from tests.reporting.histories import happened
from tests.reporting.showing import Shown
from tests.reporting.stories import (
    agreements,
    at_work,
    given,
    hours,
    matched,
    met,
    need,
    organisation,
    proposed,
    sealed,
    trial,
)

START = date(2014, 1, 6)


def tiny() -> Iterator[Recorded[Any]]:
    """One case of each kind."""
    yield from agreements(START, kept=1)
    yield given("0", START, "c", "n")
    yield need("x", START)
    yield from trial("v", START, "n", "taken")
    yield hours("v", START, "n", "0.25")
    yield from at_work("w", START, 1)


def large() -> Iterator[Recorded[Any]]:
    """Many cases of each kind in every group, over many months, in two labs and in none."""
    categories, work, many = list(Category), list(WorkForm), 300
    for n in range(8):
        yield organisation(f"c{n}", Sector.COMPANY if n % 2 else Sector.NON_PROFIT)
    for n in range(many):
        on = START + timedelta(days=9 * n)
        yield sealed(f"l{n}", on, lab=("north", "south", None)[n % 3], market_day=f"m{n % 4}")
        yield from agreements(on, kept=2, partly=1, failing=1, silent=n % 2, prefix=f"{n}-")
        yield given(f"l{n}", on, f"c{n % 8}", f"c{(n + 1) % 8}")
        yield need(f"x{n}", on, category=categories[n % len(categories)])
        yield matched(f"x{n}", on + timedelta(days=n))
        yield met(f"x{n}", on + timedelta(days=n))
        yield happened(on, f"counselling-{n}", CounsellingRequested(person_id=f"p{n}"))
        yield from trial(f"v{n}", on, f"c{n % 5}", ("taken", "ended", None)[n % 3])
        yield hours(f"v{n}", on, f"c{n % 5}", "999999.75" if n % 2 else "7")
        yield proposed(f"w{n}-0", on, work[n % len(work)])
        yield from at_work(f"w{n}-", on, 1)
    yield from history()


HISTORIES = {"empty": lambda: iter(()), "tiny": tiny, "large": large}


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
    return Shown(door, HISTORIES[request.param]())


@pytest.mark.parametrize("name", INDICATORS)
def test_every_figure_opens_as_page_csv_and_json(shown: Shown, name: str) -> None:
    (item,) = [item for item in shown.listing() if item["name"] == name]
    for version in item["versions"]:
        for by in item["breakdowns"]:
            query = f"by={by}&version={version}"
            address = f"/reporting/indicators/{name}"
            answer = shown.get(f"{address}?{query}").get_json()
            assert (answer["version"], answer["by"]) == (version, by)
            for dialect, delimiter in (("standard", ","), ("excel-de", ";")):
                text = shown.get(f"{address}.csv?{query}&dialect={dialect}").text
                lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))
                assert [line["group"] for line in lines] == ["", *(row["group"] for row in answer["groups"])]
            for language in ("de", "en"):
                assert item["id"] in shown.page(f"{address}?{query}", language)


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
