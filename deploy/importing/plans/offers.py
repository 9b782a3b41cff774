"""What does a row about an offer ask for? Posted on its day, checked where that is due, amended when corrected."""

from collections.abc import Iterator

from deploy.importing.identity import noun_id
from deploy.importing.known import Known
from deploy.importing.steps import FUTURE, Step, needed
from services.marketplace.domain.offer import OFFER
from services.marketplace.domain.offer_state import OfferStatus
from services.marketplace.domain.posting import AmendOffer, CheckOffer, PostOffer
from shared.events.marketplace.offer import (
    OfferPosted,
    OfferSubmitted,
    OfferTerms,
    VolunteeringTerms,
    WorkTerms,
)
from shared.events.vocabulary import Category, OfferKind, VolunteeringForm, WorkForm
from shared.tabular.rows import Row

BY_RULE = {
    FUTURE: "posted_on",
    "organisation_is_verified": "organisation",
    "organisation_is_not_suspended": "organisation",
    "offer_has_places": "places",
    "places_cover_what_is_taken": "places",
    "dates_are_in_order": "available_until",
    "kind_stays_the_same": "kind",
}


def steps(row: Row, known: Known) -> Iterator[Step]:
    """The steps of one row."""
    offer_id = noun_id("offers", row.key)
    organisation_id = known.organisation(row, "organisation")
    terms = terms_of(row, organisation_id, known)
    at = known.at(row.day("posted_on"))
    status = known.state(OFFER, offer_id).status
    if status in {OfferStatus.UNKNOWN, OfferStatus.RETURNED}:
        is_new = status == OfferStatus.UNKNOWN
        posted_at = at if is_new else known.now
        post = PostOffer(offer_id=offer_id, organisation_id=organisation_id, terms=terms, at=posted_at)
        yield Step(command=post, name="title", begins=is_new, by_rule=BY_RULE)
    else:
        fields: dict[str, tuple[type, ...]] = {"posted_on": (OfferSubmitted, OfferPosted)}
        known.refuse_other_days(row, OFFER, offer_id, fields)
    if known.state(OFFER, offer_id).status == OfferStatus.SUBMITTED:
        yield Step(command=CheckOffer(offer_id=offer_id, at=at), name="posted_on")
    amend = AmendOffer(offer_id=offer_id, terms=terms, at=known.now)
    yield Step(command=amend, name="title", by_rule=BY_RULE)


def terms_of(row: Row, organisation_id: str, known: Known) -> OfferTerms:
    """What the row offers; without a district of its own it is offered where the organisation is.

    Raises: RowRefused, for instance for a job without hours.
    """
    kind = OfferKind(needed(row.text("kind"), "kind"))
    told = row.text("market_day")
    return OfferTerms(
        kind=kind,
        title=needed(row.text("title"), "title"),
        category=Category(needed(row.text("category"), "category")),
        district=row.text("district") or known.district_of(organisation_id),
        places=row.count("places") or 1,
        description=row.text("description") or "",
        skills=row.texts("skills"),
        available_from=row.day("available_from"),
        available_until=row.day("available_until"),
        market_day_id=known.market_day(told, "market_day").id if told else None,
        work=_work(row) if kind == OfferKind.WORK else None,
        volunteering=_volunteering(row) if kind == OfferKind.VOLUNTEERING else None,
    )


def _work(row: Row) -> WorkTerms:
    why = "the offer is one of work"
    return WorkTerms(
        form=WorkForm(needed(row.text("work_form"), "work_form", why)),
        hours_per_week=needed(row.number("hours_per_week"), "hours_per_week", why),
        pay_per_hour=row.number("pay_per_hour"),
        term_months=row.count("term_months"),
        starts_on=row.day("available_from"),
        kldb=row.text("kldb"),
        additional=row.flag("additional") or False,
    )


def _volunteering(row: Row) -> VolunteeringTerms:
    return VolunteeringTerms(
        form=VolunteeringForm(
            needed(row.text("volunteer_form"), "volunteer_form", "the offer is one of volunteering")
        ),
        hours_per_week=row.number("hours_per_week"),
        with_minors=row.flag("minors") or False,
    )
