"""Does everything fall due that waits too long, and nothing that doesn't?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.marketplace.domain.need import (
    AmendNeed,
    ConfirmNeedCurrent,
    PostNeed,
    PostSearch,
    ReleaseNeed,
    WithdrawNeed,
)
from services.marketplace.domain.offer import (
    AmendOffer,
    CheckOffer,
    ConfirmOfferCurrent,
    PostOffer,
    WithdrawOffer,
)
from services.marketplace.domain.places import AcceptMatch, DeclineMatch, match_id_of
from services.marketplace.views.search import SEARCHES
from shared.events.marketplace.need import NeedExpired, SearchListed
from shared.events.marketplace.offer import MatchLapsed, OfferExpired
from shared.events.vocabulary import Category, DeclineReason, LapseReason, Side
from tests.marketplace.desk import Desk
from tests.marketplace.scenes import AT, EXCHANGE, NEED, SEARCH, WORK

OFFER = PostOffer(offer_id="of1", organisation_id="host", terms=EXCHANGE, at=AT)
POST_NEED = PostNeed(need_id="n1", organisation_id="seeker", terms=NEED, at=AT)
MATCH = match_id_of("of1", "n1")
BY_SEEKER = AcceptMatch(offer_id="of1", match_id=MATCH, by=Side.NEED, at=AT)
BY_HOST = replace(BY_SEEKER, by=Side.OFFER)
DAY = timedelta(days=1)


def test_an_offer_that_nobody_confirms_expires_after_90_days(desk: Desk) -> None:
    desk.done(OFFER)
    desk.tick(90 * DAY - timedelta(seconds=1))
    assert desk.events(OfferExpired) == []
    desk.tick(90 * DAY)
    assert desk.document("offers", "of1")["status"] == "expired"
    assert desk.deadlines() == {}


def test_a_confirmed_offer_has_90_days_more(desk: Desk) -> None:
    desk.done(OFFER, ConfirmOfferCurrent(offer_id="of1", at=AT + 50 * DAY))
    desk.tick(139 * DAY)
    assert desk.document("offers", "of1")["status"] == "posted"
    desk.tick(140 * DAY)
    assert desk.document("offers", "of1")["status"] == "expired"


def test_an_offer_expires_after_its_last_day_and_an_amended_one_after_the_new(desk: Desk) -> None:
    desk.done(replace(OFFER, terms=replace(EXCHANGE, available_until=date(2026, 3, 9))))
    assert desk.deadlines()["offer-of1", "offer_is_over"] == datetime(2026, 3, 10, tzinfo=UTC)
    later = replace(EXCHANGE, available_until=date(2026, 3, 20))
    desk.done(AmendOffer(offer_id="of1", terms=later, at=AT))
    desk.tick(10 * DAY)
    assert desk.document("offers", "of1")["status"] == "posted"
    desk.tick(20 * DAY)
    assert desk.document("offers", "of1")["status"] == "expired"
    assert desk.deadlines() == {}


def test_what_is_withdrawn_waits_for_nothing(desk: Desk) -> None:
    ends = date(2026, 3, 9)
    desk.done(
        replace(OFFER, terms=replace(EXCHANGE, available_until=ends, category=Category.GOODS)),
        replace(POST_NEED, terms=replace(NEED, wanted_until=ends)),
        WithdrawOffer(offer_id="of1", at=AT),
        WithdrawNeed(need_id="n1", at=AT),
    )
    assert desk.deadlines() == {}


def test_a_need_expires_as_an_offer_does(desk: Desk) -> None:
    ends = replace(NEED, wanted_until=date(2026, 3, 9))
    desk.done(POST_NEED, replace(POST_NEED, need_id="n2"), AmendNeed(need_id="n2", terms=ends, at=AT))
    desk.done(ConfirmNeedCurrent(need_id="n1", at=AT + 20 * DAY))
    desk.tick(10 * DAY)
    assert desk.document("needs", "n2")["status"] == "expired"
    desk.tick(109 * DAY)
    assert desk.document("needs", "n1")["status"] == "open"
    desk.tick(110 * DAY)
    assert len(desk.events(NeedExpired)) == 2


def test_a_need_that_came_back_expires_too(desk: Desk) -> None:
    desk.done(OFFER, POST_NEED, BY_SEEKER, BY_HOST)
    desk.tick(95 * DAY)
    assert desk.document("needs", "n1")["status"] == "held"
    desk.done(ReleaseNeed(need_id="n1", match_id=MATCH, at=AT + 100 * DAY))
    desk.tick(189 * DAY)
    assert desk.document("needs", "n1")["status"] == "open"
    desk.tick(190 * DAY)
    assert desk.document("needs", "n1")["status"] == "expired"


def test_a_proposal_that_nobody_answers_lapses_after_four_weeks(desk: Desk) -> None:
    desk.done(OFFER, POST_NEED)
    desk.tick(28 * DAY - timedelta(seconds=1))
    assert desk.document("matches", MATCH)["status"] == "proposed"
    desk.tick(28 * DAY)
    (lapsed,) = desk.events(MatchLapsed)
    assert lapsed == MatchLapsed(match_id=MATCH, reason=LapseReason.NO_ANSWER)
    assert desk.document("matches", MATCH)["lapse_reason"] == "no_answer"


def test_every_proposal_has_a_deadline_of_its_own(desk: Desk) -> None:
    other = replace(POST_NEED, need_id="n2", organisation_id="other", at=AT + 20 * DAY)
    desk.done(replace(OFFER, terms=replace(EXCHANGE, places=2)), POST_NEED, other)
    desk.tick(28 * DAY)
    assert [match["need_id"] for match in desk.matches(status="lapsed")] == ["n1"]
    desk.tick(48 * DAY)
    assert [match["need_id"] for match in desk.matches(status="lapsed")] == ["n1", "n2"]


def test_after_the_first_yes_the_other_side_has_four_weeks(desk: Desk) -> None:
    desk.done(OFFER, POST_NEED, replace(BY_SEEKER, at=AT + 20 * DAY))
    desk.tick(47 * DAY)
    assert desk.document("matches", MATCH)["status"] == "proposed"
    desk.tick(48 * DAY)
    assert desk.document("matches", MATCH)["status"] == "lapsed"


@pytest.mark.parametrize(
    "answers",
    [
        (BY_SEEKER, BY_HOST),
        (DeclineMatch(offer_id="of1", match_id=MATCH, by=Side.NEED, reason=DeclineReason.OTHER, at=AT),),
        (WithdrawOffer(offer_id="of1", at=AT),),
    ],
)
def test_what_was_answered_waits_no_more(desk: Desk, answers: tuple[object, ...]) -> None:
    desk.done(OFFER, POST_NEED, *answers)
    assert [kind for _, kind in desk.deadlines() if kind == "match_goes_unanswered"] == []


def post_job() -> tuple[PostOffer, CheckOffer]:
    """A checked work offer."""
    return replace(OFFER, terms=WORK), CheckOffer(offer_id="of1", at=AT)


def test_a_search_that_nothing_is_found_for_is_listed_after_60_days_and_never_expires(desk: Desk) -> None:
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    assert desk.document("searches", "s1")["listed"] == "no"
    desk.tick(60 * DAY)
    assert desk.events(SearchListed) == [SearchListed(waiting_since=AT.date())]
    assert desk.store.ask.find(SEARCHES, listed="yes", status="open")[0]["waiting_since"] == "2026-03-02"
    desk.tick(4000 * DAY)
    assert desk.document("searches", "s1")["status"] == "open"


def test_a_proposal_takes_a_search_from_the_list_and_gives_it_60_days_more(desk: Desk) -> None:
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    desk.tick(60 * DAY)
    offer, check = post_job()
    desk.done(offer, replace(check, at=AT + 70 * DAY))
    assert desk.document("searches", "s1")["listed"] == "no"
    desk.tick(129 * DAY)
    assert len(desk.events(SearchListed)) == 1
    desk.tick(130 * DAY)
    assert len(desk.events(SearchListed)) == 2


def test_a_search_that_is_promised_is_not_listed_until_it_is_open_again(desk: Desk) -> None:
    match_id = match_id_of("of1", "s1")
    yes = AcceptMatch(offer_id="of1", match_id=match_id, by=Side.NEED, at=AT)
    desk.done(*post_job(), PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    desk.done(yes, replace(yes, by=Side.OFFER))
    desk.tick(60 * DAY)
    assert desk.events(SearchListed) == []
    desk.done(ReleaseNeed(need_id="s1", match_id=match_id, at=AT + 70 * DAY))
    desk.tick(130 * DAY)
    assert len(desk.events(SearchListed)) == 1


def test_a_proposal_of_a_need_sets_no_search_on_the_list(desk: Desk) -> None:
    desk.done(OFFER, POST_NEED)
    assert {kind for _, kind in desk.deadlines()} == {
        "offer_goes_stale",
        "need_goes_stale",
        "match_goes_unanswered",
    }
