"""Who sees what of the marketplace, and what does nobody see?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.marketplace.app import MARKETPLACE
from services.marketplace.domain.engagement import ReferVolunteer
from services.marketplace.domain.need import AmendNeed, PostNeed, PostSearch
from services.marketplace.domain.offer import CheckOffer, PostOffer, ReturnOffer, WithdrawOffer
from services.marketplace.domain.places import AcceptMatch, DeclineMatch, match_id_of
from services.marketplace.views.need import NEEDS
from shared.events.vocabulary import Side, VolunteeringForm
from shared.service.tables import Caller, Query, Role
from shared.testing.views import Holding
from tests.marketplace.desk import Desk
from tests.marketplace.scenes import AT, EXCHANGE, NEED, SEARCH, VOLUNTEER_SEARCH, WORK

HOST = Caller(role=Role.ORGANISATION, actor="host")
SEEKER = Caller(role=Role.ORGANISATION, actor="seeker")
OTHER = Caller(role=Role.ORGANISATION, actor="other")
PERSON = Caller(role=Role.PERSON, actor="person")
STAFF = {
    role: Caller(role=role, actor=str(role)) for role in Role if role not in {Role.ORGANISATION, Role.PERSON}
}
BY_NOUNS: dict[str, Query[Any]] = {query.nouns: query for query in MARKETPLACE.queries}
OFFER = PostOffer(offer_id="of1", organisation_id="host", terms=EXCHANGE, at=AT)
CHECK = CheckOffer(offer_id="of1", at=AT)
SEARCH_MATCH = match_id_of("of1", "s1")


def seen_by(desk: Desk, nouns: str, key: str, caller: Caller | None) -> Mapping[str, Any] | None:
    """What the caller sees of a document, as the edge asks: by role, then by the document."""
    query = BY_NOUNS[nouns]
    if query.roles and (caller is None or caller.role not in query.roles):
        return None
    return query.document_for(caller, desk.store.ask, key)


def seen_of(nouns: str, document: Any, caller: Caller | None) -> Mapping[str, Any] | None:
    """What the caller sees of a document that no event made."""
    query = BY_NOUNS[nouns]
    view = query.view.name
    columns = {name: column(document) for name, column in query.view.columns.items()}
    return query.document_for(caller, Holding({view: {document["id"]: columns | document}}), document["id"])


# --- the board ------------------------------------------------------------------------------------
def test_the_board_is_open_to_all(desk: Desk) -> None:
    desk.done(OFFER, PostNeed(need_id="n1", organisation_id="seeker", terms=NEED, at=AT))
    for caller in (None, HOST, OTHER, PERSON, STAFF[Role.RESEARCHER]):
        offer, need = seen_by(desk, "offers", "of1", caller), seen_by(desk, "needs", "n1", caller)
        assert offer is not None
        assert need is not None
        assert (offer["free_places"], offer["reopen_asked"]) == (1, 0)
        assert "taken" not in offer, "whose places are taken is nobody's business"


def test_what_is_not_on_the_board_is_seen_by_its_owner_and_the_coordinator_only(desk: Desk) -> None:
    desk.done(replace(OFFER, terms=WORK))
    for caller in (None, OTHER, PERSON, STAFF[Role.COUNSELLOR]):
        assert seen_by(desk, "offers", "of1", caller) is None
    for caller in (HOST, STAFF[Role.COORDINATOR]):
        document = seen_by(desk, "offers", "of1", caller)
        assert document is not None
        assert document["status"] == "submitted"


def test_why_an_offer_was_returned_is_seen_by_its_owner_only(desk: Desk) -> None:
    desk.done(replace(OFFER, terms=WORK), ReturnOffer(offer_id="of1", reason="Wer leitet an?", at=AT))
    mine = seen_by(desk, "offers", "of1", HOST)
    assert mine is not None
    assert mine["reason"] == "Wer leitet an?"
    assert seen_by(desk, "offers", "of1", OTHER) is None
    desk.done(replace(OFFER, terms=replace(WORK, places=2)), CHECK)
    public = seen_by(desk, "offers", "of1", None)
    assert public is not None
    assert "reason" not in public


def test_a_coordinator_finds_needs_that_may_ask_for_money(desk: Desk) -> None:
    perhaps = replace(NEED, description="Gegen Entgelt")
    desk.done(PostNeed(need_id="n1", organisation_id="seeker", terms=perhaps, at=AT))
    desk.done(PostNeed(need_id="n2", organisation_id="seeker", terms=NEED, at=AT))
    coordinator = STAFF[Role.COORDINATOR]
    read = {key: seen_by(desk, "needs", key, coordinator) for key in ("n1", "n2")}
    assert {key: need and need["money"] for key, need in read.items()} == {"n1": "doubtful", "n2": "none"}
    for caller in (None, SEEKER, OTHER):
        assert "money" not in (seen_by(desk, "needs", "n1", caller) or {"money": "it is not there"})
    desk.done(AmendNeed(need_id="n1", terms=NEED, at=AT))
    amended = seen_by(desk, "needs", "n1", coordinator)
    assert amended is not None
    assert amended["money"] == "none"


def test_withdrawn_offers_leave_the_board(desk: Desk) -> None:
    desk.done(OFFER, WithdrawOffer(offer_id="of1", at=AT))
    assert seen_by(desk, "offers", "of1", None) is None
    assert seen_by(desk, "offers", "of1", HOST) is not None


def test_a_suspended_organisation_is_hidden(desk: Desk) -> None:
    desk.done(OFFER, PostNeed(need_id="n1", organisation_id="host", terms=NEED, at=AT))
    desk.suspend("host")
    for nouns, key in (("offers", "of1"), ("needs", "n1")):
        assert seen_by(desk, nouns, key, None) is None
        assert seen_by(desk, nouns, key, OTHER) is None
        assert seen_by(desk, nouns, key, HOST) is not None


def test_no_search_is_ever_shown_on_the_board(desk: Desk) -> None:
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    assert desk.store.ask.get(NEEDS, "s1") is None
    assert BY_NOUNS["searches"].roles == {Role.COORDINATOR, Role.COUNSELLOR, Role.PERSON}


# --- searches -------------------------------------------------------------------------------------
def test_work_searches_are_the_counsellors_and_volunteering_the_coordinators(desk: Desk) -> None:
    desk.done(
        PostSearch(need_id="work", person_id="person", terms=SEARCH, at=AT),
        PostSearch(need_id="good", person_id="person", terms=VOLUNTEER_SEARCH, at=AT),
    )
    who_sees = {
        key: {
            str(caller.role)
            for caller in (HOST, PERSON, *STAFF.values())
            if seen_by(desk, "searches", key, caller) is not None
        }
        for key in ("work", "good")
    }
    assert who_sees == {"work": {"counsellor", "person"}, "good": {"coordinator", "person"}}
    stranger = Caller(role=Role.PERSON, actor="somebody else")
    assert seen_by(desk, "searches", "work", stranger) is None


def test_a_search_says_what_it_may_and_no_more(desk: Desk) -> None:
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    assert set(desk.document("searches", "s1")["terms"]) == {
        "kind",
        "hours",
        "distance",
        "from_month",
        "kldb3",
        "level",
        "category",
    }


# --- matches --------------------------------------------------------------------------------------
@pytest.fixture
def job(desk: Desk) -> Desk:
    """A work offer proposed to a person."""
    desk.done(replace(OFFER, terms=WORK), CHECK)
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    return desk


def test_an_organisation_hears_of_a_persons_match_once_the_person_agreed(job: Desk) -> None:
    assert seen_by(job, "matches", SEARCH_MATCH, HOST) is None
    job.done(AcceptMatch(offer_id="of1", match_id=SEARCH_MATCH, by=Side.NEED, at=AT))
    match = seen_by(job, "matches", SEARCH_MATCH, HOST)
    assert match is not None
    assert match["requirements_met"] is True
    assert set(match) == {
        "id",
        "offer_id",
        "kind",
        "status",
        "proposed_at",
        "accepted_by",
        "requirements_met",
    }


def test_the_person_is_named_once_the_match_is_confirmed(job: Desk) -> None:
    for side in (Side.NEED, Side.OFFER):
        job.done(AcceptMatch(offer_id="of1", match_id=SEARCH_MATCH, by=side, at=AT))
    match = seen_by(job, "matches", SEARCH_MATCH, HOST)
    assert match is not None
    assert match["need_party"] == "person"
    assert {"score", "reasons", "need_id"} & set(match) == set()


def test_a_persons_no_reaches_the_organisation_without_reason_or_not_at_all(job: Desk) -> None:
    no = DeclineMatch(offer_id="of1", match_id=SEARCH_MATCH, by=Side.NEED, at=AT)
    job.done(no)
    assert seen_by(job, "matches", SEARCH_MATCH, HOST) is None


def test_who_said_yes_and_then_no_gives_no_reason(job: Desk) -> None:
    job.done(AcceptMatch(offer_id="of1", match_id=SEARCH_MATCH, by=Side.NEED, at=AT))
    job.done(DeclineMatch(offer_id="of1", match_id=SEARCH_MATCH, by=Side.NEED, at=AT))
    match = seen_by(job, "matches", SEARCH_MATCH, HOST)
    assert match is not None
    assert (match["status"], match["declined_by"]) == ("declined", "need")
    assert "decline_reason" not in match


def test_a_person_sees_their_match_whole_but_for_the_hosts_reason(job: Desk) -> None:
    match = seen_by(job, "matches", SEARCH_MATCH, PERSON)
    assert match is not None
    assert match["need_id"] == "s1"
    declined = job.document("matches", SEARCH_MATCH) | {"decline_reason": "other"}
    shown = seen_of("matches", declined, PERSON)
    assert shown is not None
    assert "decline_reason" not in shown


def test_staff_see_the_matches_of_their_kinds() -> None:
    parties = dict.fromkeys(("offer_id", "need_id", "offer_party", "need_party"), "o1")
    work: Any = parties | {
        "id": "m",
        "kind": "work",
        "is_search": True,
        "accepted_by": [],
        "status": "proposed",
    }
    kinds = {"work": work, "volunteering": work | {"kind": "volunteering"}}
    kinds["exchange"] = work | {"kind": "exchange", "is_search": False}
    sees = {
        role: {kind for kind, match in kinds.items() if seen_of("matches", match, STAFF[role])}
        for role in (Role.COORDINATOR, Role.COUNSELLOR, Role.BROKER)
    }
    assert sees == {
        Role.COORDINATOR: {"exchange", "volunteering"},
        Role.COUNSELLOR: {"work"},
        Role.BROKER: {"exchange"},
    }


def test_matches_are_shown_to_parties_and_staff_only(job: Desk) -> None:
    job.done(AcceptMatch(offer_id="of1", match_id=SEARCH_MATCH, by=Side.NEED, at=AT))
    sees = [
        caller
        for caller in (None, HOST, SEEKER, OTHER, PERSON, *STAFF.values())
        if seen_by(job, "matches", SEARCH_MATCH, caller) is not None
    ]
    assert sees == [HOST, PERSON, STAFF[Role.COUNSELLOR]]


def test_of_a_match_between_organisations_both_see_score_and_reasons(desk: Desk) -> None:
    desk.done(OFFER, PostNeed(need_id="n1", organisation_id="seeker", terms=NEED, at=AT))
    for caller in (HOST, SEEKER):
        match = seen_by(desk, "matches", match_id_of("of1", "n1"), caller)
        assert match is not None
        assert match["reasons"]
        assert match["score"]
    assert seen_by(desk, "matches", match_id_of("of1", "n1"), OTHER) is None


# --- cases ----------------------------------------------------------------------------------------
def test_the_host_sees_an_engagement_without_the_search(desk: Desk) -> None:
    desk.done(
        ReferVolunteer(
            engagement_id="e1",
            match_id="m1",
            offer_id="of1",
            search_id="s1",
            person_id="person",
            host_id="host",
            form=VolunteeringForm.REGULAR,
            at=AT,
        )
    )
    host, person = seen_by(desk, "engagements", "e1", HOST), seen_by(desk, "engagements", "e1", PERSON)
    assert host is not None
    assert person is not None
    assert set(person) - set(host) == {"search_id"}
    assert seen_by(desk, "engagements", "e1", OTHER) is None
    assert seen_by(desk, "engagements", "e1", STAFF[Role.COUNSELLOR]) is None


@pytest.mark.parametrize(
    ("nouns", "roles"),
    [
        ("offers", set()),
        ("needs", set()),
        ("market-days", set()),
        ("searches", {"coordinator", "counsellor", "person"}),
        ("matches", {"coordinator", "counsellor", "broker", "organisation", "person"}),
        ("agreements", {"coordinator", "broker", "notary", "organisation"}),
        ("engagements", {"coordinator", "organisation", "person"}),
        ("counsellings", {"coordinator", "person"}),
    ],
)
def test_who_may_ask_for_what(nouns: str, roles: set[str]) -> None:
    assert {str(role) for role in BY_NOUNS[nouns].roles} == roles


def test_whoever_acts_for_themself_sees_their_own_of_what_is_not_open() -> None:
    for query in MARKETPLACE.queries:
        own_roles = query.roles & {Role.ORGANISATION, Role.PERSON}
        is_narrowed = bool(query.own) or query.visible is not None
        assert is_narrowed or not own_roles, query.nouns


def test_queries_filter_by_columns_that_the_view_has() -> None:
    for query in MARKETPLACE.queries:
        assert query.view in MARKETPLACE.views
        assert set(query.filters) | set(query.own) <= set(query.view.columns)


def test_what_actors_publishes_is_not_asked_here() -> None:
    assert {query.view.name for query in MARKETPLACE.queries} == {view.name for view in MARKETPLACE.views} - {
        "organisations",
        "persons",
    }


def test_an_entry_of_an_organisation_that_nobody_knows_is_shown() -> None:
    terms = {"kind": "exchange", "category": "other", "district": "Barmen"}
    need: Any = {"id": "n1", "status": "open", "organisation_id": "unknown", "terms": terms, "money": "none"}
    assert seen_of("needs", need, None) is not None


def test_nobody_sees_which_event_confirmed_a_match(job: Desk) -> None:
    for side in (Side.NEED, Side.OFFER):
        job.done(AcceptMatch(offer_id="of1", match_id=SEARCH_MATCH, by=side, at=AT))
    assert job.document("matches", SEARCH_MATCH)["confirmed_by"]
    for caller in (HOST, PERSON, STAFF[Role.COUNSELLOR]):
        match = seen_by(job, "matches", SEARCH_MATCH, caller)
        assert match is not None
        assert "confirmed_by" not in match
