"""In which language does a page speak, and how does it write numbers and days?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from shared.kernel.city_day import today_in_the_city

FOLDER = Path(__file__).parent / "locales"
NARROW_GAP = "\u00a0"
"""Keeps a number and its unit on one line."""


@dataclass(frozen=True)
class Language:
    """One language: its tag, its own name, and its words for the English ones of the templates."""

    tag: str
    name: str
    locale: Locale
    words: Mapping[str, str] = field(repr=False, hash=False, compare=False)

    def gettext(self, english: str) -> str:
        """The words in this language, or the English ones where a translation is missing."""
        return self.words.get(english, english)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The words for `n` things."""
        return self.gettext(singular if n == 1 else plural)

    def number(self, value: str | Decimal | int, decimals: int = 0, *, trimmed: bool = False) -> str:
        """A number with thousands separated and this many decimals; `trimmed`: at most this many."""
        pattern = "#,##0" + ("." + ("#" if trimmed else "0") * decimals if decimals else "")
        return format_decimal(Decimal(value), format=pattern, locale=self.locale)

    def percent(self, share: str | Decimal, decimals: int = 1) -> str:
        """A share [1] as a percentage."""
        gap = NARROW_GAP if self.tag == "de" else ""
        return f"{self.number(Decimal(share) * 100, decimals)}{gap}%"

    def day(self, day: str | date) -> str:
        """A day, as text or as a date; of a moment as text, the day in the city."""
        return format_date(_day_of(day) if isinstance(day, str) else day, "medium", locale=self.locale)

    def month(self, month: str) -> str:
        """A month such as 2016-07, written out."""
        return format_date(date.fromisoformat(f"{month}-01"), "LLLL yyyy", locale=self.locale)


@lru_cache
def languages() -> Mapping[str, Language]:
    """The languages of the pages, by tag."""
    return {
        "de": Language("de", "Deutsch", Locale("de", "DE"), words_of(FOLDER / "de.po")),
        "en": Language("en", "English", Locale("en", "GB"), {}),
    }


def words_of(path: Path) -> Mapping[str, str]:
    """The translations in a gettext catalogue."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    words: dict[str, str] = {}
    for message in catalogue:
        sources, translations = _forms(message.id), _forms(message.string)
        pairs = zip(sources, translations, strict=True)
        words |= {source: translation for source, translation in pairs if source and translation}
    return words


def _day_of(text: str) -> date:
    if len(text) == len("2026-12-31"):
        return date.fromisoformat(text)
    return today_in_the_city(datetime.fromisoformat(text))


def _forms(words: Any) -> tuple[str, ...]:
    """The forms of a word: one form, or one for each grammatical number."""
    return (words,) if isinstance(words, str) else tuple(words)
