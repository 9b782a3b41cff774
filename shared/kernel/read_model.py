"""What is a read model? A document or a row per key, written by folding events."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar, get_args

from shared.kernel.recorded import Happening

if TYPE_CHECKING:
    from typing_extensions import TypeForm

D = TypeVar("D")
E = TypeVar("E")

Document: TypeAlias = dict[str, Any]
"""A document whose form is not known here: generic code reads and writes these."""

Column: TypeAlias = str | int | None


@dataclass(frozen=True, slots=True)
class NoneOf:
    """A column's value is none of these."""

    values: tuple[Column, ...]


Wanted: TypeAlias = Column | tuple[Column, ...] | NoneOf
"""What a column shall be: this value, one of several, or none of several."""

PAGE = 500
"""How many documents are asked for at once where all are wanted."""


def events_of(union: "TypeForm[E]") -> tuple[type[E], ...]:
    """The event classes of a union (`AgreementEvent`), or the one class: what a read model listens to."""
    return get_args(union) or (union,)


def by_noun(event: Happening[object]) -> Iterable[str]:
    """The usual key: the id of the noun whose stream the event is in."""
    return (event.noun_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel(Generic[D, E]):
    """Documents or rows of the form D folded from events E, one per key; alike for a live event and a rebuild.

    `name` and `version` are stored: they name the table. `evolve` returns what follows, or None to delete it.

    A *document* holds what JSON holds: decimals, dates and times are strings. `columns` are what one may filter by,
    each computed from the document when it is written. `evolve` must not change the document that it is given.

    A *row* is of the class `row`, a msgspec Struct; `columns` are its fields, and the table holds nothing else.
    `evolve` may change the row that it is given.
    """

    name: str
    version: int
    on: tuple[type[E], ...]
    evolve: Callable[[D | None, Happening[E]], D | None]
    keys: Callable[[Happening[E]], Iterable[str]] = by_noun
    columns: Mapping[str, Callable[[D], Column]] = field(default_factory=dict)
    row: type[D] | None = None

    @property
    def table(self) -> str:
        """The table's name; it carries the version, so that a rebuild stands beside the old one."""
        return f"{'view' if self.row is None else 'fact'}_{self.name}_v{self.version}"


class Ask(Protocol):
    """How a reaction or an edge reads the read models of its own service."""

    def get(self, model: ReadModel[D, Any], key: str) -> D | None:
        """The document with this key, or None."""
        ...

    def find(
        self,
        model: ReadModel[D, Any],
        *,
        limit: int = 100,
        after: str = "",
        **columns: Wanted,
    ) -> list[D]:
        """Documents whose columns have these values (a tuple: one of these), ordered by key, after key `after`.

        Every document that is answered carries its key as `id`.
        """
        ...

    def changed(self, model: ReadModel[D, Any], *, after: int = 0, limit: int = 1000) -> list[tuple[int, D]]:
        """Documents that were written after this position of the own log, each with its position, in that order.

        A page never ends within a position: it may be longer than `limit`.
        """
        ...


def has_value(value: Column, wanted: Wanted) -> bool:
    """Whether a column's value is what is wanted; numbers are compared as text, as filters are."""
    if isinstance(wanted, NoneOf):
        return all(not has_value(value, other) for other in wanted.values)
    if isinstance(wanted, tuple):
        return any(has_value(value, other) for other in wanted)
    return value == wanted or (value is not None and wanted is not None and str(value) == str(wanted))


def all_found(ask: Ask, model: ReadModel[D, Any], **columns: Wanted) -> Iterator[D]:
    """Every document whose columns have these values, however many there are, page by page."""
    after = ""
    while page := ask.find(model, limit=PAGE, after=after, **columns):
        yield from page
        last: Any = page[-1]
        after = last["id"]
