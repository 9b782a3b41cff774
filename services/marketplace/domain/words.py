"""Which words of a text count for matching? German stems of its content words."""

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W\d_]{3,}|\b[A-ZÄÖÜ]{2}\b")
_FEMININE = re.compile(r"(?:in|innen)$")
STOP_WORDS = frozenset(
    [
        "auf",
        "aus",
        "als",
        "bei",
        "bieten",
        "bietet",
        "das",
        "dem",
        "den",
        "der",
        "des",
        "die",
        "ein",
        "eine",
        "einen",
        "einer",
        "eines",
        "etwas",
        "für",
        "gesucht",
        "hilfe",
        "ihr",
        "jemand",
        "jemanden",
        "mit",
        "nach",
        "noch",
        "oder",
        "sie",
        "suchen",
        "sucht",
        "und",
        "uns",
        "unser",
        "unsere",
        "unter",
        "vom",
        "von",
        "vor",
        "wir",
        "zum",
        "zur",
        "über",
        "and",
        "for",
        "the",
        "with",
    ]
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a German word; Altenpflegerin and Altenpfleger have one."""
    lowered = word.lower()
    masculine = _FEMININE.sub("", lowered) if lowered.endswith(("erin", "erinnen")) else lowered
    # A stemmer holds the word that it works on: threads that shared a stemmer would mix up their words.
    return str(snowballstemmer.stemmer("german").stemWord(masculine))


def spelled(*texts: str) -> dict[str, str]:
    """The stems of all content words in these texts, each with the word as it is written there first."""
    written: dict[str, str] = {}
    for word in (word for text in texts for word in _WORD.findall(text)):
        if word.lower() not in STOP_WORDS:
            written.setdefault(stem(word), word)
    return written


def stems(*texts: str) -> frozenset[str]:
    """The stems of all content words in these texts."""
    return frozenset(spelled(*texts))
