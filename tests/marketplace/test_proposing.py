"""Whom does the marketplace bring together, and whom not?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.marketplace.domain.need import AmendNeed, AmendSearch, PostNeed, PostSearch, WithdrawNeed
from services.marketplace.domain.offer import AmendOffer, CheckOffer, PostOffer
from services.marketplace.domain.places import AcceptMatch, DeclineMatch, LapseMatches, match_id_of
from services.marketplace.views.need import NEEDS
from services.marketplace.views.offer import OFFERS
from services.marketplace.views.search import SEARCHES
from shared.events.actors.organisation import OrganisationReinstated
from shared.events.marketplace.need import SearchPosted
from shared.events.marketplace.offer import MatchProposed
from shared.events.vocabulary import DeclineReason, LapseReason, Side
from tests.marketplace.desk import Desk
from tests.marketplace.scenes import AT, EXCHANGE, NEED, SEARCH, VOLUNTEER_SEARCH, VOLUNTEERING, WORK


def post_offer(offer_id: str = "of1", host: str = "host", **terms: Any) -> PostOffer:
    """An offer of exchange."""
    return PostOffer(offer_id=offer_id, organisation_id=host, terms=replace(EXCHANGE, **terms), at=AT)


def post_need(need_id: str, party: str = "seeker", days: int = 0, **terms: Any) -> PostNeed:
    """A need of exchange, posted so many days later."""
    at = AT + timedelta(days=days)
    return PostNeed(need_id=need_id, organisation_id=party, terms=replace(NEED, **terms), at=at)


def proposed(desk: Desk) -> list[tuple[str, str]]:
    """Offer and need of every proposal in the log, in its order."""
    pairs = {
        match_id_of(offer["id"], key): (offer["id"], key)
        for offer in desk.store.ask.find(OFFERS, limit=500)
        for key in (
            *(need["id"] for need in desk.store.ask.find(NEEDS, limit=500)),
            *(search["id"] for search in desk.store.ask.find(SEARCHES, limit=500)),
        )
    }
    return [pairs[event.match_id] for event in desk.events(MatchProposed)]


def test_an_offer_and_a_need_that_fit_are_proposed_whoever_comes_first(desk: Desk) -> None:
    desk.done(post_need("n1"), post_offer(), post_need("n2", "other"))
    assert proposed(desk) == [("of1", "n1"), ("of1", "n2")]


def test_a_proposal_has_a_score_and_reasons_that_a_person_can_read(desk: Desk) -> None:
    desk.done(post_need("n1"), post_offer())
    (match,) = desk.matches()
    assert match["score"] == "1"
    assert [reason["text"] for reason in match["reasons"]] == [
        "both in the corner know how",
        "the same words: Buchhaltung",
        "both in Barmen",
        "the times meet",
        "1 offered, 1 wanted",
    ]
    assert sum(Decimal(reason["points"]) for reason in match["reasons"]) == Decimal(match["score"])


def test_ten_proposals_a_posting_and_those_that_fit_best(desk: Desk) -> None:
    desk.done(*(post_need(f"n{number:02d}", days=number) for number in range(12)))
    desk.done(post_need("worse", district="Elberfeld", days=-5))
    desk.done(post_offer())
    assert proposed(desk) == [("of1", f"n{number:02d}") for number in range(10)]


def test_a_posting_that_has_ten_open_proposals_gets_no_more_until_some_are_answered(desk: Desk) -> None:
    desk.done(*(post_need(f"n{number:02d}", days=number) for number in range(12)), post_offer(places=20))
    desk.done(AmendOffer(offer_id="of1", terms=replace(EXCHANGE, places=21), at=AT))
    assert len(proposed(desk)) == 10
    no = DeclineMatch(
        offer_id="of1",
        match_id=match_id_of("of1", "n03"),
        by=Side.NEED,
        reason=DeclineReason.OTHER,
        at=AT,
    )
    desk.done(no, AmendOffer(offer_id="of1", terms=replace(EXCHANGE, places=22), at=AT))
    assert proposed(desk)[10:] == [("of1", "n10")]


def test_the_same_postings_are_proposed_in_the_same_order(desk: Desk) -> None:
    desk.done(*(post_need(f"n{number}", days=5 - number) for number in range(4)), post_offer())
    assert [need_id for _, need_id in proposed(desk)] == ["n3", "n2", "n1", "n0"]


def test_a_need_is_proposed_to_the_offers_that_fit_best(desk: Desk) -> None:
    desk.done(*(post_offer(f"of{number:02d}") for number in range(12)), post_need("n1"))
    assert sorted(proposed(desk)) == [(f"of{number:02d}", "n1") for number in range(10)]


def test_nobody_is_matched_with_themself_or_across_corners(desk: Desk) -> None:
    desk.done(post_need("n1", "host"), post_need("n2", category="goods"), post_offer())
    assert proposed(desk) == []


def test_amended_terms_find_others(desk: Desk) -> None:
    desk.done(post_need("n1", category="goods"), post_offer())
    assert proposed(desk) == []
    desk.done(AmendNeed(need_id="n1", terms=NEED, at=AT))
    assert proposed(desk) == [("of1", "n1")]
    desk.done(AmendNeed(need_id="n1", terms=replace(NEED, n_people=2), at=AT))
    assert proposed(desk) == [("of1", "n1")]


def test_a_search_is_proposed_without_score_and_reasons(desk: Desk) -> None:
    desk.done(
        PostOffer(offer_id="job", organisation_id="host", terms=WORK, at=AT),
        CheckOffer(offer_id="job", at=AT),
    )
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    (match,) = desk.matches()
    assert (match["is_search"], match["score"], match["reasons"]) == (True, None, [])
    assert desk.document("searches", "s1")["last_proposed_at"] is not None


def test_volunteers_are_found_by_category_and_hours(desk: Desk) -> None:
    desk.done(
        PostSearch(need_id="s1", person_id="person", terms=VOLUNTEER_SEARCH, at=AT),
        PostOffer(offer_id="of1", organisation_id="host", terms=VOLUNTEERING, at=AT),
    )
    assert proposed(desk) == [], "an offer is proposed once it is checked"
    desk.done(CheckOffer(offer_id="of1", at=AT))
    assert proposed(desk) == [("of1", "s1")]


def test_an_amended_search_finds_others(desk: Desk) -> None:
    desk.done(
        PostOffer(offer_id="job", organisation_id="host", terms=WORK, at=AT),
        CheckOffer(offer_id="job", at=AT),
        PostSearch(need_id="s1", person_id="person", terms=replace(SEARCH, level=2), at=AT),
    )
    assert proposed(desk) == []
    desk.done(AmendSearch(need_id="s1", terms=SEARCH, at=AT))
    assert proposed(desk) == [("job", "s1")]


def test_what_a_suspended_organisation_has_on_the_board_is_proposed_to_nobody(desk: Desk) -> None:
    desk.done(post_need("n1"))
    desk.suspend("seeker")
    desk.done(post_offer())
    assert proposed(desk) == []
    desk.suspend("host")
    desk.done(post_need("n2", "other"))
    assert proposed(desk) == []


def test_a_reinstated_organisation_is_proposed_again(desk: Desk) -> None:
    desk.done(post_need("n1"), post_offer(), post_need("n2", "host", category="goods"))
    desk.done(post_offer("of2", "other", category="goods"))
    assert proposed(desk) == [("of1", "n1"), ("of2", "n2")]
    desk.suspend("host")
    desk.settle()
    assert {match["lapse_reason"] for match in desk.matches()} == {"organisation_suspended"}
    desk.tell("organisation-host", OrganisationReinstated())
    desk.settle()
    assert {(match["status"], match["offer_id"]) for match in desk.matches()} == {
        ("proposed", "of1"),
        ("proposed", "of2"),
    }


def test_a_declined_match_is_not_proposed_again_and_makes_room_for_another(desk: Desk) -> None:
    desk.done(post_need("n1"), post_offer())
    no = DeclineMatch(
        offer_id="of1", match_id=match_id_of("of1", "n1"), by=Side.OFFER, reason=DeclineReason.TOO_FAR, at=AT
    )
    desk.done(no, AmendOffer(offer_id="of1", terms=replace(EXCHANGE, places=2), at=AT))
    assert proposed(desk) == [("of1", "n1")]


def test_a_lapsed_match_is_proposed_again_when_there_is_a_new_reason_to(desk: Desk) -> None:
    desk.done(post_need("n1"), post_offer())
    lapse = LapseMatches(
        offer_id="of1", match_ids=(match_id_of("of1", "n1"),), reason=LapseReason.NO_ANSWER, at=AT
    )
    desk.done(lapse)
    assert desk.matches(status="lapsed")
    desk.done(AmendOffer(offer_id="of1", terms=replace(EXCHANGE, places=2), at=AT))
    assert desk.matches(status="proposed")


def test_a_withdrawn_need_is_proposed_to_nobody(desk: Desk) -> None:
    desk.done(post_need("n1"), WithdrawNeed(need_id="n1", at=AT), post_offer())
    assert proposed(desk) == []


@pytest.mark.parametrize("side", list(Side))
def test_reactions_that_come_twice_propose_once(desk: Desk, side: Side) -> None:
    desk.done(post_need("n1"), post_offer())
    accept = AcceptMatch(offer_id="of1", match_id=match_id_of("of1", "n1"), by=side, at=AT)
    desk.done(accept)
    n_events = desk.store.log.head().position
    with desk.store.transaction() as tx:
        desk.store.cursors.move_cursor("own", expected=n_events, to=0, within=tx)
    desk.settle()
    assert desk.store.log.head().position == n_events


@pytest.mark.parametrize("month", ["0000-02", "0001-01", "9999-12", "2016-02", "2036-04", "March"])
def test_a_search_from_a_month_that_nobody_can_mean_is_refused(desk: Desk, month: str) -> None:
    post = PostSearch(need_id="s1", person_id="person", terms=replace(SEARCH, from_month=month), at=AT)
    assert desk.refused(post) == "days_and_months_are_near"
    desk.done(replace(post, terms=SEARCH))
    amend = AmendSearch(need_id="s1", terms=replace(SEARCH, from_month=month), at=AT)
    assert desk.refused(amend) == "days_and_months_are_near"


def test_a_stored_search_that_cannot_be_read_costs_no_other_a_proposal(desk: Desk) -> None:
    broken = SearchPosted(person_id="person", terms=replace(SEARCH, from_month="0000-02"))
    desk.app.note(broken, stream="need-s9", at=AT)  # as versions before the rule wrote it
    with capture_logs() as lines:
        desk.settle()
    assert [line["event"] for line in lines] == ["event_parked"]
    assert "person" not in str(lines)
    assert desk.document("searches", "s9")["status"] == "open"
    (parked,) = desk.store.parked.listed()
    assert (parked.stream, parked.reason.split()[0]) == ("need-s9", "ValueError")
    desk.done(
        post_need("n1"),
        post_offer(),
        PostOffer(offer_id="w1", organisation_id="host", terms=WORK, at=AT),
        CheckOffer(offer_id="w1", at=AT),
        PostSearch(need_id="s1", person_id="another", terms=SEARCH, at=AT),
    )
    assert proposed(desk) == [("of1", "n1"), ("w1", "s1")]
    desk.done(AmendSearch(need_id="s9", terms=SEARCH, at=AT))
    assert desk.retried() == 2
    assert proposed(desk) == [("of1", "n1"), ("w1", "s1"), ("w1", "s9")]
    assert desk.store.parked.listed() == []
