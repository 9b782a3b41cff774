"""Does an offer live on the board as its rules say?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.marketplace.domain import offer as rules
from services.marketplace.domain.offer import (
    OFFER,
    AmendOffer,
    CheckOffer,
    ConfirmOfferCurrent,
    ExpireOffer,
    PostOffer,
    ReturnOffer,
    WithdrawOffer,
)
from services.marketplace.domain.places import PLACES, ConfirmMatch
from shared.events.marketplace.offer import (
    MatchLapsed,
    OfferAmended,
    OfferCheckReopened,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferReturned,
    OfferSubmitted,
    OfferTerms,
    OfferWithdrawn,
    VolunteeringTerms,
)
from shared.events.vocabulary import LapseReason, OfferKind, VolunteeringForm
from shared.testing.sentences import given
from tests.marketplace.scenes import (
    AT,
    EXCHANGE,
    IN_90_DAYS,
    MATCH_ID,
    POSTED,
    PROPOSED,
    VOLUNTEERING,
    WORK,
    another,
    confirmed,
    held,
)

SUBMITTED = OfferSubmitted(organisation_id="host", terms=VOLUNTEERING)
RETURNED = OfferReturned(reason="Wer leitet die Gruppe?")
CHECKED = replace(POSTED, terms=VOLUNTEERING)
GONE = MatchLapsed(match_id=MATCH_ID, reason=LapseReason.OFFER_WITHDRAWN)
OVER = replace(EXCHANGE, available_until=date(2026, 3, 1))


def post(terms: OfferTerms) -> PostOffer:
    """The command that posts these terms."""
    return PostOffer(offer_id="of1", organisation_id="host", terms=terms, at=AT)


def amend(terms: OfferTerms) -> AmendOffer:
    """The command that brings these terms instead."""
    return AmendOffer(offer_id="of1", terms=terms, at=AT)


def test_an_exchange_offer_is_on_the_board_at_once() -> None:
    given(OFFER).when(post(EXCHANGE)).then(POSTED)
    given(OFFER, POSTED).when(post(EXCHANGE)).then_nothing_happened()
    other = replace(EXCHANGE, title="Etwas anderes")
    given(OFFER, POSTED).when(post(other)).then_refused_by(rules.offer_is_new_or_returned)


@pytest.mark.parametrize("terms", [VOLUNTEERING, WORK])
def test_volunteering_and_work_are_checked_first(terms: OfferTerms) -> None:
    submitted = OfferSubmitted(organisation_id="host", terms=terms)
    check = CheckOffer(offer_id="of1", at=AT)
    posted = OfferPosted(organisation_id="host", terms=terms, current_until=IN_90_DAYS)
    given(OFFER).when(post(terms)).then(submitted)
    given(OFFER, submitted).when(post(terms)).then_nothing_happened()
    given(OFFER, submitted).when(check).then(posted)
    given(OFFER, submitted, posted).when(check).then_nothing_happened()
    given(OFFER).when(check).then_refused_by(rules.offer_waits_for_its_check)


def test_a_checked_offer_may_be_given_back_with_a_reason() -> None:
    give_back = ReturnOffer(offer_id="of1", reason=RETURNED.reason, at=AT)
    given(OFFER, SUBMITTED).when(give_back).then(RETURNED)
    given(OFFER, SUBMITTED, RETURNED).when(give_back).then_nothing_happened()
    given(OFFER, POSTED).when(give_back).then_refused_by(rules.offer_waits_for_its_check)
    given(OFFER, SUBMITTED).when(replace(give_back, reason=" ")).then_refused_by(rules.return_has_a_reason)


def test_a_returned_offer_is_submitted_again_as_it_was_or_better() -> None:
    better = replace(VOLUNTEERING, description="Frau Beispiel leitet die Gruppe")
    returned = given(OFFER, SUBMITTED, RETURNED)
    returned.when(amend(VOLUNTEERING)).then(SUBMITTED)
    returned.when(amend(better)).then(replace(SUBMITTED, terms=better))
    returned.when(post(better)).then(replace(SUBMITTED, terms=better))
    returned.when(amend(EXCHANGE)).then_refused_by(rules.kind_stays_the_same)


def test_an_offer_may_be_corrected_before_its_check() -> None:
    better = replace(VOLUNTEERING, places=2)
    given(OFFER, SUBMITTED).when(amend(better)).then(replace(SUBMITTED, terms=better))
    given(OFFER, SUBMITTED).when(amend(VOLUNTEERING)).then_nothing_happened()


def test_terms_are_amended_as_a_whole() -> None:
    better = replace(EXCHANGE, title="Hilfe bei der Steuer")
    given(OFFER, POSTED).when(amend(better)).then(OfferAmended(organisation_id="host", terms=better))
    given(OFFER, POSTED).when(amend(EXCHANGE)).then_nothing_happened()
    given(OFFER).when(amend(EXCHANGE)).then_refused_by(rules.offer_is_on_the_board)
    given(OFFER, POSTED).when(amend(VOLUNTEERING)).then_refused_by(rules.kind_stays_the_same)


@pytest.mark.parametrize(
    "terms",
    [
        replace(VOLUNTEERING, title="Zeltlager"),
        replace(VOLUNTEERING, description="Mit Übernachtung"),
        replace(VOLUNTEERING, district="Elberfeld"),
        replace(VOLUNTEERING, skills=("Schwimmen",)),
        replace(
            VOLUNTEERING, volunteering=VolunteeringTerms(form=VolunteeringForm.REGULAR, with_minors=True)
        ),
        replace(VOLUNTEERING, volunteering=VolunteeringTerms(form=VolunteeringForm.ONLINE)),
    ],
)
def test_a_check_holds_for_what_was_checked(terms: OfferTerms) -> None:
    proposed = replace(PROPOSED, kind=OfferKind.VOLUNTEERING)
    submitted = replace(SUBMITTED, terms=terms)
    given(OFFER, CHECKED, proposed).when(amend(terms)).then(OfferCheckReopened(), submitted, GONE)
    waits = (CHECKED, OfferCheckReopened(), submitted)
    given(OFFER, *waits).when(amend(terms)).then_nothing_happened()
    given(OFFER, *waits).when(CheckOffer(offer_id="of1", at=AT)).then(replace(CHECKED, terms=terms))
    given(OFFER, *waits).when(ReturnOffer(offer_id="of1", reason="Wer leitet das?", at=AT)).then(
        OfferReturned(reason="Wer leitet das?")
    )


def test_work_is_checked_again_when_its_task_or_pay_changes() -> None:
    work = WORK.work
    assert work is not None
    posted = replace(POSTED, terms=WORK)
    for terms in (replace(WORK, title="Bote"), replace(WORK, work=replace(work, pay_per_hour=None))):
        submitted = OfferSubmitted(organisation_id="host", terms=terms)
        given(OFFER, posted).when(amend(terms)).then(OfferCheckReopened(), submitted)
    later = replace(WORK, places=3, work=replace(work, starts_on=date(2026, 5, 1)))
    given(OFFER, posted).when(amend(later)).then(OfferAmended(organisation_id="host", terms=later))


def test_places_and_days_of_a_checked_offer_change_without_another_check() -> None:
    later = replace(VOLUNTEERING, places=2, available_until=date(2026, 6, 1))
    given(OFFER, CHECKED).when(amend(later)).then(OfferAmended(organisation_id="host", terms=later))


def test_a_match_is_confirmed_by_the_terms_to_which_both_said_yes() -> None:
    terms = replace(VOLUNTEERING, title="Zeltlager")
    changed = (CHECKED, *held(PROPOSED), OfferCheckReopened(), replace(SUBMITTED, terms=terms))
    confirm = ConfirmMatch(offer_id="of1", match_id=MATCH_ID, at=AT)
    given(PLACES, *changed).when(confirm).then(confirmed(PROPOSED, VOLUNTEERING))


def test_an_offer_that_is_checked_again_while_its_places_are_taken_is_exhausted_at_once() -> None:
    terms = replace(VOLUNTEERING, title="Zeltlager")
    taken = (CHECKED, *held(PROPOSED), confirmed(PROPOSED, VOLUNTEERING), OfferExhausted())
    again = (OfferCheckReopened(), replace(SUBMITTED, terms=terms))
    given(OFFER, *taken).when(amend(terms)).then(*again)
    check = CheckOffer(offer_id="of1", at=AT)
    given(OFFER, *taken, *again).when(check).then(replace(CHECKED, terms=terms), OfferExhausted())


def test_places_that_are_taken_are_not_amended_away() -> None:
    two = replace(EXCHANGE, places=2)
    posted = replace(POSTED, terms=two)
    taken = (posted, *held(PROPOSED), confirmed(PROPOSED, two), *held(another(2)))
    given(OFFER, *taken).when(amend(EXCHANGE)).then_refused_by(rules.places_cover_what_is_taken)


def test_amending_away_the_last_free_place_exhausts_the_offer() -> None:
    two = replace(EXCHANGE, places=2)
    events = (replace(POSTED, terms=two), *held(PROPOSED), confirmed(PROPOSED, two), another(2))
    given(OFFER, *events).when(amend(EXCHANGE)).then(
        OfferAmended(organisation_id="host", terms=EXCHANGE),
        OfferExhausted(),
        MatchLapsed(match_id=another(2).match_id, reason=LapseReason.OFFER_EXHAUSTED),
    )


def test_a_held_place_may_still_come_back_so_the_offer_is_not_exhausted_by_amending() -> None:
    two = replace(EXCHANGE, places=2)
    events = (replace(POSTED, terms=two), *held(PROPOSED))
    given(OFFER, *events).when(amend(EXCHANGE)).then(OfferAmended(organisation_id="host", terms=EXCHANGE))


def test_more_places_bring_an_exhausted_offer_back() -> None:
    exhausted = (POSTED, *held(PROPOSED), confirmed(PROPOSED), OfferExhausted())
    more_places = OfferAmended(organisation_id="host", terms=replace(EXCHANGE, places=2))
    given(OFFER, *exhausted).when(amend(more_places.terms)).then(more_places)
    expire = ExpireOffer(offer_id="of1", at=IN_90_DAYS)
    given(OFFER, *exhausted, more_places).when(expire).then(OfferExpired())


def test_who_confirms_an_offer_keeps_it_for_90_days_more() -> None:
    later = AT + timedelta(days=80)
    until = OfferConfirmedCurrent(kind=OfferKind.EXCHANGE, current_until=later + timedelta(days=90))
    confirm = ConfirmOfferCurrent(offer_id="of1", at=later)
    given(OFFER, POSTED).when(confirm).then(until)
    given(OFFER, POSTED, until).when(replace(confirm, at=later + timedelta(hours=3))).then_nothing_happened()
    given(OFFER).when(confirm).then_refused_by(rules.offer_is_on_the_board)


@pytest.mark.parametrize(
    ("starts_on", "until"),
    [
        (date(2026, 9, 1), datetime(2026, 9, 1, tzinfo=UTC)),
        (date(2026, 4, 1), IN_90_DAYS),
        (None, IN_90_DAYS),
    ],
)
def test_work_is_current_until_its_fixed_start(starts_on: date | None, until: datetime) -> None:
    assert WORK.work is not None
    terms = replace(WORK, work=replace(WORK.work, starts_on=starts_on))
    assert rules.current_until(terms, AT) == until


def test_a_withdrawn_offer_takes_its_open_matches_with_it() -> None:
    withdraw = WithdrawOffer(offer_id="of1", at=AT)
    given(OFFER, POSTED, PROPOSED).when(withdraw).then(OfferWithdrawn(), GONE)
    given(OFFER, POSTED, OfferWithdrawn()).when(withdraw).then_nothing_happened()
    given(OFFER).when(withdraw).then_refused_by(rules.offer_was_on_the_board)
    given(OFFER, SUBMITTED).when(withdraw).then_refused_by(rules.offer_was_on_the_board)
    given(OFFER, CHECKED, OfferCheckReopened(), SUBMITTED).when(withdraw).then(OfferWithdrawn())


def test_what_is_held_outlives_the_offer() -> None:
    withdraw = WithdrawOffer(offer_id="of1", at=AT)
    given(OFFER, POSTED, *held(PROPOSED)).when(withdraw).then(OfferWithdrawn())


def test_an_offer_that_nobody_confirmed_expires() -> None:
    expire = ExpireOffer(offer_id="of1", at=IN_90_DAYS)
    given(OFFER, POSTED, PROPOSED).when(expire).then(OfferExpired(), GONE)
    given(OFFER, POSTED, OfferExpired()).when(expire).then_nothing_happened()
    confirmed_later = OfferConfirmedCurrent(
        kind=OfferKind.EXCHANGE, current_until=IN_90_DAYS + timedelta(days=1)
    )
    given(OFFER, POSTED, confirmed_later).when(expire).then_nothing_happened()
    given(OFFER).when(expire).then_nothing_happened()


def test_an_offer_expires_when_its_last_day_is_over() -> None:
    last = replace(POSTED, terms=replace(EXCHANGE, available_until=date(2026, 3, 9)))
    on_the_day = ExpireOffer(offer_id="of1", at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    given(OFFER, last).when(on_the_day).then_nothing_happened()
    given(OFFER, last).when(replace(on_the_day, at=datetime(2026, 3, 10, tzinfo=UTC))).then(OfferExpired())


def test_an_exhausted_offer_does_not_go_stale() -> None:
    exhausted = (POSTED, *held(PROPOSED), confirmed(PROPOSED), OfferExhausted())
    given(OFFER, *exhausted).when(ExpireOffer(offer_id="of1", at=IN_90_DAYS)).then_nothing_happened()


def test_nothing_is_posted_whose_last_day_is_over() -> None:
    given(OFFER).when(post(OVER)).then_refused_by(rules.last_day_lies_ahead)
    today = replace(EXCHANGE, available_until=date(2026, 3, 2))
    given(OFFER).when(post(today)).then(replace(POSTED, terms=today))


def test_whoever_amends_nothing_after_the_end_is_told(subtests: Any) -> None:
    better = amend(replace(EXCHANGE, places=3))
    for ended in (OfferWithdrawn(), OfferExpired()):
        with subtests.test(type(ended).__name__):
            given(OFFER, POSTED, ended).when(better).then_refused_by(rules.offer_is_on_the_board)
