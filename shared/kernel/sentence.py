"""How does a sentence stay translatable once its blanks are filled in? It keeps its pattern and its values."""

from collections.abc import Mapping
from typing import Any, Self


class Sentence(str):
    """An English sentence as a text; `pattern` is what a catalogue of words holds, `values` are what was filled in.

    A value may be a sentence itself: the name of a role, for example.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, Any]

    def __new__(cls, pattern: str, /, **values: Any) -> Self:
        """Fill in the values, by the names in braces."""
        made = super().__new__(cls, pattern.format(**values))
        made.pattern = pattern
        made.values = values
        return made

    def __str__(self) -> Self:
        """Itself, so that an exception passes it on whole."""
        return self


def translated(text: str, words: Mapping[str, str]) -> str:
    """The text in the language of these words; what they lack stays as it is."""
    if not isinstance(text, Sentence):
        return words.get(text, text)
    values = {
        name: translated(value, words) if isinstance(value, Sentence) else value
        for name, value in text.values.items()
    }
    return words.get(text.pattern, text.pattern).format(**values)


def enumerated(words: list[Sentence]) -> Sentence:
    """Some words as a list that ends with `or`.

    Raises: IndexError for none.
    """
    listed = words[0]
    for word in words[1:-1]:
        listed = Sentence("{before}, {word}", before=listed, word=word)
    return listed if len(words) == 1 else Sentence("{before} or {word}", before=listed, word=words[-1])
