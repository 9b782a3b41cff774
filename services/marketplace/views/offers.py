"""Which offers are there, and how many places are free?"""

from typing import Any

from services.marketplace.views.plain import plain
from shared.events.marketplace.offer import (
    MatchConfirmed,
    MatchLapsed,
    OfferAmended,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferReturned,
    OfferSubmitted,
    OfferWithdrawn,
    PlaceHeld,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening

ON = (
    OfferSubmitted,
    OfferReturned,
    OfferPosted,
    OfferAmended,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferWithdrawn,
    PlaceHeld,
    MatchLapsed,
    MatchConfirmed,
    PlaceReopenAsked,
    PlaceReopened,
)


def evolve(document: Document | None, event: Happening[Any]) -> Document | None:
    """The offer as the board shows it, and the matches that take its places."""
    offer: Document = document or {"status": "unknown", "taken": [], "reopen_asked": []}
    data = event.data
    match data:
        case OfferSubmitted():
            submitted = {"status": "submitted", "submitted_at": _at(event)}
            return _without_reason(_with_terms(offer, data)) | submitted
        case OfferReturned():
            return offer | {"status": "returned", "reason": data.reason}
        case OfferPosted():
            posted = {
                "status": "posted",
                "posted_at": _at(event),
                "current_until": data.current_until.isoformat(),
            }
            return _without_reason(_with_terms(offer, data)) | posted
        case OfferAmended():
            amended = _with_terms(offer, data)
            more = amended["status"] == "exhausted" and n_free(amended) > 0
            return amended | ({"status": "posted"} if more else {})
        case OfferConfirmedCurrent():
            return offer | {"current_until": data.current_until.isoformat()}
        case OfferExhausted():
            return offer | {"status": "exhausted"}
        case OfferExpired():
            return offer | {"status": "expired"}
        case OfferWithdrawn():
            return offer | {"status": "withdrawn"}
        case _:
            return _places(offer, data)


def _places(offer: Document, data: Any) -> Document:
    taken, asked = list(offer["taken"]), list(offer["reopen_asked"])
    match data:
        case PlaceHeld() | MatchConfirmed():
            taken += [] if data.match_id in taken else [data.match_id]
        case MatchLapsed():
            taken = [match_id for match_id in taken if match_id != data.match_id]
        case PlaceReopenAsked():
            asked.append(data.match_id)
        case PlaceReopened():
            freed, asked = asked[:1], asked[1:]
            taken = [match_id for match_id in taken if match_id not in freed]
            offer = offer | ({"status": "posted"} if offer["status"] == "exhausted" else {})
    return offer | {"taken": taken, "reopen_asked": asked}


def _with_terms(offer: Document, data: OfferSubmitted | OfferPosted | OfferAmended) -> Document:
    terms = plain(data.terms)
    return offer | {"organisation_id": data.organisation_id, "terms": terms}


def _without_reason(offer: Document) -> Document:
    """Why an offer was once returned is nobody's business on the board."""
    return {name: value for name, value in offer.items() if name != "reason"}


def _at(event: Happening[Any]) -> str:
    return event.time.isoformat()


def n_free(offer: Document) -> int:
    """How many places are left."""
    places: int = offer.get("terms", {}).get("places", 0)
    return max(0, places - len(offer["taken"]))


OFFERS = ReadModel(
    name="offers",
    version=2,
    on=ON,
    evolve=evolve,
    columns={
        "organisation_id": lambda offer: offer.get("organisation_id"),
        "status": lambda offer: offer["status"],
        "kind": lambda offer: offer.get("terms", {}).get("kind"),
        "category": lambda offer: offer.get("terms", {}).get("category"),
        "district": lambda offer: offer.get("terms", {}).get("district"),
    },
)
