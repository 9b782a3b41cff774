"""Do pages speak German and English alike, and write numbers as people do?"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from shared.pages.language import FOLDER, languages, words_of
from shared.pages.rendering import render

ROOT = Path(__file__).parent.parent.parent.parent
TEMPLATES = [
    path for top in ("shared", "services", "deploy") for path in sorted((ROOT / top).rglob("*.html"))
]
DE, EN = languages()["de"], languages()["en"]


def words_in(template: Path) -> Iterator[str]:
    """The English words of a template."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    options = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "silent": "false"}
    messages = extract_from_file(
        "jinja2.ext:babel_extract", str(template), keywords=keywords, options=options
    )
    for _, words, _, _ in messages:
        yield from (words,) if isinstance(words, str) else words


def test_every_word_of_the_templates_has_a_german_one_and_no_other_has() -> None:
    used = {words for path in TEMPLATES for words in words_in(path)}
    assert len(used) > 100
    assert used == set(words_of(FOLDER / "de.po"))


def test_translations_keep_what_is_filled_in() -> None:
    import re

    for english, german in words_of(FOLDER / "de.po").items():
        assert sorted(re.findall(r"%\(\w+\)s|%%", english)) == sorted(re.findall(r"%\(\w+\)s|%%", german)), (
            english
        )


def test_no_translation_is_marked_as_doubtful() -> None:
    with (FOLDER / "de.po").open("rb") as file:
        assert [message.id for message in read_po(file) if message.id and message.fuzzy] == []


@pytest.mark.parametrize(
    ("value", "decimals", "german", "english"),
    [
        ("1234567", 0, "1.234.567", "1,234,567"),
        ("3553", 1, "3.553,0", "3,553.0"),
        ("0.65", 2, "0,65", "0.65"),
        (12, 0, "12", "12"),
    ],
)
def test_numbers_are_written_as_people_write_them(
    value: str | int, decimals: int, german: str, english: str
) -> None:
    assert DE.number(value, decimals) == german
    assert EN.number(value, decimals) == english


def test_decimals_may_be_left_out_where_there_are_none() -> None:
    assert (DE.number("28.000", 1, trimmed=True), DE.number("35.250", 1, trimmed=True)) == ("28", "35,2")


def test_shares_are_percentages() -> None:
    assert (DE.percent("0.735"), EN.percent("0.735")) == ("73,5\u00a0%", "73.5%")


def test_days_are_written_out() -> None:
    assert (DE.day(date(2018, 9, 28)), EN.day("2018-09-28T15:00:00+00:00")) == ("28.09.2018", "28 Sept 2018")


def test_months_are_written_out() -> None:
    assert (DE.month("2016-07"), EN.month("2016-07")) == ("Juli 2016", "July 2016")


def test_what_is_filled_in_is_escaped() -> None:
    common = {
        "city": "<b>",
        "path": "/",
        "editions": [],
        "link": str,
        "rooted": str,
        "static": str,
        "fields": [],
        "nearest": None,
    }
    page = render("problem.html", EN, title="<script>", detail='"><img src=x>', **common)
    assert "<script>" not in page
    assert "<img" not in page
    assert "KoSI-Lab &lt;b&gt;" in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-12-31", "31.12.2026"),
        ("2026-12-31T22:30:00Z", "31.12.2026"),
        ("2026-12-31T23:30:00Z", "01.01.2027"),
        ("2026-07-01T22:30:00.250000Z", "02.07.2026"),
    ],
)
def test_a_page_shows_the_day_in_the_city(text: str, shown: str) -> None:
    assert DE.day(text) == shown
