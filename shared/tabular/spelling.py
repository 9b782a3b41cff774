"""Which spellings mean the same word in people's lists? `Träger`, `TRAEGER` and ` Trager` do."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

_REMARK = re.compile(r"[(\[][^()\[\]]*[)\]]")
_NUMBER = re.compile(r"(?:nummer|number|nro|no)$")
_NO_WORD = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """The text without case, umlauts (also written ae, oe, ue), accents, blanks and signs."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    plain = _NO_WORD.sub("", plain)
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def as_heading(text: str) -> str:
    """The folded text of a heading; `Org-Nr.`, `Org.-Nummer` and `Organisations-Nr` end alike in `nr`."""
    return _NUMBER.sub("nr", folded(text))


def words_of(row: str) -> tuple[str, ...]:
    """The words of a text such as `Stadtteil | Bezirk | Ortsteil`."""
    return tuple(word.strip() for word in row.split("|"))


def without_remarks(text: str) -> str:
    """The text without its brackets: `Stunden (pro Woche)` becomes `Stunden`."""
    return _REMARK.sub(" ", text)


def nearest(word: str, words: Iterable[str]) -> list[str]:
    """At most three of these words that look like this one, the most similar first."""
    by_folded = {folded(other): other for other in words}
    return [by_folded[hit] for hit in difflib.get_close_matches(folded(word), by_folded, n=3, cutoff=0.6)]


def listed(words: Iterable[str]) -> str:
    """These words in quotes, separated by commas."""
    return ", ".join(f"'{word}'" for word in words)


def numbered(word: str, numbers: Iterable[int], is_so: str, are_so: str) -> str:
    """`Line 5 is empty.`, `Lines 5 to 7 and 12 are empty.`: the numbers in order, those in a row together."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    *others, last = [" to ".join(map(str, pair)) for pair in ranges]
    if not others and len(ranges[0]) == 1:
        return f"{word} {last} {is_so}"
    return f"{word}s {', '.join(others)}{' and ' if others else ''}{last} {are_so}"
