"""What if somebody says no? Each process is taken back: the need is open again, the place free if the host says so."""

from datetime import date
from decimal import Decimal

from services.actors.domain.organisation import SuspendOrganisation
from services.employment.domain.placement import (
    DeclinePlacement,
    ProposePlacement,
    ReportNeverStarted,
    placement_id_of,
)
from services.marketplace.domain.agreement import RefuseSeal, WithdrawAgreement, agreement_id_of
from services.marketplace.domain.commitments import ReportFailure
from services.marketplace.domain.engagement import DeclineReferral, EndTrial, StartTrial, engagement_id_of
from services.marketplace.domain.offer import WithdrawOffer
from services.marketplace.domain.places import DeclineMatch, ReopenPlace
from shared.eventlog.port import Done, Refusal
from shared.events.vocabulary import (
    DeclineReason,
    EndReason,
    FailureReason,
    NeverStartedReason,
    OfferKind,
    Party,
    Side,
    WorkForm,
)
from shared.service.tables import Caller, Role
from tests.journeys.cast import COORDINATOR, COUNSELLOR, FIRST_DAY, NOTARY, Cast
from tests.journeys.city import AT, Send, Story, Until
from tests.journeys.stories import agreed, contracted, hired, referred, sealed


def reopened(cast: Cast, match_id: str) -> Story:
    """The host is asked for the place, and opens it."""
    yield cast.match_is(match_id, "reopen_asked")
    yield Send("marketplace", ReopenPlace(offer_id=cast.offer_id, at=AT), cast.host)
    yield cast.shows("offers", cast.offer_id, "status", "posted")


# --- one need, two offers; one place, two people ---------------------------------------------------
def two_offers_race_for_one_need(cast: Cast) -> Story:
    """Both hosts say yes at the same time: one match stands, the other lapses and its place is free."""
    second = Caller(role=Role.ORGANISATION, actor=cast.named("second-host"))
    second_offer = cast.named("second-offer")
    for organisation in (cast.host, second, cast.seeker):
        yield from cast.organisation(organisation)
    yield cast.exchange_offer()
    yield cast.exchange_offer(second_offer, second)
    yield cast.need()
    first_match, second_match = cast.match(), cast.match(offer_id=second_offer)
    yield cast.match_is(first_match, "proposed")
    yield cast.match_is(second_match, "proposed")
    yield cast.yes(first_match, Side.NEED, cast.seeker)
    yield cast.yes(second_match, Side.NEED, cast.seeker, second_offer)
    yield cast.yes(first_match, Side.OFFER, cast.host)
    yield cast.yes(second_match, Side.OFFER, second, second_offer)
    yield cast.match_is(first_match, "confirmed", "lapsed")
    yield cast.match_is(second_match, "confirmed", "lapsed")
    yield Until(
        "one of the two to stand",
        lambda: (
            sorted(
                cast.city.see("marketplace", "matches", match_id).get("status", "")
                for match_id in (first_match, second_match)
            )
            == ["confirmed", "lapsed"]
        ),
    )


def two_people_race_for_one_place(cast: Cast) -> Story:
    """The last place goes to one; the other hears that it is gone."""
    other_search = cast.named("other-search")
    yield from cast.organisation(cast.host)
    yield from cast.volunteering_offer()
    yield from cast.search(OfferKind.VOLUNTEERING)
    yield from cast.search(OfferKind.VOLUNTEERING, other_search)
    first, second = cast.match(cast.search_id), cast.match(other_search)
    yield cast.match_is(first, "proposed")
    yield cast.match_is(second, "proposed")
    yield cast.yes(first, Side.NEED, cast.person)
    yield cast.yes(second, Side.NEED, COORDINATOR)
    got = yield cast.yes(first, Side.OFFER, cast.host)
    lost = yield cast.yes(second, Side.OFFER, cast.host)
    assert isinstance(got, Done)
    assert isinstance(lost, Refusal)
    assert lost.rule in {"offer_has_a_place_left", "match_is_open"}
    yield cast.match_is(first, "confirmed")
    yield cast.match_is(second, "lapsed")


# --- nobody comes together --------------------------------------------------------------------------
def declined(cast: Cast) -> Story:
    """The organisation that needs says no, with its reason."""
    yield from cast.organisation(cast.host)
    yield from cast.organisation(cast.seeker)
    yield cast.exchange_offer()
    yield cast.need()
    yield cast.match_is(cast.match(), "proposed")
    no = DeclineMatch(
        offer_id=cast.offer_id,
        match_id=cast.match(),
        by=Side.NEED,
        reason=DeclineReason.DATES_DO_NOT_FIT,
        at=AT,
    )
    yield Send("marketplace", no, cast.seeker)
    yield cast.match_is(cast.match(), "declined")


def declined_by_a_person(cast: Cast) -> Story:
    """A person says no, and nobody hears why."""
    yield from cast.organisation(cast.host)
    yield from cast.work_offer()
    yield from cast.search(OfferKind.WORK)
    match_id = cast.match(cast.search_id)
    yield cast.match_is(match_id, "proposed")
    no = DeclineMatch(offer_id=cast.offer_id, match_id=match_id, by=Side.NEED, at=AT)
    yield Send("marketplace", no, cast.person)
    yield cast.match_is(match_id, "declined")


def unanswered(cast: Cast) -> Story:
    """Nobody answers; the ticker lets the match lapse later."""
    yield from cast.organisation(cast.host)
    yield from cast.organisation(cast.seeker)
    yield cast.exchange_offer()
    yield cast.need()
    yield cast.match_is(cast.match(), "proposed")


def suspended(cast: Cast) -> Story:
    """The host is suspended while the match waits for its answer."""
    yield from unanswered(cast)
    yield Send("actors", SuspendOrganisation(organisation_id=cast.host.actor, at=AT), COORDINATOR)
    yield cast.match_is(cast.match(), "lapsed")


def suspended_after_both_agreed(cast: Cast) -> Story:
    """What is agreed goes on though the host is suspended."""
    yield from sealed(cast)
    yield Send("actors", SuspendOrganisation(organisation_id=cast.host.actor, at=AT), COORDINATOR)
    yield cast.match_is(cast.match(), "confirmed")


# --- an exchange that comes to nothing --------------------------------------------------------------
def withdrawn_after_hold(cast: Cast) -> Story:
    """The offer is withdrawn right after the second yes: what was promised is kept."""
    yield from cast.organisation(cast.host)
    yield from cast.organisation(cast.seeker)
    yield cast.exchange_offer()
    yield cast.need()
    yield cast.match_is(cast.match(), "proposed")
    yield cast.yes(cast.match(), Side.OFFER, cast.host)
    yield cast.yes(cast.match(), Side.NEED, cast.seeker)
    yield Send("marketplace", WithdrawOffer(offer_id=cast.offer_id, at=AT), cast.host)
    yield cast.match_is(cast.match(), "confirmed")
    yield cast.shows("offers", cast.offer_id, "status", "withdrawn")
    yield cast.shows("agreements", agreement_id_of(cast.match()), "status", "drafted")


def agreement_withdrawn(cast: Cast) -> Story:
    """One side steps back before the seal."""
    yield from agreed(cast)
    withdraw = WithdrawAgreement(agreement_id=agreement_id_of(cast.match()), by=Party.B, at=AT)
    yield Send("marketplace", withdraw, cast.seeker)
    yield from reopened(cast, cast.match())


def agreement_failed(cast: Cast) -> Story:
    """Sealed, and nothing came of it."""
    yield from sealed(cast)
    agreement_id = agreement_id_of(cast.match())
    refused = yield Send(
        "marketplace", RefuseSeal(agreement_id=agreement_id, reason="Zu spät", at=AT), NOTARY
    )
    assert isinstance(refused, Refusal)
    fail = ReportFailure(agreement_id=agreement_id, reason=FailureReason.CAPACITY_GONE, at=AT)
    yield Send("marketplace", fail, cast.seeker)
    yield cast.shows("needs", cast.need_id, "status", "open")
    yield from reopened(cast, cast.match())


# --- volunteering and work that never begin ---------------------------------------------------------
def referral_declined(cast: Cast) -> Story:
    """The referral comes to nothing."""
    yield from referred(cast)
    match_id = cast.match(cast.search_id)
    decline = DeclineReferral(engagement_id=engagement_id_of(match_id), at=AT)
    yield Send("marketplace", decline, cast.person)
    yield cast.shows("searches", cast.search_id, "status", "open")
    yield from reopened(cast, match_id)


def trial_failed(cast: Cast) -> Story:
    """The trial ends without an engagement."""
    yield from referred(cast)
    match_id = cast.match(cast.search_id)
    engagement_id = engagement_id_of(match_id)
    yield Send("marketplace", StartTrial(engagement_id=engagement_id, started_on=FIRST_DAY, at=AT), cast.host)
    end = EndTrial(
        engagement_id=engagement_id, ended_on=date(2026, 3, 2), reason=EndReason.DID_NOT_FIT, at=AT
    )
    yield Send("marketplace", end, cast.host)
    yield cast.shows("searches", cast.search_id, "status", "open")
    yield from reopened(cast, match_id)


def placement_not_proposed(cast: Cast) -> Story:
    """A counsellor proposed something else in its place: employment says so, and the match is taken back."""
    yield from cast.organisation(cast.host)
    yield from cast.work_offer()
    yield from cast.search(OfferKind.WORK)
    yield cast.shows("searches", cast.search_id, "person_id", cast.person.actor, service="employment")
    match_id = cast.match(cast.search_id)
    other = ProposePlacement(
        placement_id=placement_id_of(match_id),
        match_id=cast.named("other-match"),
        offer_id=cast.named("other-offer"),
        search_id=cast.search_id,
        employer_id=cast.host.actor,
        form=WorkForm.JOB,
        hours_per_week=Decimal("38.5"),
        at=AT,
    )
    yield Send("employment", other, COUNSELLOR)
    yield cast.match_is(match_id, "proposed")
    yield cast.yes(match_id, Side.NEED, COUNSELLOR)
    yield cast.yes(match_id, Side.OFFER, cast.host)
    yield cast.match_is(match_id, "reopen_asked")
    yield cast.shows("searches", cast.search_id, "status", "open")


def placement_declined(cast: Cast) -> Story:
    """No contract comes about."""
    yield from hired(cast)
    match_id = cast.match(cast.search_id)
    decline = DeclinePlacement(placement_id=placement_id_of(match_id), reason=EndReason.BY_HOST, at=AT)
    yield Send("employment", decline, cast.host)
    yield cast.shows("searches", cast.search_id, "status", "open")
    yield from reopened(cast, match_id)


def never_started(cast: Cast) -> Story:
    """Contracted, and nobody came to work."""
    yield from contracted(cast)
    match_id = cast.match(cast.search_id)
    never = ReportNeverStarted(
        placement_id=placement_id_of(match_id), reason=NeverStartedReason.OTHER_PLACE_FOUND, at=AT
    )
    yield Send("employment", never, COUNSELLOR)
    yield cast.shows("searches", cast.search_id, "status", "open")
    yield from reopened(cast, match_id)
