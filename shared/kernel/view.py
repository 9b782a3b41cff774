"""What is a view? A document per key, written by folding events, asked by its columns."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from shared.kernel.recorded import Recorded

Document: TypeAlias = dict[str, Any]
Column: TypeAlias = str | int | None
PAGE = 500
"""How many documents are asked for at once where all are wanted."""


def by_noun(event: Recorded) -> Iterable[str]:
    """The usual key: the id of the noun whose stream the event is in."""
    return (event.noun_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Documents folded from events, one per key; the same code serves one live event and a rebuild of millions.

    `evolve` returns the new document, or None to delete it; it must not change the one it is given.
    `columns` are what one may filter by; each is computed from the document when it is written.
    Documents hold what JSON holds; decimals, dates and times are strings.
    """

    name: str
    version: int
    on: tuple[type, ...]
    evolve: Callable[[Document | None, Recorded], Document | None]
    keys: Callable[[Recorded], Iterable[str]] = by_noun
    columns: Mapping[str, Callable[[Document], Column]] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table's name; it carries the version, so that a rebuild stands beside the old one."""
        return f"view_{self.name}_v{self.version}"


class Ask(Protocol):
    """How a reaction or an edge reads the views of its own service."""

    def get(self, view: str, key: str) -> Document | None:
        """The document with this key, or None."""
        ...

    def find(
        self, view: str, *, limit: int = 100, after: str = "", **columns: Column | tuple[Column, ...]
    ) -> list[Document]:
        """Documents whose columns have these values (a tuple: one of these), ordered by key, after key `after`.

        Every document found or got carries its key as `id`.
        """
        ...

    def changed(self, view: str, *, after: int = 0, limit: int = 1000) -> list[tuple[int, Document]]:
        """Documents that were written after this position of the own log, each with its position, in that order.

        A page never ends within a position: it may be longer than `limit`.
        """
        ...


def all_found(ask: Ask, view: str, **columns: Column | tuple[Column, ...]) -> Iterator[Document]:
    """Every document whose columns have these values, however many there are, page by page."""
    after = ""
    while page := ask.find(view, limit=PAGE, after=after, **columns):
        yield from page
        after = page[-1]["id"]
