"""The need, or the search, as evaluation knows it; a search has no person here."""

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, day, fact, word
from shared.events.marketplace.need import (
    NeedAmended,
    NeedExpired,
    NeedMet,
    NeedPosted,
    NeedWithdrawn,
    SearchClosed,
    SearchMet,
    SearchPosted,
)
from shared.events.marketplace.offer import MatchConfirmed
from shared.kernel.recorded import Happening

NeedEvent: TypeAlias = (
    NeedPosted
    | NeedAmended
    | SearchPosted
    | MatchConfirmed
    | NeedMet
    | SearchMet
    | NeedWithdrawn
    | NeedExpired
    | SearchClosed
)


class NeedRow(Row):
    """One need or search."""

    organisation_id: str | None = None
    kind: str | None = None
    category: str | None = None
    district: str | None = None
    is_search: int | None = None
    posted_on: str | None = None
    first_confirmed_on: str | None = None
    met_on: str | None = None
    closed_on: str | None = None


def evolve(row: NeedRow, event: Happening[NeedEvent]) -> None:
    """The newest terms count, and the first confirmation."""
    data = event.data
    match data:
        case NeedPosted() | NeedAmended():
            terms = data.terms
            row.organisation_id, row.is_search = data.organisation_id, 0
            row.kind, row.category, row.district = str(terms.kind), str(terms.category), terms.district
            if isinstance(data, NeedPosted):
                row.posted_on = day(event)
        case SearchPosted():
            row.kind, row.category = str(data.terms.kind), word(data.terms.category)
            row.is_search, row.posted_on = 1, day(event)
        case MatchConfirmed():
            row.first_confirmed_on = row.first_confirmed_on or day(event)
        case NeedMet() | SearchMet():
            row.met_on = day(event)
        case NeedWithdrawn() | NeedExpired() | SearchClosed():
            row.closed_on = day(event)
        case _:
            assert_never(data)


def need_key(event: Happening[NeedEvent]) -> Iterable[str]:
    """The need itself; a confirmation lies in the offer's stream."""
    return (event.data.need_id,) if isinstance(event.data, MatchConfirmed) else (event.noun_id,)


NEED = fact(NeedRow, name="need", version=2, on=NeedEvent, evolve=evolve, keys=need_key)
