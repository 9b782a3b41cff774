"""Does an organisation's need live on the board as its rules say?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.marketplace.domain import need as rules
from services.marketplace.domain.need import (
    NEED,
    AmendNeed,
    ConfirmNeedCurrent,
    ExpireNeed,
    PostNeed,
    WithdrawNeed,
)
from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedTerms,
    NeedWithdrawn,
)
from shared.events.vocabulary import OfferKind
from shared.testing.sentences import given
from tests.marketplace.scenes import AT, IN_90_DAYS, MATCH_ID, NEED_POSTED, SEARCH_POSTED
from tests.marketplace.scenes import NEED as TERMS

HELD = NeedHeld(match_id=MATCH_ID, offer_id="of1")
CONFIRM = ConfirmNeedCurrent(need_id="n1", at=AT + timedelta(days=80))
WITHDRAW = WithdrawNeed(need_id="n1", at=AT)
EXPIRE = ExpireNeed(need_id="n1", at=IN_90_DAYS)


def post(terms: NeedTerms) -> PostNeed:
    """The command that posts these terms."""
    return PostNeed(need_id="n1", organisation_id="seeker", terms=terms, at=AT)


def amend(terms: NeedTerms) -> AmendNeed:
    """The command that brings these terms instead."""
    return AmendNeed(need_id="n1", terms=terms, at=AT)


def test_a_need_is_posted_once() -> None:
    given(NEED).when(post(TERMS)).then(NEED_POSTED)
    given(NEED, NEED_POSTED).when(post(TERMS)).then_nothing_happened()
    given(NEED, NEED_POSTED).when(post(replace(TERMS, n_people=2))).then_refused_by(rules.need_is_new)
    given(NEED, SEARCH_POSTED).when(post(TERMS)).then_refused_by(rules.need_is_new)


def test_terms_are_amended_as_a_whole() -> None:
    better = replace(TERMS, n_people=2)
    given(NEED, NEED_POSTED).when(amend(better)).then(NeedAmended(organisation_id="seeker", terms=better))
    given(NEED, NEED_POSTED).when(amend(TERMS)).then_nothing_happened()
    given(NEED, NEED_POSTED, HELD).when(amend(better)).then_refused_by(rules.need_is_open)
    given(NEED).when(amend(better)).then_refused_by(rules.need_is_open)
    given(NEED, SEARCH_POSTED).when(amend(better)).then_refused_by(rules.it_is_an_organisations_need)


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        (replace(TERMS, kind=OfferKind.VOLUNTEERING), rules.need_is_of_give_and_take),
        (replace(TERMS, kind=OfferKind.WORK), rules.need_is_of_give_and_take),
        (replace(TERMS, title="  "), rules.need_has_a_title),
        (replace(TERMS, n_people=0), rules.need_asks_for_people_within_reason),
        (replace(TERMS, n_people=1001), rules.need_asks_for_people_within_reason),
        (replace(TERMS, title="500 Euro"), rules.need_asks_for_no_money),
        (replace(TERMS, description="oder 20 €"), rules.need_asks_for_no_money),
        (
            replace(TERMS, wanted_from=date(2026, 5, 2), wanted_until=date(2026, 5, 1)),
            rules.dates_are_in_order,
        ),
    ],
)
def test_impossible_terms_are_neither_posted_nor_amended(terms: NeedTerms, rule: object) -> None:
    given(NEED).when(post(terms)).then_refused_by(rule)
    given(NEED, NEED_POSTED).when(amend(terms)).then_refused_by(rule)


def test_a_need_reaches_to_its_limits() -> None:
    for n_people in (1, 1000):
        terms = replace(TERMS, n_people=n_people, description="Gutschein über 10 Euro")
        given(NEED).when(post(terms)).then(replace(NEED_POSTED, terms=terms))


def test_nothing_is_posted_whose_last_day_is_over() -> None:
    over = replace(TERMS, wanted_until=date(2026, 3, 1))
    given(NEED).when(post(over)).then_refused_by(rules.last_day_lies_ahead)
    today = replace(TERMS, wanted_until=date(2026, 3, 2))
    given(NEED).when(post(today)).then(replace(NEED_POSTED, terms=today))


def test_who_confirms_a_need_keeps_it_for_90_days_more() -> None:
    until = NeedConfirmedCurrent(current_until=CONFIRM.at + timedelta(days=90))
    given(NEED, NEED_POSTED).when(CONFIRM).then(until)
    later = replace(CONFIRM, at=CONFIRM.at + timedelta(hours=3))
    given(NEED, NEED_POSTED, until).when(later).then_nothing_happened()
    given(NEED, NEED_POSTED, HELD).when(CONFIRM).then_refused_by(rules.need_is_open)
    given(NEED, SEARCH_POSTED).when(CONFIRM).then_refused_by(rules.it_is_an_organisations_need)


def test_an_open_need_is_withdrawn_once() -> None:
    given(NEED, NEED_POSTED).when(WITHDRAW).then(NeedWithdrawn())
    given(NEED, NEED_POSTED, NeedWithdrawn()).when(WITHDRAW).then_nothing_happened()
    given(NEED, SEARCH_POSTED).when(WITHDRAW).then_refused_by(rules.it_is_an_organisations_need)


def test_what_is_promised_or_met_is_not_withdrawn() -> None:
    given(NEED, NEED_POSTED, HELD).when(WITHDRAW).then_refused_by(rules.need_is_open)
    given(NEED, NEED_POSTED, HELD, NeedMet()).when(WITHDRAW).then_refused_by(rules.need_is_open)
    given(NEED).when(WITHDRAW).then_refused_by(rules.need_is_open)


def test_a_need_that_nobody_confirmed_expires() -> None:
    given(NEED, NEED_POSTED).when(EXPIRE).then(NeedExpired())
    given(NEED, NEED_POSTED, NeedExpired()).when(EXPIRE).then_nothing_happened()
    given(NEED, NEED_POSTED).when(
        replace(EXPIRE, at=IN_90_DAYS - timedelta(seconds=1))
    ).then_nothing_happened()
    confirmed = NeedConfirmedCurrent(current_until=IN_90_DAYS + timedelta(days=1))
    given(NEED, NEED_POSTED, confirmed).when(EXPIRE).then_nothing_happened()


def test_a_need_expires_when_its_last_day_is_over() -> None:
    posted = replace(NEED_POSTED, terms=replace(TERMS, wanted_until=date(2026, 3, 9)))
    day_after = replace(EXPIRE, at=datetime(2026, 3, 10, tzinfo=UTC))
    given(NEED, posted).when(day_after).then(NeedExpired())
    given(NEED, posted).when(replace(EXPIRE, at=datetime(2026, 3, 9, 12, tzinfo=UTC))).then_nothing_happened()
    given(NEED, posted, HELD).when(day_after).then_nothing_happened()


def test_a_search_never_expires() -> None:
    given(NEED, SEARCH_POSTED).when(replace(EXPIRE, at=AT + timedelta(days=3650))).then_nothing_happened()
