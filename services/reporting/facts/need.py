"""The need, or the search, as evaluation knows it; a search has no person here."""

from collections.abc import Iterable
from typing import Any

from services.reporting.facts.fact import Fact, Row, day
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


def evolve(row: Row, event: Happening[Any]) -> Row:
    """One need or search."""
    data = event.data
    match data:
        case NeedPosted() | NeedAmended():
            terms = data.terms
            told: Row = {"category": str(terms.category), "district": terms.district, "kind": str(terms.kind)}
            row = row | told | {"is_search": 0, "organisation_id": data.organisation_id}
            return row | ({"posted_on": day(event)} if isinstance(data, NeedPosted) else {})
        case SearchPosted():
            category = None if data.terms.category is None else str(data.terms.category)
            told = {"category": category, "kind": str(data.terms.kind)}
            return row | told | {"is_search": 1, "posted_on": day(event)}
        case MatchConfirmed():
            return row | {"first_confirmed_on": row["first_confirmed_on"] or day(event)}
        case NeedMet() | SearchMet():
            return row | {"met_on": day(event)}
        case _:
            return row | {"closed_on": day(event)}


def need_key(event: Happening[Any]) -> Iterable[str]:
    """The need itself; a confirmation lies in the offer's stream."""
    return (event.data.need_id,) if isinstance(event.data, MatchConfirmed) else (event.noun_id,)


NEED = Fact(
    name="need",
    version=2,
    source="marketplace",
    columns={
        "organisation_id": str,
        "kind": str,
        "category": str,
        "district": str,
        "is_search": int,
        "posted_on": str,
        "first_confirmed_on": str,
        "met_on": str,
        "closed_on": str,
    },
    on=(
        NeedPosted,
        NeedAmended,
        SearchPosted,
        MatchConfirmed,
        NeedMet,
        SearchMet,
        NeedWithdrawn,
        NeedExpired,
        SearchClosed,
    ),
    evolve=evolve,
    keys=need_key,
)
