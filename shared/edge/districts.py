"""Is a district one of the city's? Where it is not, the answer names the one that was probably meant."""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shared.edge.problems import not_possible
from shared.kernel.sentence import Sentence
from shared.kernel.text import in_one_line

FIELD = "district"
MAX_SHOWN = 40
"""How much of a word that is no district an answer repeats [characters]."""


class Municipality(NamedTuple):
    """The city as addresses and pages name it, with its districts."""

    slug: str
    name: str = ""
    districts: tuple[str, ...] = ()


class Districts:
    """The districts of the city; a city that lists none has any."""

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.names = names
        self._by_folded = {_folded(name): name for name in names}

    def why_not(self, text: str) -> Sentence | None:
        """Why a text is no district, with the nearest one; None for a district."""
        if not self.names or in_one_line(text) in self.names:
            return None
        near = difflib.get_close_matches(_folded(text), self._by_folded, n=1)
        shown = text[:MAX_SHOWN]
        if near:
            sentence = 'There is no district "{text}"; did you mean {near}?'
            return Sentence(sentence, text=shown, near=self._by_folded[near[0]])
        sentence = 'There is no district "{text}"; choose one of: {words}.'
        return Sentence(sentence, text=shown, words=", ".join(self.names))

    def refuse_others(self, body: Mapping[str, Any]) -> None:
        """Raises: Problem 422 for a body that names a district that the city does not have."""
        wrong = dict(self._wrong(body))
        if wrong:
            raise not_possible("Some fields are wrong.", fields=wrong)

    def _wrong(self, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, value in body.items():
            if isinstance(value, Mapping):
                inner = dict(self._wrong(value))
                if inner:
                    yield name, inner
            elif name == FIELD and isinstance(value, str) and (why := self.why_not(value)) is not None:
                yield name, [why]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", in_one_line(text)).casefold().split())
