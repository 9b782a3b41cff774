"""The match as evaluation knows it."""

from collections.abc import Iterable
from typing import Any

from services.reporting.facts.fact import Fact, Row, day
from shared.events.marketplace.offer import MatchConfirmed, MatchDeclined, MatchLapsed, MatchProposed
from shared.kernel.recorded import Happening


def evolve(row: Row, event: Happening[Any]) -> Row:
    """One match."""
    data = event.data
    match data:
        case MatchProposed():
            told = {"offer_id": event.noun_id, "kind": str(data.kind), "is_search": int(data.is_search)}
            by = {"offer_party": data.offer_party, "proposed_by": data.proposed_by}
            return row | told | by | {"proposed_on": day(event), "outcome": "open"}
        case MatchConfirmed():
            return row | {"outcome": "confirmed", "ended_on": day(event)}
        case MatchDeclined():
            reason = None if data.reason is None else str(data.reason)
            return row | {"outcome": "declined", "ended_on": day(event), "reason": reason}
        case _:
            return row | {"outcome": "lapsed", "ended_on": day(event), "reason": str(data.reason)}


def match_key(event: Happening[Any]) -> Iterable[str]:
    """The match; its events lie in the offer's stream."""
    return (event.data.match_id,)


MATCH = Fact(
    name="match",
    version=2,
    source="marketplace",
    columns={
        "offer_id": str,
        "offer_party": str,
        "kind": str,
        "is_search": int,
        "proposed_by": str,
        "proposed_on": str,
        "outcome": str,
        "ended_on": str,
        "reason": str,
    },
    on=(MatchProposed, MatchConfirmed, MatchDeclined, MatchLapsed),
    evolve=evolve,
    keys=match_key,
)
