"""Which spellings mean the same word to a person who keeps lists? `Träger`, `TRAEGER` and ` Trager` do."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

_REMARK = re.compile(r"[(\[][^()\[\]]*[)\]]")
_NO_WORD = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """The text without case, umlauts (also written ae, oe, ue), accents, blanks and signs."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    plain = _NO_WORD.sub("", plain)
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def words_of(row: str) -> tuple[str, ...]:
    """The words of a row that is written `Stadtteil | Bezirk | Ortsteil`."""
    return tuple(word.strip() for word in row.split("|"))


def without_remarks(text: str) -> str:
    """The text without what stands in brackets: `Stunden (pro Woche)` is `Stunden`."""
    return _REMARK.sub(" ", text)


def nearest(word: str, words: Iterable[str]) -> list[str]:
    """Of these words at most three that look like this one, the likest first."""
    by_folded = {folded(other): other for other in words}
    return [by_folded[hit] for hit in difflib.get_close_matches(folded(word), by_folded, n=3, cutoff=0.6)]


def listed(words: Iterable[str]) -> str:
    """These words in quotes, with commas between them."""
    return ", ".join(f"'{word}'" for word in words)
