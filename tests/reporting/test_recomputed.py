"""Does a program of its own, with nothing but the records, come to the same figures in every cell of both cities?"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from deploy.city import load_city
from deploy.playing.script import write
from deploy.playing.stage import Stage
from services.reporting.answers import Answers, Asked
from services.reporting.indicators.catalogue import INDICATORS
from shared.events.codec import decode
from tests.few import one_in
from tests.reporting.histories import InMemory
from tests.reporting.recomputed import CITY, RECOUNTS, History, Recount, cells, read

BEGINS, ENDS = date(2016, 6, 1), date(2019, 5, 31)
CUT_OFFS = (date(2020, 12, 31), date(2019, 5, 31), date(2018, 6, 30), date(2017, 12, 31), date(2017, 1, 31))
THOUSANDTH = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Played:
    """The records of a simulated city, log by log."""

    records: tuple[bytes, ...]

    def until(self, cut_off: date) -> tuple[bytes, ...]:
        """What was recorded by the end of a day."""
        last = datetime.combine(cut_off, time.max, CITY)
        return tuple(
            record
            for record in self.records
            if datetime.fromisoformat(json.loads(record)["recordedtime"]) <= last
        )


@cache
def played(slug: str, scale: float) -> Played:
    """A city of the programme's three years."""
    city = load_city(slug)
    stage = Stage(city, 11)
    stage.play(write(city, begins=BEGINS, ends=ENDS, seed=11, scale=scale, files_follow=False), ENDS)
    return Played(tuple(event.record for unit in stage.units.values() for event in unit.log.events))


def answered(answers: Answers, name: str, version: int, by: str, today: date) -> dict[str, Any]:
    """What reporting says, by group; the total has none."""
    asked = Asked(by=None if by == "total" else by, full=True, version=version)
    answer = answers.indicator(name, asked, today)
    return {"": answer["result"]} if by == "total" else {row["group"]: row for row in answer["groups"]}


def differing(shown: dict[str, Any], counted: dict[str, Any]) -> Iterable[str]:
    """What differs by more than it is rounded by."""
    for quantity, exact in counted.items():
        number = shown.get(quantity)
        if number is None or exact is None:
            is_same = number is None and exact is None
        else:
            is_same = abs(Fraction(str(number)) - exact) <= THOUSANDTH / 2
        if not is_same:
            yield f"{quantity}: shown {number}, counted {exact}"


def differences(
    answers: Answers, recount: Recount, history: History, asked: tuple[str, int, date]
) -> list[str]:
    """Every cell that one of both has and the other has not, or has otherwise."""
    name, version, today = asked
    counted = cells(recount, history, today)
    different = []
    for by in ("total", "year", "month", "lab", *recount.by):
        of_table = {group: figure for (table, group), figure in counted.items() if table == by}
        shown = answered(answers, name, version, by, today)
        if by != "total" and set(shown) != set(of_table):
            different.append(f"{name} by {by}: {set(shown) ^ set(of_table)} is in one of both")
        for group in set(shown) & set(of_table):
            different += [f"{name} {by} {group}: {text}" for text in differing(shown[group], of_table[group])]
    return different


@pytest.mark.parametrize("slug", ["wuppertal", "dortmund"])
def test_every_cell_is_what_somebody_else_counts(slug: str, pytestconfig: pytest.Config) -> None:
    few = one_in(pytestconfig)
    city = played(slug, 1.0 / few)
    for cut_off in CUT_OFFS[::few]:
        records = city.until(cut_off)
        answers, history = Answers(InMemory(map(decode, records))), History(read(records))
        different = [
            text
            for (name, version), recount in RECOUNTS.items()
            for text in differences(answers, recount, history, (name, version, cut_off))
        ]
        assert different == []


def test_every_definition_is_counted_a_second_time() -> None:
    assert {(name, version) for name in INDICATORS for version in INDICATORS.versions(name)} == set(RECOUNTS)


def test_another_number_is_a_difference() -> None:
    assert list(differing({"value": "0.667"}, {"value": Fraction(2, 3)})) == []
    assert list(differing({"value": "0.668"}, {"value": Fraction(2, 3)})) != []
    assert list(differing({"value": None}, {"value": Fraction(2, 3)})) != []
    assert list(differing({"value": 3}, {"value": 4})) != []
