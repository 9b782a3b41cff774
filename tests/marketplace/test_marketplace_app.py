"""Who may send what to the marketplace, for whom, and which fields follow from the caller?"""

from dataclasses import replace
from typing import Any

import pytest

from services.marketplace.app import MARKETPLACE
from services.marketplace.domain.agreement import (
    AGREEMENT,
    DraftAgreement,
    RefuseSeal,
    ReviseDraft,
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
)
from services.marketplace.domain.commitments import ConfirmDelivery, DisputeDelivery, ReportDelivery
from services.marketplace.domain.engagement import (
    ENGAGEMENT,
    DeclineReferral,
    EndEngagement,
    ReferVolunteer,
)
from services.marketplace.domain.hours import ConfirmHours, LogHours
from services.marketplace.domain.need import (
    NEED,
    AmendNeed,
    AmendSearch,
    CloseSearch,
    ExpireNeed,
    HoldNeed,
    ListSearch,
    MeetNeed,
    PostNeed,
    PostSearch,
    ReleaseNeed,
)
from services.marketplace.domain.offer import OFFER, CheckOffer, ExpireOffer, PostOffer, WithdrawOffer
from services.marketplace.domain.places import (
    AcceptMatch,
    AskReopen,
    ConfirmMatch,
    DeclineMatch,
    LapseMatches,
    LapseOpenMatches,
    Proposal,
    ProposeFittingMatches,
    ProposeMatches,
    ReopenPlace,
    match_id_of,
)
from services.marketplace.views.staff import KINDS_OF_STAFF
from shared.eventlog.port import Done
from shared.events.vocabulary import Category, Party, ReciprocityKind, Side
from shared.service.app import NotYours
from shared.service.tables import Caller, CommandRoute, Role
from tests.marketplace.desk import Desk
from tests.marketplace.scenes import (
    AT,
    DRAFTED,
    EXCHANGE,
    GIVES_A,
    NEED_POSTED,
    POSTED,
    PROPOSED,
    REFERRED,
    SEARCH,
    SEARCH_MATCH_ID,
    SEARCH_POSTED,
    SEARCH_PROPOSED,
    VOLUNTEER_SEARCH,
    VOLUNTEERING,
    WORK,
)
from tests.marketplace.scenes import (
    NEED as NEED_TERMS,
)

ROUTES: dict[type, CommandRoute[Any, Any]] = {route.command: route for route in MARKETPLACE.commands}
HOST = Caller(role=Role.ORGANISATION, actor="host")
SEEKER = Caller(role=Role.ORGANISATION, actor="seeker")
OTHER = Caller(role=Role.ORGANISATION, actor="other")
PERSON = Caller(role=Role.PERSON, actor="person")
COORDINATOR = Caller(role=Role.COORDINATOR, actor="c1")
COUNSELLOR = Caller(role=Role.COUNSELLOR, actor="c2")
BROKER = Caller(role=Role.BROKER, actor="b1")
NOTARY = Caller(role=Role.NOTARY, actor="n1")
OFFER_STATE = OFFER.fold([POSTED, PROPOSED])
WORK_STATE = OFFER.fold([replace(POSTED, terms=WORK), SEARCH_PROPOSED])
AGREEMENT_STATE = AGREEMENT.fold([DRAFTED])


def parties(command: Any, state: Any) -> set[str]:
    """For whom organisations and persons may send this command."""
    return {party for _, party in ROUTES[type(command)].parties(state, command)}


# --- parties --------------------------------------------------------------------------------------
def test_organisations_post_and_change_their_own() -> None:
    post = PostOffer(offer_id="of1", organisation_id="host", terms=EXCHANGE, at=AT)
    assert parties(post, OFFER.initial) == {"host"}
    for command in (WithdrawOffer(offer_id="of1", at=AT), ReopenPlace(offer_id="of1", at=AT)):
        assert parties(command, OFFER_STATE) == {"host"}
    amend = AmendNeed(need_id="n1", terms=NEED_TERMS, at=AT)
    assert parties(amend, NEED.fold([NEED_POSTED])) == {"seeker"}
    assert parties(amend, NEED.initial) == {""}


def test_persons_search_for_themselves() -> None:
    post = PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT)
    assert parties(post, NEED.initial) == {"person"}
    close = CloseSearch(need_id="s1", at=AT)
    assert parties(close, NEED.fold([SEARCH_POSTED])) == {"person"}


@pytest.mark.parametrize("command", [AcceptMatch, DeclineMatch])
def test_each_side_of_a_match_answers_for_itself(command: type) -> None:
    by_offer = command(offer_id="of1", match_id=PROPOSED.match_id, by=Side.OFFER, at=AT)
    assert parties(by_offer, OFFER_STATE) == {"host"}
    assert parties(replace(by_offer, by=Side.NEED), OFFER_STATE) == {"seeker"}
    assert parties(replace(by_offer, match_id="unknown"), OFFER_STATE) == set()
    persons = replace(by_offer, match_id=SEARCH_MATCH_ID, by=Side.NEED)
    assert parties(persons, WORK_STATE) == {"person"}


def test_both_parties_draft_and_nobody_changes_the_draft_of_others() -> None:
    draft = DraftAgreement(
        agreement_id="ag1",
        party_a="host",
        party_b="other",
        commitments=(GIVES_A,),
        reciprocity=ReciprocityKind.ONE_SIDED,
        at=AT,
    )
    assert parties(draft, AGREEMENT.initial) == {"host", "other"}
    assert parties(draft, AGREEMENT_STATE) == {"host", "seeker"}
    revise = ReviseDraft(
        agreement_id="ag1", commitments=(GIVES_A,), reciprocity=ReciprocityKind.ONE_SIDED, at=AT
    )
    assert parties(revise, AGREEMENT_STATE) == {"host", "seeker"}


def test_each_party_signs_and_steps_back_for_itself() -> None:
    for command in (SignAgreement, WithdrawAgreement):
        assert parties(command(agreement_id="ag1", by=Party.A, at=AT), AGREEMENT_STATE) == {"host"}
        assert parties(command(agreement_id="ag1", by=Party.B, at=AT), AGREEMENT_STATE) == {"seeker"}


def test_the_giver_reports_and_the_receiver_confirms() -> None:
    def who(command: type, number: int) -> set[str]:
        return parties(command(agreement_id="ag1", number=number, at=AT), AGREEMENT_STATE)

    assert [who(ReportDelivery, number) for number in (1, 2)] == [{"host"}, {"seeker"}]
    assert [who(ConfirmDelivery, number) for number in (1, 2)] == [{"seeker"}, {"host"}]
    assert [who(DisputeDelivery, number) for number in (1, 2)] == [{"seeker"}, {"host"}]
    assert who(ConfirmDelivery, 3) == {"host", "seeker"}


def test_the_volunteer_logs_and_the_host_confirms() -> None:
    state = ENGAGEMENT.fold([REFERRED])
    confirm = ConfirmHours(engagement_id="e1", entry_id="h1", at=AT)
    assert parties(confirm, state) == {"host"}
    assert parties(DeclineReferral(engagement_id="e1", at=AT), state) == {"person"}
    assert parties(confirm, ENGAGEMENT.initial) == {""}


# --- derived fields -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("command", "field", "caller", "state", "value"),
    [
        (PostOffer, "organisation_id", HOST, None, "host"),
        (PostOffer, "organisation_id", COORDINATOR, None, None),
        (PostNeed, "organisation_id", SEEKER, None, "seeker"),
        (PostSearch, "person_id", PERSON, None, "person"),
        (PostSearch, "person_id", COUNSELLOR, None, None),
        (ProposeMatches, "proposed_by", BROKER, None, "broker"),
        (ProposeMatches, "proposed_by", COUNSELLOR, None, "counsellor"),
        (AcceptMatch, "by", HOST, OFFER_STATE, Side.OFFER),
        (AcceptMatch, "by", SEEKER, OFFER_STATE, Side.NEED),
        (DeclineMatch, "by", PERSON, WORK_STATE, Side.NEED),
        (AcceptMatch, "by", COORDINATOR, OFFER_STATE, None),
        (SignAgreement, "by", HOST, AGREEMENT_STATE, Party.A),
        (SignAgreement, "by", SEEKER, AGREEMENT_STATE, Party.B),
        (WithdrawAgreement, "by", BROKER, AGREEMENT_STATE, None),
        (SealAgreement, "notary", NOTARY, AGREEMENT_STATE, "n1"),
    ],
)
def test_who_somebody_is_follows_from_the_caller(
    command: type, field: str, caller: Caller, state: Any, value: Any
) -> None:
    assert ROUTES[command].derived[field](caller, state) == value


# --- roles and kinds ------------------------------------------------------------------------------
def test_what_the_service_does_itself_nobody_sends() -> None:
    own = {
        ConfirmMatch,
        AskReopen,
        LapseOpenMatches,
        ProposeFittingMatches,
        ExpireOffer,
        HoldNeed,
        ReleaseNeed,
        MeetNeed,
        ExpireNeed,
        ListSearch,
        ReferVolunteer,
    }
    assert {command for command, route in ROUTES.items() if not route.roles} == own


@pytest.mark.parametrize(
    ("command", "roles"),
    [
        (PostOffer, {Role.COORDINATOR, Role.ORGANISATION}),
        (CheckOffer, {Role.COORDINATOR}),
        (ProposeMatches, {Role.COORDINATOR, Role.COUNSELLOR, Role.BROKER}),
        (
            AcceptMatch,
            {Role.COORDINATOR, Role.COUNSELLOR, Role.BROKER, Role.ORGANISATION, Role.PERSON},
        ),
        (PostSearch, {Role.COORDINATOR, Role.COUNSELLOR, Role.PERSON}),
        (SealAgreement, {Role.NOTARY}),
        (RefuseSeal, {Role.NOTARY}),
        (LogHours, {Role.COORDINATOR, Role.PERSON}),
        (ConfirmHours, {Role.COORDINATOR, Role.ORGANISATION}),
        (EndEngagement, {Role.COORDINATOR, Role.ORGANISATION}),
    ],
)
def test_who_may_send_what(command: type, roles: set[Role]) -> None:
    assert ROUTES[command].roles == roles


def test_every_command_is_routed_once() -> None:
    assert len(ROUTES) == len(MARKETPLACE.commands)


@pytest.mark.parametrize(
    ("terms", "allowed"),
    [
        (EXCHANGE, {Role.COORDINATOR, Role.BROKER}),
        (VOLUNTEERING, {Role.COORDINATOR}),
        (WORK, {Role.COUNSELLOR}),
    ],
)
def test_staff_deal_with_matches_of_their_kinds(terms: Any, allowed: set[Role]) -> None:
    state = OFFER.fold([replace(POSTED, terms=terms), PROPOSED])
    for command in (ProposeMatches, AcceptMatch, DeclineMatch, LapseMatches):
        may = ROUTES[command].may
        assert {
            staff.role for staff in (COORDINATOR, COUNSELLOR, BROKER) if may(staff, state, None)
        } == allowed
        assert may(HOST, state, None)
        assert may(PERSON, state, None)


def test_staff_enter_and_change_searches_of_their_kinds() -> None:
    work, good = NEED.fold([SEARCH_POSTED]), NEED.fold([replace(SEARCH_POSTED, terms=VOLUNTEER_SEARCH)])
    post = PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT)
    may = ROUTES[PostSearch].may
    assert may(COUNSELLOR, NEED.initial, post)
    assert not may(COORDINATOR, NEED.initial, post)
    assert may(PERSON, NEED.initial, post)
    close = CloseSearch(need_id="s1", at=AT)
    assert ROUTES[CloseSearch].may(COORDINATOR, good, close)
    assert not ROUTES[CloseSearch].may(COORDINATOR, work, close)
    amend = AmendSearch(need_id="s1", terms=SEARCH, at=AT)
    assert not ROUTES[AmendSearch].may(COORDINATOR, good, amend)
    assert not ROUTES[AmendSearch].may(COUNSELLOR, good, amend)


def test_no_role_deals_with_both_volunteering_and_work() -> None:
    for kinds in KINDS_OF_STAFF.values():
        assert not {"volunteering", "work"} <= {str(kind) for kind in kinds}


# --- at work --------------------------------------------------------------------------------------
def test_nobody_acts_for_somebody_else(desk: Desk) -> None:
    desk.done(
        PostOffer(offer_id="of1", organisation_id="host", terms=EXCHANGE, at=AT),
        PostNeed(need_id="n1", organisation_id="seeker", terms=NEED_TERMS, at=AT),
    )
    accept = AcceptMatch(offer_id="of1", match_id=match_id_of("of1", "n1"), by=Side.OFFER, at=AT)
    for command, caller in (
        (WithdrawOffer(offer_id="of1", at=AT), OTHER),
        (accept, SEEKER),
        (accept, OTHER),
        (accept, PERSON),
        (accept, COUNSELLOR),
        (CheckOffer(offer_id="of1", at=AT), HOST),
        (PostOffer(offer_id="of9", organisation_id="host", terms=EXCHANGE, at=AT), OTHER),
        (PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT), COORDINATOR),
    ):
        with pytest.raises(NotYours):
            desk.send(command, caller)
    assert isinstance(desk.send(accept, HOST), Done)


def test_a_broker_brings_two_together_who_then_agree(desk: Desk) -> None:
    desk.done(
        PostOffer(offer_id="of1", organisation_id="host", terms=EXCHANGE, at=AT),
        PostNeed(
            need_id="n1", organisation_id="seeker", terms=replace(NEED_TERMS, category=Category.GOODS), at=AT
        ),
    )
    assert desk.matches() == []
    proposal = Proposal(need_id="n1", need_party="seeker", is_search=False)
    propose = ProposeMatches(offer_id="of1", proposals=(proposal,), proposed_by="broker", at=AT)
    assert isinstance(desk.send(propose, BROKER), Done)
    desk.settle()
    (match,) = desk.matches()
    yes = AcceptMatch(offer_id="of1", match_id=match["id"], by=Side.NEED, at=AT)
    assert isinstance(desk.send(yes, SEEKER), Done)
    assert isinstance(desk.send(replace(yes, by=Side.OFFER), HOST), Done)
    desk.settle()
    assert desk.document("matches", match["id"])["status"] == "confirmed"
