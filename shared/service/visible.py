"""Which documents of a view may a caller see? Said in columns: the database leaves out the rest before paging."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shared.kernel.read_model import Ask, ReadModel, Wanted, has_value

D = TypeVar("D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """Documents whose columns have these values, or the one with this `key`; `hides` are columns that stay hidden.

    Whoever filters by a hidden column gets none of these documents, so that nobody learns its value by asking.
    """

    columns: Mapping[str, Wanted] = field(default_factory=dict)
    key: str | None = None
    hides: frozenset[str] = frozenset()

    def narrowed(self, filters: Mapping[str, str]) -> dict[str, Wanted] | None:
        """The columns that a filter leaves; None when nothing can be left."""
        if self.hides & set(filters):
            return None
        left = dict(self.columns)
        for name, value in filters.items():
            if name in left and not has_value(value, left[name]):
                return None
            left[name] = value
        return left

    def has(self, view: ReadModel[D, Any], key: str, document: D) -> bool:
        """Whether a document is one of these."""
        return self.key in {None, key} and _fits(view, document, self.columns)


EVERYTHING = (Visible(),)
NOTHING: tuple[Visible, ...] = ()


def page_of(
    ask: Ask,
    view: ReadModel[D, Any],
    visible: tuple[Visible, ...],
    filters: Mapping[str, str],
    *,
    after: str,
    limit: int,
) -> list[tuple[str, D]]:
    """The first visible documents behind `after` that pass the filters, by key."""
    page: dict[str, D] = {}
    for part in visible:
        columns = part.narrowed(filters)
        if columns is not None:
            page.update(_found(ask, view, part, columns, after, limit))
    return [(key, page[key]) for key in sorted(page)[:limit]]


def _found(
    ask: Ask, view: ReadModel[D, Any], part: Visible, columns: Mapping[str, Wanted], after: str, limit: int
) -> Iterator[tuple[str, D]]:
    if part.key is None:
        documents: list[Any] = ask.find(view, limit=limit, after=after, **columns)
        yield from ((document["id"], document) for document in documents)
        return
    document = ask.get(view, part.key) if part.key > after else None
    if document is not None and _fits(view, document, columns):
        yield part.key, document


def _fits(view: ReadModel[D, Any], document: D, columns: Mapping[str, Wanted]) -> bool:
    return all(has_value(view.columns[name](document), wanted) for name, wanted in columns.items())
