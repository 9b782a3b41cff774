"""The offer as evaluation knows it."""

from typing import Any

from services.reporting.facts.fact import Fact, Row, day
from shared.events.marketplace.offer import (
    OfferAmended,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferWithdrawn,
    PlaceReopened,
)
from shared.kernel.recorded import Happening

ENDED = {OfferExhausted: "exhausted", OfferExpired: "expired", OfferWithdrawn: "withdrawn"}


def evolve(row: Row, event: Happening[Any]) -> Row:
    """One offer."""
    data = event.data
    match data:
        case OfferPosted() | OfferAmended():
            terms = data.terms
            posted = {"posted_on": day(event), "status": "posted"} if isinstance(data, OfferPosted) else {}
            form = terms.work.form if terms.work else terms.volunteering.form if terms.volunteering else None
            return (
                row
                | posted
                | {
                    "organisation_id": data.organisation_id,
                    "kind": str(terms.kind),
                    "category": str(terms.category),
                    "district": terms.district,
                    "n_places": terms.places,
                    "market_day_id": terms.market_day_id,
                    "form": None if form is None else str(form),
                    "is_additional": int(bool(terms.work and terms.work.additional)),
                }
            )
        case OfferConfirmedCurrent():
            return row | {"confirmed_on": day(event)}
        case PlaceReopened():
            return row | {"status": "posted", "ended_on": None}
        case _:
            return row | {"status": ENDED[type(data)], "ended_on": day(event)}


OFFER = Fact(
    name="offer",
    version=2,
    source="marketplace",
    columns={
        "organisation_id": str,
        "kind": str,
        "category": str,
        "district": str,
        "n_places": int,
        "market_day_id": str,
        "form": str,
        "is_additional": int,
        "posted_on": str,
        "confirmed_on": str,
        "status": str,
        "ended_on": str,
    },
    on=(OfferPosted, OfferAmended, OfferConfirmedCurrent, PlaceReopened, *ENDED),
    evolve=evolve,
)
