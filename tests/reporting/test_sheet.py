"""Does a figure as CSV say the same, in both dialects, and harm no spreadsheet?"""

import csv
import io
from datetime import date
from typing import Any

import pytest

from services.reporting.answers import Asked
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.sheet import DIALECTS, as_csv, columns, numbers
from tests.reporting.histories import answer
from tests.reporting.stories import agreements

EVENTS = [
    *agreements(date(2016, 5, 2), kept=7, partly=3, failing=5, silent=2, prefix="a"),
    *agreements(date(2017, 5, 2), kept=9, partly=4, failing=4, prefix="b"),
    *agreements(date(2018, 5, 2), kept=2, prefix="c"),
    *agreements(date(2019, 5, 2), kept=8, partly=3, failing=3, prefix="d"),
]
BY_YEAR = answer("redemption_rate", EVENTS, Asked(by="year"))


def lines(text: str, delimiter: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))


def test_the_first_line_is_the_whole_and_each_group_has_one() -> None:
    table = lines(as_csv(BY_YEAR), ",")
    assert [line["group"] for line in table] == ["", "2016", "2017", "2018", "2019"]
    whole = table[0]
    assert (whole["id"], whole["indicator"], whole["version"], whole["by"]) == (
        "X3",
        "redemption_rate",
        "1",
        "year",
    )
    assert (whole["cutoff_marketplace"], whole["contains_synthetic"]) == ("7", "no")


@pytest.mark.parametrize(("dialect", "delimiter", "point"), [("standard", ",", "."), ("excel-de", ";", ",")])
def test_both_dialects_say_what_the_answer_says(dialect: str, delimiter: str, point: str) -> None:
    table = lines(as_csv(BY_YEAR, dialect), delimiter)
    for line, result in zip(table, [BY_YEAR["result"], *BY_YEAR["groups"]], strict=True):
        for name in numbers():
            value = result.get(name)
            assert line[name] == ("" if value is None else str(value).replace(".", point)), name
        assert line["suppressed"] == result.get("suppressed", "")


def test_a_suppressed_group_has_a_reason_and_no_number() -> None:
    (of_2018,) = [line for line in lines(as_csv(BY_YEAR), ",") if line["group"] == "2018"]
    assert of_2018["suppressed"] == "fewer than 3 organisations"
    assert [name for name in numbers() if of_2018[name]] == []


def test_german_excel_gets_a_mark_semicolons_and_decimal_commas() -> None:
    text = as_csv(BY_YEAR, "excel-de")
    assert text.startswith("\ufeffid;indicator;")
    assert ";0,750;" in text
    assert text.count("\r\n") == text.count("\n") == 6


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_has_the_same_columns(name: str, dialect: str) -> None:
    head, _, _ = as_csv(answer(name, []), dialect).removeprefix("\ufeff").partition("\r\n")
    assert tuple(head.split(";" if dialect == "excel-de" else ",")) == columns()


@pytest.mark.parametrize("risky", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_run_is_kept_a_text(risky: str) -> None:
    answer: dict[str, Any] = {**BY_YEAR, "groups": [{"group": risky, "value": "0.500"}]}
    assert lines(as_csv(answer), ",")[1]["group"] == f"'{risky}"


def test_values_with_separators_and_quotes_come_back_as_they_were() -> None:
    answer: dict[str, Any] = {**BY_YEAR, "groups": [{"group": 'Elberfeld, "Mitte"; Süd', "value": "0.500"}]}
    for dialect, delimiter in (("standard", ","), ("excel-de", ";")):
        assert lines(as_csv(answer, dialect), delimiter)[1]["group"] == 'Elberfeld, "Mitte"; Süd'
