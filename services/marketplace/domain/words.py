"""Which words of a text count for matching? German stems of its content words."""

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W\d_]{3,}")
_STEMMER = snowballstemmer.stemmer("german")
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
        "für",
        "gesucht",
        "hilfe",
        "ihr",
        "mit",
        "nach",
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
    return str(_STEMMER.stemWord(masculine))


def stems(*texts: str) -> frozenset[str]:
    """The stems of all content words in these texts."""
    words = (word for text in texts for word in _WORD.findall(text))
    return frozenset(stem(word) for word in words if word.lower() not in STOP_WORDS)
