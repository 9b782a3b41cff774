"""What do the tests of the marketplace begin with? An offer, a need, a search, an agreement, an engagement; made up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.marketplace.domain.places import Proposal, match_id_of
from shared.events.marketplace.agreement import AgreementDrafted, Commitment
from shared.events.marketplace.engagement import VolunteerReferred
from shared.events.marketplace.need import NeedPosted, NeedTerms, SearchPosted, SearchTerms
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchProposed,
    OfferPosted,
    OfferTerms,
    PlaceHeld,
    VolunteeringTerms,
    WorkTerms,
)
from shared.events.vocabulary import (
    Category,
    DistanceClass,
    HoursBand,
    OfferKind,
    Party,
    ReciprocityKind,
    Side,
    VolunteeringForm,
    WorkForm,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
IN_90_DAYS = AT + timedelta(days=90)

# --- offers -------------------------------------------------------------------------------------
EXCHANGE = OfferTerms(
    kind=OfferKind.EXCHANGE,
    title="Hilfe bei der Buchhaltung",
    category=Category.KNOW_HOW,
    district="Barmen",
    skills=("Buchhaltung",),
)
VOLUNTEERING = OfferTerms(
    kind=OfferKind.VOLUNTEERING,
    title="Vorlesen in der Grundschule",
    category=Category.HELPING_HANDS,
    district="Barmen",
    volunteering=VolunteeringTerms(form=VolunteeringForm.REGULAR, hours_per_week=Decimal("2.5")),
)
WORK = OfferTerms(
    kind=OfferKind.WORK,
    title="Lagerhilfe",
    category=Category.HELPING_HANDS,
    district="Barmen",
    work=WorkTerms(
        form=WorkForm.JOB,
        hours_per_week=Decimal("38.5"),
        pay_per_hour=Decimal("14.20"),
        term_months=24,
        kldb="51311",
    ),
)
POSTED = OfferPosted(organisation_id="host", terms=EXCHANGE, current_until=IN_90_DAYS)

# --- needs and searches -------------------------------------------------------------------------
NEED = NeedTerms(
    kind=OfferKind.EXCHANGE,
    title="Jemand für die Buchhaltung",
    category=Category.KNOW_HOW,
    district="Barmen",
    skills=("Buchhaltung",),
)
NEED_POSTED = NeedPosted(organisation_id="seeker", terms=NEED, current_until=IN_90_DAYS)
SEARCH = SearchTerms(
    kind=OfferKind.WORK,
    hours=HoursBand.OVER_30,
    distance=DistanceClass.CITY,
    from_month="2026-04",
    kldb3="513",
    level=1,
)
VOLUNTEER_SEARCH = SearchTerms(
    kind=OfferKind.VOLUNTEERING,
    hours=HoursBand.UNDER_5,
    distance=DistanceClass.NEAR,
    from_month="2026-03",
    category=Category.HELPING_HANDS,
)
SEARCH_POSTED = SearchPosted(person_id="person", terms=SEARCH)

# --- a match of the offer `of1` with the need `n1`, or with the search `s1` -----------------------
MATCH_ID, SEARCH_MATCH_ID = match_id_of("of1", "n1"), match_id_of("of1", "s1")
PROPOSAL = Proposal(need_id="n1", need_party="seeker", is_search=False, score=Decimal("0.90"))
SEARCH_PROPOSAL = Proposal(need_id="s1", need_party="person", is_search=True, score=Decimal("0.80"))
PROPOSED = MatchProposed(
    match_id=MATCH_ID,
    need_id="n1",
    is_search=False,
    need_party="seeker",
    offer_party="host",
    kind=OfferKind.EXCHANGE,
    proposed_by="matcher",
    score=Decimal("0.90"),
)
SEARCH_PROPOSED = replace(
    PROPOSED,
    match_id=SEARCH_MATCH_ID,
    need_id="s1",
    is_search=True,
    need_party="person",
    kind=OfferKind.WORK,
    score=None,
)


def accepted(match_id: str, by: Side) -> MatchAccepted:
    """One side said yes."""
    return MatchAccepted(match_id=match_id, by=by)


def held(proposed: MatchProposed) -> tuple[Any, ...]:
    """A match on its way from the proposal to the held place."""
    match_id = proposed.match_id
    return (
        proposed,
        accepted(match_id, Side.NEED),
        accepted(match_id, Side.OFFER),
        PlaceHeld(match_id=match_id, need_id=proposed.need_id, is_search=proposed.is_search),
    )


def confirmed(proposed: MatchProposed, terms: OfferTerms = EXCHANGE) -> MatchConfirmed:
    """The match stands."""
    return MatchConfirmed(
        match_id=proposed.match_id,
        offer_id="of1",
        need_id=proposed.need_id,
        is_search=proposed.is_search,
        offer_party="host",
        need_party=proposed.need_party,
        terms=terms,
    )


def another(number: int) -> MatchProposed:
    """A proposal of the same offer to another need."""
    need_id = f"n{number}"
    return replace(PROPOSED, match_id=match_id_of("of1", need_id), need_id=need_id)


# --- an agreement and an engagement ---------------------------------------------------------------
GIVES_A = Commitment(
    giver=Party.A, category=Category.KNOW_HOW, description="Ein Tag Buchhaltung", hours=Decimal(8)
)
GIVES_B = Commitment(giver=Party.B, category=Category.GOODS, description="Zehn Stühle", pieces=10)
DRAFTED = AgreementDrafted(
    party_a="host",
    party_b="seeker",
    commitments=(GIVES_A, GIVES_B),
    reciprocity=ReciprocityKind.MUTUAL,
)
REFERRED = VolunteerReferred(
    match_id="m1",
    offer_id="of1",
    search_id="s1",
    person_id="person",
    host_id="host",
    form=VolunteeringForm.REGULAR,
)
FIRST_DAY = date(2026, 3, 1)
