"""The match as evaluation knows it."""

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, day, fact, word
from shared.events.marketplace.offer import MatchConfirmed, MatchDeclined, MatchLapsed, MatchProposed
from shared.kernel.recorded import Happening

MatchEvent: TypeAlias = MatchProposed | MatchConfirmed | MatchDeclined | MatchLapsed


class MatchRow(Row):
    """One match."""

    offer_id: str | None = None
    offer_party: str | None = None
    kind: str | None = None
    is_search: int | None = None
    proposed_by: str | None = None
    proposed_on: str | None = None
    outcome: str | None = None
    ended_on: str | None = None
    reason: str | None = None


def evolve(row: MatchRow, event: Happening[MatchEvent]) -> None:
    """A match is open until it is confirmed, declined or lapses."""
    data = event.data
    match data:
        case MatchProposed():
            row.offer_id, row.offer_party, row.kind = event.noun_id, data.offer_party, str(data.kind)
            row.is_search, row.proposed_by = int(data.is_search), data.proposed_by
            row.proposed_on, row.outcome = day(event), "open"
        case MatchConfirmed():
            row.outcome, row.ended_on = "confirmed", day(event)
        case MatchDeclined():
            row.outcome, row.ended_on, row.reason = "declined", day(event), word(data.reason)
        case MatchLapsed():
            row.outcome, row.ended_on, row.reason = "lapsed", day(event), str(data.reason)
        case _:
            assert_never(data)


def match_key(event: Happening[MatchEvent]) -> Iterable[str]:
    """The match; its events lie in the offer's stream."""
    return (event.data.match_id,)


MATCH = fact(MatchRow, name="match", version=2, on=MatchEvent, evolve=evolve, keys=match_key)
