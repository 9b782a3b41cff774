"""Which matches are proposed, and what did the sides say?"""

from typing import Any

from services.marketplace.views.plain import plain
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchLapsed,
    MatchProposed,
    PlaceHeld,
    PlaceReopenAsked,
)
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening

ON = (MatchProposed, MatchAccepted, MatchDeclined, MatchLapsed, PlaceHeld, MatchConfirmed, PlaceReopenAsked)


def evolve(document: Document | None, event: Happening[Any]) -> Document | None:
    """One match with its reasons, answers and status."""
    match = document or {}
    data = event.data
    if isinstance(data, MatchProposed):
        proposed: Document = plain(data)
        del proposed["match_id"]
        return proposed | {
            "offer_id": event.noun_id,
            "status": "proposed",
            "accepted_by": [],
            "proposed_at": event.time.isoformat(),
        }
    if isinstance(data, MatchAccepted):
        return match | {"accepted_by": sorted({*match.get("accepted_by", []), data.by})}
    if isinstance(data, MatchDeclined):
        return match | {"status": "declined", "declined_by": data.by, "decline_reason": data.reason}
    if isinstance(data, MatchLapsed):
        return match | {"status": "lapsed", "lapse_reason": data.reason}
    status = {PlaceHeld: "held", MatchConfirmed: "confirmed", PlaceReopenAsked: "reopen_asked"}[type(data)]
    return match | {"status": status}


def match_key(event: Happening[Any]) -> tuple[str, ...]:
    """The match that the event is about; it lies in the offer's stream."""
    return (event.data.match_id,)


MATCHES = ReadModel(
    name="matches",
    version=1,
    on=ON,
    evolve=evolve,
    keys=match_key,
    columns={
        "offer_id": lambda match: match.get("offer_id"),
        "need_id": lambda match: match.get("need_id"),
        "offer_party": lambda match: match.get("offer_party"),
        "need_party": lambda match: match.get("need_party"),
        "status": lambda match: match.get("status"),
        "kind": lambda match: match.get("kind"),
    },
)
