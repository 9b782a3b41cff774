"""Is a figure as CSV one tidy table that says the same, in both dialects, and harms no spreadsheet?"""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.reporting.answers import Asked
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.sheet import ABOUT, DIALECTS, NOTES, as_csv, code_book, file_name, numbers_of
from tests.reporting.histories import answer
from tests.reporting.stories import agreements

EVENTS = [
    *agreements(date(2016, 5, 2), kept=7, partly=3, failing=5, silent=2, prefix="a"),
    *agreements(date(2017, 5, 2), kept=9, partly=4, failing=4, prefix="b"),
    *agreements(date(2018, 5, 2), kept=2, prefix="c"),
    *agreements(date(2019, 5, 2), kept=8, partly=3, failing=3, prefix="d"),
]
PUBLISHED = {"state": "2020-12-31"}
BY_YEAR = answer("redemption_rate", EVENTS, Asked(by="year")) | PUBLISHED
WHOLE = answer("redemption_rate", EVENTS, Asked()) | PUBLISHED
RATE = INDICATORS["redemption_rate"]


def lines(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))


def test_a_table_holds_the_groups_or_the_whole_so_that_a_sum_counts_nothing_twice() -> None:
    by_year, (whole,) = lines(as_csv(BY_YEAR)), lines(as_csv(WHOLE))
    assert [line["group"] for line in by_year] == ["2016", "2017", "2018", "2019"]
    assert (whole["by"], whole["group"], whole["as_of"]) == ("all", "all", "2020-12-31")
    shown = [line for line in by_year if not line["suppressed"]]
    summed = sum(Decimal(line["numerator"]) for line in shown)
    assert summed <= Decimal(whole["numerator"]) < 2 * summed
    assert {(line["id"], line["indicator"], line["version"], line["by"]) for line in by_year} == {
        ("X3", "redemption_rate", "1", "year")
    }


@pytest.mark.parametrize(("dialect", "delimiter", "point"), [("standard", ",", "."), ("excel-de", ";", ",")])
def test_both_dialects_say_what_the_answer_says(dialect: str, delimiter: str, point: str) -> None:
    table = lines(as_csv(BY_YEAR, dialect), delimiter)
    for line, result in zip(table, BY_YEAR["groups"], strict=True):
        for name in numbers_of(RATE):
            value = result.get(name)
            assert line[name] == ("" if value is None else str(value).replace(".", point)), name
        assert line["suppressed"] == result.get("suppressed", "")


def test_a_suppressed_group_has_a_reason_and_no_number() -> None:
    (of_2018,) = [line for line in lines(as_csv(BY_YEAR)) if line["group"] == "2018"]
    assert of_2018["suppressed"] == "fewer than 3 organisations"
    assert [name for name in numbers_of(RATE) if of_2018[name]] == []


def test_german_excel_gets_a_mark_semicolons_and_decimal_commas() -> None:
    text = as_csv(BY_YEAR, "excel-de")
    assert text.startswith("\ufeffid;indicator;")
    assert re.search(r";0,\d{3};", text)
    assert text.count("\r\n") == text.count("\n") == 5


@pytest.mark.parametrize("name", INDICATORS)
def test_a_table_has_the_numbers_of_its_indicator_and_no_empty_note(name: str) -> None:
    head = as_csv(answer(name, []) | PUBLISHED).partition("\r\n")[0].split(",")
    numbers = numbers_of(INDICATORS[name])
    assert tuple(head[: len(ABOUT) + len(numbers)]) == (*ABOUT, *numbers)
    assert set(head[len(ABOUT) + len(numbers) :]) <= set(NOTES)
    for column in NOTES:
        values = [line.get(column) for line in lines(as_csv(BY_YEAR))]
        assert all(value is None for value in values) or any(values), column


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", INDICATORS)
def test_the_code_book_explains_every_column_in_both_languages(name: str, dialect: str) -> None:
    explained = lines(code_book(INDICATORS[name], dialect), ";" if dialect == "excel-de" else ",")
    columns = [*ABOUT, *numbers_of(INDICATORS[name]), *NOTES]
    assert [line["column"] for line in explained[: len(columns)]] == columns
    assert all(line["type"] and line["meaning"] and line["meaning_de"] for line in explained)
    by = [f"group where by is {breakdown}" for breakdown in INDICATORS[name].breakdown_by_name]
    assert [line["column"] for line in explained[len(columns) :]] == by


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({}, "redemption_rate_total_as-of-2020-12-31.csv"),
        ({"by": "year"}, "redemption_rate_by-year_as-of-2020-12-31.csv"),
        (
            {"by": "lab", "lab": "lab-1", "from": "2016-01-01", "to": "2016-12-31"},
            "redemption_rate_by-lab_lab-1_from-2016-01-01_to-2016-12-31_as-of-2020-12-31.csv",
        ),
        ({"state": None, "live_on": "2026-12-01"}, "redemption_rate_total_as-of-2026-12-01.csv"),
        (
            {
                "as_of": {
                    "asked_as_of": {
                        "positions": {"marketplace": 57},
                        "recorded_before": "2025-06-29T22:00:00+00:00",
                        "effective_at": None,
                    }
                }
            },
            "redemption_rate_total_as-of-2025-06-30-marketplace-57.csv",
        ),
    ],
)
def test_the_name_of_a_file_says_what_was_asked(asked: dict[str, Any], name: str) -> None:
    assert file_name(WHOLE | asked) == name


@pytest.mark.parametrize("risky", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_run_is_kept_a_text(risky: str) -> None:
    planted: dict[str, Any] = {**BY_YEAR, "groups": [{"group": risky, "value": "0.500"}]}
    assert lines(as_csv(planted))[0]["group"] == f"'{risky}"


def test_values_with_separators_and_quotes_come_back_as_they_were() -> None:
    planted: dict[str, Any] = {**BY_YEAR, "groups": [{"group": 'Elberfeld, "Mitte"; Süd', "value": "0.500"}]}
    for dialect, delimiter in (("standard", ","), ("excel-de", ";")):
        assert lines(as_csv(planted, dialect), delimiter)[0]["group"] == 'Elberfeld, "Mitte"; Süd'
