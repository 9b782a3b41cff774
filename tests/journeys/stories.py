"""What happens in the city? The three stories that must always work, told by those who act in them."""

from datetime import timedelta
from decimal import Decimal

from services.employment.domain.placement import (
    ContractPlacement,
    EndPlacement,
    StartPlacement,
    placement_id_of,
)
from services.marketplace.domain.agreement import ReviseDraft, SealAgreement, SignAgreement, agreement_id_of
from services.marketplace.domain.commitments import ConfirmDelivery, RecordContact, ReportDelivery
from services.marketplace.domain.engagement import (
    EndEngagement,
    StartEngagement,
    StartTrial,
    engagement_id_of,
)
from services.marketplace.domain.hours import ConfirmHours, LogHours
from services.marketplace.domain.places import ReopenPlace
from shared.events.marketplace.agreement import Commitment
from shared.events.vocabulary import (
    EndReason,
    OfferKind,
    Party,
    ReciprocityKind,
    Side,
)
from tests.journeys.cast import COUNSELLOR, FIRST_DAY, NOTARY, Cast
from tests.journeys.city import AT, Send, Story


# --- exchange ---------------------------------------------------------------------------------------
def agreed(cast: Cast) -> Story:
    """Two organisations find each other and both say yes."""
    yield from cast.organisation(cast.host)
    yield from cast.organisation(cast.seeker)
    yield cast.exchange_offer()
    yield cast.need()
    yield cast.match_is(cast.match(), "proposed")
    yield cast.yes(cast.match(), Side.NEED, cast.seeker)
    yield cast.yes(cast.match(), Side.OFFER, cast.host)
    yield cast.shows("agreements", agreement_id_of(cast.match()), "status", "drafted")


def sealed(cast: Cast) -> Story:
    """What they agreed is written down, signed by both, and sealed."""
    yield from agreed(cast)
    agreement_id = agreement_id_of(cast.match())
    gives = tuple(
        Commitment(giver=party, category=cast.corner, description="Ein halber Tag Arbeit", hours=Decimal(4))
        for party in Party
    )
    revise = ReviseDraft(
        agreement_id=agreement_id, commitments=gives, reciprocity=ReciprocityKind.MUTUAL, at=AT
    )
    yield Send("marketplace", revise, cast.seeker)
    for party, caller in ((Party.A, cast.host), (Party.B, cast.seeker)):
        yield Send("marketplace", SignAgreement(agreement_id=agreement_id, by=party, at=AT), caller)
    seal = SealAgreement(agreement_id=agreement_id, notary=NOTARY.actor, at=AT)
    yield Send("marketplace", seal, NOTARY)


def exchange(cast: Cast) -> Story:
    """From a posted offer to an agreement that both kept."""
    yield from sealed(cast)
    agreement_id = agreement_id_of(cast.match())
    yield Send("marketplace", RecordContact(agreement_id=agreement_id, at=AT), cast.seeker)
    for number, giver, receiver in ((1, cast.host, cast.seeker), (2, cast.seeker, cast.host)):
        report = ReportDelivery(agreement_id=agreement_id, number=number, at=AT)
        yield Send("marketplace", report, giver)
        confirm = ConfirmDelivery(agreement_id=agreement_id, number=number, at=AT)
        yield Send("marketplace", confirm, receiver)
    yield cast.shows("agreements", agreement_id, "status", "fulfilled")
    yield cast.shows("needs", cast.need_id, "status", "met")


# --- volunteering -----------------------------------------------------------------------------------
def referred(cast: Cast) -> Story:
    """A volunteer and a host find each other; the person agrees first."""
    yield from cast.organisation(cast.host)
    yield from cast.volunteering_offer()
    yield from cast.search(OfferKind.VOLUNTEERING)
    match_id = cast.match(cast.search_id)
    yield cast.match_is(match_id, "proposed")
    yield cast.yes(match_id, Side.NEED, cast.person)
    yield cast.yes(match_id, Side.OFFER, cast.host)
    yield cast.shows("engagements", engagement_id_of(match_id), "status", "referred")


def volunteering(cast: Cast) -> Story:
    """From a referral through trial and hours to the last day, after which the place is open again."""
    yield from referred(cast)
    engagement_id = engagement_id_of(cast.match(cast.search_id))
    yield Send("marketplace", StartTrial(engagement_id=engagement_id, started_on=FIRST_DAY, at=AT), cast.host)
    start = StartEngagement(engagement_id=engagement_id, started_on=FIRST_DAY, at=AT)
    yield Send("marketplace", start, cast.host)
    for number in range(3):
        entry = f"entry-{number}"
        log = LogHours(
            engagement_id=engagement_id, entry_id=entry, worked_on=FIRST_DAY, hours=Decimal("1.5"), at=AT
        )
        yield Send("marketplace", log, cast.person)
        yield Send("marketplace", ConfirmHours(engagement_id=engagement_id, entry_id=entry, at=AT), cast.host)
    yield cast.shows("searches", cast.search_id, "status", "met")
    end = EndEngagement(engagement_id=engagement_id, ended_on=FIRST_DAY, reason=EndReason.MOVED_ON, at=AT)
    yield Send("marketplace", end, cast.host)
    yield cast.match_is(cast.match(cast.search_id), "reopen_asked")
    yield Send("marketplace", ReopenPlace(offer_id=cast.offer_id, at=AT), cast.host)
    yield cast.shows("offers", cast.offer_id, "status", "posted")


# --- work -------------------------------------------------------------------------------------------
def hired(cast: Cast) -> Story:
    """A person and an employer find each other, and a placement is proposed."""
    yield from cast.organisation(cast.host)
    yield from cast.work_offer()
    yield from cast.search(OfferKind.WORK)
    match_id = cast.match(cast.search_id)
    yield cast.match_is(match_id, "proposed")
    yield cast.yes(match_id, Side.NEED, COUNSELLOR)
    yield cast.yes(match_id, Side.OFFER, cast.host)
    yield cast.shows("placements", placement_id_of(match_id), "state", "proposed", service="employment")


def contracted(cast: Cast) -> Story:
    """The placement is contracted."""
    yield from hired(cast)
    contract = ContractPlacement(
        placement_id=placement_id_of(cast.match(cast.search_id)),
        contracted_on=FIRST_DAY - timedelta(days=10),
        starts_on=FIRST_DAY,
        hours_per_week=Decimal("38.5"),
        term_months=24,
        at=AT,
    )
    yield Send("employment", contract, COUNSELLOR)


def work(cast: Cast) -> Story:
    """From the contract to the first working day, which meets the search."""
    yield from contracted(cast)
    placement_id = placement_id_of(cast.match(cast.search_id))
    start = StartPlacement(placement_id=placement_id, started_on=FIRST_DAY, at=AT)
    yield Send("employment", start, cast.host)
    yield cast.shows("searches", cast.search_id, "status", "met")


def work_that_ends(cast: Cast) -> Story:
    """Work that ends before its term."""
    yield from work(cast)
    placement_id = placement_id_of(cast.match(cast.search_id))
    end = EndPlacement(placement_id=placement_id, ended_on=FIRST_DAY, reason=EndReason.BY_PERSON, at=AT)
    yield Send("employment", end, COUNSELLOR)
