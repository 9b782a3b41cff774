"""The offer as evaluation knows it."""

from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, day, fact, word
from shared.events.marketplace.offer import (
    OfferAmended,
    OfferCheckReopened,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferTerms,
    OfferWithdrawn,
    PlaceReopened,
)
from shared.kernel.recorded import Happening

OfferEvent: TypeAlias = (
    OfferPosted
    | OfferAmended
    | OfferCheckReopened
    | OfferConfirmedCurrent
    | PlaceReopened
    | OfferExhausted
    | OfferExpired
    | OfferWithdrawn
)


class OfferRow(Row):
    """One offer."""

    organisation_id: str | None = None
    kind: str | None = None
    category: str | None = None
    district: str | None = None
    n_places: int | None = None
    market_day_id: str | None = None
    form: str | None = None
    is_additional: int | None = None
    posted_on: str | None = None
    confirmed_on: str | None = None
    status: str | None = None
    ended_on: str | None = None


def evolve(row: OfferRow, event: Happening[OfferEvent]) -> None:
    """The newest terms count, and the first day of posting."""
    data = event.data
    match data:
        case OfferPosted():
            row.posted_on, row.status = row.posted_on or day(event), "posted"
            _take_terms(row, data.organisation_id, data.terms)
        case OfferAmended():
            _take_terms(row, data.organisation_id, data.terms)
        case OfferCheckReopened():
            row.status = "submitted"
        case OfferConfirmedCurrent():
            row.confirmed_on = day(event)
        case PlaceReopened():
            row.status, row.ended_on = "posted", None
        case OfferExhausted():
            row.status, row.ended_on = "exhausted", day(event)
        case OfferExpired():
            row.status, row.ended_on = "expired", day(event)
        case OfferWithdrawn():
            row.status, row.ended_on = "withdrawn", day(event)
        case _:
            assert_never(data)


def _take_terms(row: OfferRow, organisation_id: str, terms: OfferTerms) -> None:
    detail = terms.work or terms.volunteering
    row.organisation_id = organisation_id
    row.kind, row.category, row.district = str(terms.kind), str(terms.category), terms.district
    row.n_places, row.market_day_id = terms.places, terms.market_day_id
    row.form = word(detail.form) if detail else None
    row.is_additional = int(bool(terms.work and terms.work.additional))


OFFER = fact(OfferRow, name="offer", version=3, on=OfferEvent, evolve=evolve)
