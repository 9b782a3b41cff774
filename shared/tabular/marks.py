"""What stands in a cell and is no value? Marks of a program, words for a missing value, errors of a formula."""

import re

from shared.kernel.text import in_lines

_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_ESCAPED = re.compile(r"_x(000[0-9A-Fa-f]|001[0-9A-Fa-f]|005F(?=_x[0-9A-Fa-f]{4}_)|007F)_")
"""How a workbook writes control characters, and an underscore that would look like one of them."""

_SIGNS = re.compile(r"[-\u2010-\u2015\u2212_./?\u2026]{1,5}")
_MISSING = frozenset(
    (
        *("k.a.", "k.a", "k/a", "k.angabe", "keineangabe", "keineangaben", "ohneangabe", "o.a."),
        *("n.bek.", "n.bek", "n.b.", "nichtbekannt", "unbekannt"),
        *("n/a", "n.a.", "n.a", "#n/a", "#nv", "nan", "null", "none"),
    )
)
"""Words for a missing value, in small letters and without blanks."""

_FIRST_LETTERS = frozenset(letter for word in _MISSING for letter in (word[0], word[0].upper()))
_LONGEST = 20  # [characters] of such a word, with blanks

_ERROR = re.compile(
    r"#(?:DIV/0|WERT|VALUE|BEZUG|REF|NAME|ZAHL|NUM|NULL|ÜBERLAUF|SPILL|KALK|CALC|FELD|FIELD|BLOCKED|BLOCKIERT|CONNECT|"
    r"VERBINDEN|UNKNOWN|UNBEKANNT|BUSY|EXTERNAL|PYTHON)[!?]|#GETTING_DATA|#DATEN_ABRUFEN|(?:Err|Fehler):\d{3}|##+",
    re.IGNORECASE,
)


def plain(cell: str) -> str:
    """The text of a cell as it is kept, without the marks of a program: `="0012"` is 0012, `_x000D_` a new line."""
    wrapped = _AS_TEXT.fullmatch(cell.strip())
    inner = wrapped.group(1).replace('""', '"') if wrapped else cell
    return in_lines(_ESCAPED.sub(lambda escaped: chr(int(escaped.group(1), 16)), inner))


def is_missing(cell: str) -> bool:
    """Whether a cell in its plain form says that there is no value: empty, a dash, `k. A.`, `n. bek.`, `#NV`, `?`."""
    word = "".join(cell.casefold().split())
    return not word or word in _MISSING or _SIGNS.fullmatch(word) is not None


def is_filled(cell: str) -> bool:
    """Whether a cell as it stands in a file holds a value; most cells do, which their first letter shows."""
    text = cell.strip()
    if not text or len(text) > _LONGEST or (text[0].isalnum() and text[0] not in _FIRST_LETTERS):
        return bool(text)
    return not is_missing(plain(text))


def error_in(cell: str) -> str | None:
    """The error of a formula that a plain cell holds, such as `#DIV/0!`, or the `###` of a narrow column."""
    return cell if _ERROR.fullmatch(cell) else None


def holds_error(error: str, cell: str = "") -> str:
    """What is wrong with a cell that holds an error; `cell` is its name in a sheet, such as `D7`."""
    where = f" (cell {cell})" if cell else ""
    return f"holds {error}{where}, the error of a formula or of a column too narrow; mend it in the sheet"
