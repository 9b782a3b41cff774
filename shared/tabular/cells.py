"""What does the text of a cell mean? One parser per kind of value; each refuses with a sentence about that cell.

A parser gets the cell in its plain form (`marks.plain`). Numbers are read the German way: `1.234` is 1234 and `1,250`
is 1.25. `12.50` and `1,234.50` are possible in English only, so they are read as English.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from shared.kernel.text import LONGEST_NAME, LONGEST_TEXT, in_lines, in_one_line
from shared.tabular.marks import is_missing
from shared.tabular.spelling import folded, listed, nearest, words_of

Value: TypeAlias = str | int | Decimal | date | bool | tuple[str, ...] | None
Parser: TypeAlias = Callable[[str], Value]
Labels: TypeAlias = Mapping[str, str]
"""By value, the words that mean it, separated by `|`; the first is shown."""

MAX_TEXT = LONGEST_TEXT
MAX_LINE = LONGEST_NAME
FIRST_YEAR, LAST_YEAR = 1900, 2100
CENTURY = 100  # [years]
EXCEL_COUNTS_FROM = date(1899, 12, 30)
YEARS_AHEAD = 10  # [years] that a year in two digits may lie ahead; no day of a command may lie further ahead

_UNIT = re.compile(
    r"\s*(€|eur|euro|h|std\.?|stunden|stück|monate?|mon\.?)"
    r"((\s*/\s*|\s+(pro|je)\s+)(h|std\.?|stunde|woche|w))?$",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"^(€|eur|euro)\s*", re.IGNORECASE)
_NO_CENTS = re.compile(r"(?<=\d)[,.][-\u2010-\u2015\u2212]{1,2}$")
_NO_EUROS = re.compile(r"^[-\u2010-\u2015\u2212]?,(?=\d\d$)")
_MINUS = re.compile(r"^[\u2010-\u2015\u2212]\s*(?=\d)")
_GERMAN = re.compile(r"-?[1-9]\d{0,2}(?:[.\s'\u2019]\d{3})+(?:,\d+)?")
_ENGLISH = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+\.\d+")
_PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?")
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::00)?(?:\s*(?:h|uhr))?", re.IGNORECASE)
_GERMAN_DATE = re.compile(r"(?:[A-Za-z]{2,3}\.?,?\s+)?(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
_SHORT_DATE = re.compile(r"((?:[A-Za-z]{2,3}\.?,?\s+)?\d{1,2}\.\s?\d{1,2}\.\s?)(\d{2})((?:\s.*)?)")
_NUMBER_OF_A_DAY = re.compile(r"([2-5]\d{4})(?:[.,]\d+)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME_BEHIND = re.compile(r"[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\s*Uhr)?$")
_OWN_NUMBER = re.compile(
    r"(?:[A-Za-z]{1,3}[-_/. ])?(?:[A-Za-z]{1,3}[-_/. ]?)?[0-9]{1,8}[A-Za-z]?(?:[-_/.][0-9]{1,8}){0,3}"
)
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|\b(?:tel|telefon|fon|mobil|handy|phone)\b[.:\s]*\+?\d[\d\s/()-]{4,}", re.IGNORECASE
)

_WORDS = {
    True: ("ja", "j", "x", "yes", "y", "wahr", "true", "1", "✓", "✔", "✅", "☑", "☒", "🗹", "🗷", "[x]", "(x)"),
    False: ("nein", "n", "no", "falsch", "false", "0", "☐", "□", "◻", "⬜", "[ ]", "[]", "( )", "()"),
}


class CellRefused(ValueError):  # noqa: N818 - the word of the report
    """A cell whose text is no value of the expected kind; the message ends a sentence that begins with the column."""


def text(cell: str) -> str:
    """A text, with its line breaks, of at most 2000 characters.

    Raises: CellRefused when it is longer or holds somebody's e-mail address or telephone number.
    """
    cleaned = in_lines(cell)
    if len(cleaned) > MAX_TEXT:
        raise CellRefused(f"is longer than {MAX_TEXT} characters")
    if _CONTACT.search(cleaned):
        raise CellRefused("holds an e-mail address or a telephone number; an import stores no personal data")
    return cleaned


def line_of_text(cell: str) -> str:
    """A text in one line, of at most 200 characters: a title, a name.

    Raises: CellRefused as for `text`.
    """
    cleaned = in_one_line(text(cell))
    if len(cleaned) > MAX_LINE:
        raise CellRefused(f"is longer than {MAX_LINE} characters")
    return cleaned


def own_number(cell: str) -> str:
    """The file's own number of a person, such as `17`, `TN-0412` or `FW 2017/03`; never what could be a name.

    Raises: CellRefused when it could be one, or a birth date.
    """
    number = " ".join(cell.split())
    if _GERMAN_DATE.fullmatch(number) or _ISO_DATE.fullmatch(number):
        raise CellRefused(
            "could be a birth date; write the number that your list gives this person, like 'TN-0412'"
        )
    if not _OWN_NUMBER.fullmatch(number):
        raise CellRefused(
            "could be a name; write the number that your list gives this person, like 'TN-0412'"
        )
    return number


def decimal(cell: str) -> Decimal:
    """A number >= 0; a unit such as `€` or `Std.` is ignored, and `12,-` is 12.

    Raises: CellRefused when it is not a number or below 0.
    """
    digits = _CURRENCY.sub("", _UNIT.sub("", cell.strip())).strip()
    digits = _MINUS.sub("-", _NO_EUROS.sub("0,", _NO_CENTS.sub("", digits)))
    if _GERMAN.fullmatch(digits):
        digits = re.sub(r"[.\s'\u2019]", "", digits).replace(",", ".")
    elif _ENGLISH.fullmatch(digits):
        digits = digits.replace(",", "")
    elif _PLAIN.fullmatch(digits):
        digits = digits.replace(",", ".")
    else:
        raise CellRefused(f"'{cell.strip()}' is not a number; write it like 1234,5")
    if digits.startswith("-"):
        raise CellRefused(f"'{cell.strip()}' is below 0")
    return Decimal(digits)


def hours(cell: str) -> Decimal:
    """Hours [h] as a number or as `h:mm`, in hundredths.

    Raises: CellRefused when it is neither.
    """
    clock = _CLOCK.fullmatch(cell.strip())
    if clock is None:
        return decimal(cell)
    return (Decimal(clock.group(1)) + Decimal(clock.group(2)) / 60).quantize(Decimal("0.01"))


def whole_number(cell: str) -> int:
    """A whole number >= 0; `2,0` is one.

    Raises: CellRefused when it is another text.
    """
    number = decimal(cell)
    if number != number.to_integral_value():
        raise CellRefused(f"'{cell.strip()}' is not a whole number")
    return int(number)


def count(cell: str) -> int:
    """A whole number >= 1.

    Raises: CellRefused when it is another text.
    """
    number = whole_number(cell)
    if number < 1:
        raise CellRefused("must be at least 1")
    return number


def day(cell: str) -> date:
    """A date as `23.09.2016` or `2016-09-23`; a time behind it is ignored.

    Raises: CellRefused when it is no date, or before 1900 or after 2100.
    """
    written = _TIME_BEHIND.sub("", cell.strip())
    german, iso = _GERMAN_DATE.fullmatch(written), _ISO_DATE.fullmatch(written)
    if german:
        days, months, years = german.groups()
    elif iso:
        years, months, days = iso.groups()
    else:
        raise CellRefused(f"'{cell.strip()}' is not a date; {_how_to_write(written)}")
    year = int(years)
    try:
        calendar_day = date(year, int(months), int(days))
    except ValueError as error:
        raise CellRefused(f"'{cell.strip()}' is not a day of the calendar") from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellRefused(f"'{cell.strip()}' lies before {FIRST_YEAR} or after {LAST_YEAR}")
    return calendar_day


def _how_to_write(cell: str) -> str:
    """A sheet whose column is not formatted as a date shows the number of the day; which one, the file must say."""
    number = _NUMBER_OF_A_DAY.fullmatch(cell)
    if number is None:
        return "write it like 23.09.2016"
    named = EXCEL_COUNTS_FROM + timedelta(days=int(number[1]))
    return f"as the number of a day in Excel it is {named:%d.%m.%Y}: format the column as a date, and save it"


def with_its_century(cell: str, today: date) -> str:
    """The cell, a year in two digits written in four: `31.12.98` is of 1998, and no such year lies far ahead.

    What it says of a field that knows no future is refused there, when it lies ahead.
    """
    short = _SHORT_DATE.fullmatch(cell)
    if short is None:
        return cell
    year = today.year // CENTURY * CENTURY + int(short.group(2))
    year -= CENTURY if year > today.year + YEARS_AHEAD else 0
    return f"{short.group(1)}{year}{short.group(3)}"


def day_or_key(cell: str) -> str:
    """The key of something that may be named by its day; a date becomes `2016-09-23`, however it is written.

    Raises: CellRefused as for `line_of_text`.
    """
    try:
        return day(cell).isoformat()
    except CellRefused:
        return line_of_text(cell)


DATED = frozenset({day, day_or_key})
"""The parsers of days; whoever calls them first writes each year in four digits (`with_its_century`)."""


def yes_or_no(cell: str) -> bool:
    """Yes (`ja`, `x`) or no (`nein`).

    Raises: CellRefused when it is neither.
    """
    word = cell.strip().casefold()
    for answer, words in _WORDS.items():
        if word in words:
            return answer
    raise CellRefused(f"'{cell.strip()}' is neither yes nor no; write 'ja' or 'nein'")


@dataclass(frozen=True, slots=True)
class ListOf:
    """A parser for several values with commas or semicolons between them; each value counts once."""

    parser: Callable[[str], str]

    def __call__(self, cell: str) -> tuple[str, ...]:
        """The values in a cell.

        Raises: CellRefused as the parser of one value.
        """
        parts = (part.strip() for part in re.split(r"[,;\n]", cell))
        return tuple(dict.fromkeys(self.parser(part) for part in parts if not is_missing(part)))


class OneOf:
    """A parser for the words of a closed list; it returns the value of a word."""

    def __init__(self, labels: Labels) -> None:
        self.words_by_value = {str(value): words_of(row) for value, row in labels.items()}
        self._by_word = {
            folded(word) or word: value
            for value, row in self.words_by_value.items()
            for word in (value, *row)
        }

    def __contains__(self, cell: str) -> bool:
        """Whether a cell is a word of the list; `?` may be one."""
        return (folded(cell) or cell) in self._by_word

    def __call__(self, cell: str) -> str:
        """The value that a cell means.

        Raises: CellRefused when it is no word of the list.
        """
        word = " ".join(cell.split())
        value = self._by_word.get(folded(word) or word)
        if value is None:
            likely = nearest(word, [word for row in self.words_by_value.values() for word in row])
            hint = f"did you mean {listed(likely)}?" if likely else f"it may be {listed(self.shown)}"
            raise CellRefused(f"'{word}' is not in the list; {hint}")
        return value

    @property
    def shown(self) -> list[str]:
        """The first word of each value."""
        return [row[0] for row in self.words_by_value.values()]

    def word_of(self, value: str) -> str:
        """The word that is shown for a value."""
        return self.words_by_value[value][0]
