"""Is a held place confirmed, freed and opened again as the rules say?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.marketplace.domain import places as rules
from services.marketplace.domain.offer import (
    OFFER,
    ExpireOffer,
    MatchStatus,
    OfferStatus,
    WithdrawOffer,
    offer_is_on_the_board,
)
from services.marketplace.domain.places import (
    PLACES,
    AskReopen,
    ConfirmMatch,
    ReopenPlace,
    match_was_proposed,
)
from shared.events.marketplace.offer import (
    MatchLapsed,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferWithdrawn,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import LapseReason, OfferKind, ReopenCause
from shared.testing.sentences import Given, given
from tests.marketplace.scenes import AT, EXCHANGE, MATCH_ID, POSTED, PROPOSED, another, confirmed, held

CONFIRM = ConfirmMatch(offer_id="of1", match_id=MATCH_ID, at=AT)
CONFIRMED = confirmed(PROPOSED)
FULL = (POSTED, *held(PROPOSED), CONFIRMED, OfferExhausted())
ASK = AskReopen(offer_id="of1", match_id=MATCH_ID, cause=ReopenCause.NEVER_STARTED, at=AT)
ASKED = PlaceReopenAsked(match_id=MATCH_ID, cause=ReopenCause.NEVER_STARTED)
A_YEAR_LATER = AT + timedelta(days=365)
REOPEN = ReopenPlace(offer_id="of1", at=A_YEAR_LATER)
REOPENED = (
    PlaceReopened(free_places=1),
    OfferConfirmedCurrent(kind=OfferKind.EXCHANGE, current_until=A_YEAR_LATER + timedelta(days=90)),
)


@pytest.fixture
def full() -> Given:
    """An exhausted offer: its one place is taken."""
    return given(PLACES, *FULL)


def test_a_held_match_is_confirmed_once_and_the_last_place_exhausts_the_offer(full: Given) -> None:
    given(PLACES, POSTED, *held(PROPOSED)).when(CONFIRM).then(CONFIRMED, OfferExhausted())
    full.when(CONFIRM).then_nothing_happened()


def test_open_matches_lapse_with_the_last_place() -> None:
    given(PLACES, POSTED, another(2), *held(PROPOSED)).when(CONFIRM).then(
        CONFIRMED,
        OfferExhausted(),
        MatchLapsed(match_id=another(2).match_id, reason=LapseReason.OFFER_EXHAUSTED),
    )


def test_with_another_place_free_the_offer_goes_on() -> None:
    two = replace(EXCHANGE, places=2)
    posted = replace(POSTED, terms=two)
    given(PLACES, posted, another(2), *held(PROPOSED)).when(CONFIRM).then(confirmed(PROPOSED, two))


def test_a_place_that_is_merely_held_does_not_exhaust_the_offer() -> None:
    two = replace(EXCHANGE, places=2)
    events = (replace(POSTED, terms=two), *held(another(2)), *held(PROPOSED))
    given(PLACES, *events).when(CONFIRM).then(confirmed(PROPOSED, two))


def test_only_a_held_match_is_confirmed() -> None:
    given(PLACES, POSTED).when(CONFIRM).then_refused_by(match_was_proposed)
    given(PLACES, POSTED, PROPOSED).when(CONFIRM).then_refused_by(rules.place_is_held_for_the_match)
    gone = MatchLapsed(match_id=MATCH_ID, reason=LapseReason.NEED_TAKEN, was_held=True)
    given(PLACES, POSTED, *held(PROPOSED), gone).when(CONFIRM).then_refused_by(
        rules.place_is_held_for_the_match
    )


@pytest.mark.parametrize("ended", [OfferWithdrawn(), OfferExpired()])
def test_an_offer_that_left_the_board_keeps_its_word_and_stays_off_it(ended: object) -> None:
    withdrawn = given(PLACES, POSTED, *held(PROPOSED), ended)
    withdrawn.when(CONFIRM).then(CONFIRMED)
    assert OFFER.fold([*withdrawn.events, CONFIRMED]).status in {OfferStatus.WITHDRAWN, OfferStatus.EXPIRED}


def test_the_host_is_asked_once_about_a_place_that_became_free(full: Given) -> None:
    full.when(ASK).then(ASKED)
    given(PLACES, *FULL, ASKED).when(ASK).then_nothing_happened()
    given(PLACES, *FULL, ASKED, *REOPENED).when(ASK).then_nothing_happened()
    given(PLACES, POSTED).when(ASK).then_refused_by(match_was_proposed)
    given(PLACES, POSTED, *held(PROPOSED)).when(ASK).then_nothing_happened()


def test_a_place_is_open_again_once_the_host_says_so_even_after_a_year() -> None:
    not_stale = given(OFFER, *FULL, ASKED).when(ExpireOffer(offer_id="of1", at=A_YEAR_LATER))
    not_stale.then_nothing_happened()
    given(PLACES, *FULL, ASKED).when(REOPEN).then(*REOPENED)
    state = OFFER.fold([*FULL, ASKED, *REOPENED])
    assert (state.status, state.n_free) == (OfferStatus.POSTED, 1)
    assert state.matches[MATCH_ID].status == MatchStatus.FREED


def test_an_offer_that_is_still_current_stays_so_when_reopened() -> None:
    same_day = replace(REOPEN, at=AT)
    given(PLACES, *FULL, ASKED).when(same_day).then(PlaceReopened(free_places=1))


def test_a_place_is_reopened_once_for_each_that_became_free(full: Given) -> None:
    full.when(REOPEN).then_refused_by(rules.a_place_became_free)
    given(PLACES, *FULL, ASKED, *REOPENED).when(REOPEN).then_refused_by(rules.a_place_became_free)


def test_places_are_reopened_in_the_order_in_which_they_became_free() -> None:
    two, second = replace(EXCHANGE, places=2), another(2)
    events = (
        replace(POSTED, terms=two),
        *held(PROPOSED),
        *held(second),
        confirmed(PROPOSED, two),
        confirmed(second, two),
        OfferExhausted(),
        replace(ASKED, match_id=second.match_id),
        ASKED,
        PlaceReopened(free_places=1),
    )
    state = OFFER.fold(events)
    assert state.matches[second.match_id].status == MatchStatus.FREED
    assert state.matches[MATCH_ID].status == MatchStatus.REOPEN_ASKED
    given(PLACES, *events).when(replace(REOPEN, at=AT)).then(PlaceReopened(free_places=2))


def test_a_withdrawn_offer_is_not_reopened() -> None:
    withdrawn = given(OFFER, *FULL).when(WithdrawOffer(offer_id="of1", at=AT)).events
    given(PLACES, *FULL, *withdrawn, ASKED).when(REOPEN).then_refused_by(offer_is_on_the_board)


def test_an_offer_is_not_reopened_after_its_last_day() -> None:
    ends = replace(POSTED, terms=replace(EXCHANGE, available_until=date(2026, 3, 31)))
    events = (ends, *held(PROPOSED), confirmed(PROPOSED, ends.terms), OfferExhausted(), ASKED)
    given(PLACES, *events).when(REOPEN).then_refused_by(rules.offer_goes_on)
    in_time = replace(REOPEN, at=datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert given(PLACES, *events).when(in_time).events[0] == PlaceReopened(free_places=1)
