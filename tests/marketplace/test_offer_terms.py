"""Which terms may stand on the board, and which may not?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.marketplace.domain import offer as rules
from services.marketplace.domain.offer import OFFER, AmendOffer, CheckOffer, PostOffer
from shared.events.marketplace.offer import (
    OfferAmended,
    OfferCheckReopened,
    OfferPosted,
    OfferSubmitted,
    OfferTerms,
)
from shared.events.vocabulary import OfferKind
from shared.testing.sentences import given
from tests.marketplace.scenes import AT, EXCHANGE, POSTED, VOLUNTEERING, WORK


def refused(terms: OfferTerms, rule: Any) -> None:
    """Neither posted nor amended."""
    given(OFFER).when(PostOffer(offer_id="of1", organisation_id="host", terms=terms, at=AT)).then_refused_by(
        rule
    )
    before = {OfferKind.EXCHANGE: EXCHANGE, OfferKind.VOLUNTEERING: VOLUNTEERING, OfferKind.WORK: WORK}
    posted = replace(POSTED, terms=before[terms.kind])
    given(OFFER, posted).when(AmendOffer(offer_id="of1", terms=terms, at=AT)).then_refused_by(rule)


def taken(terms: OfferTerms) -> None:
    """Posted, or submitted for the check."""
    (event,) = given(OFFER).when(post(terms)).events
    assert isinstance(event, OfferPosted | OfferSubmitted)
    assert event.terms == terms


def post(terms: OfferTerms) -> PostOffer:
    """The command that posts these terms."""
    return PostOffer(offer_id="of1", organisation_id="host", terms=terms, at=AT)


def test_an_offer_has_a_title() -> None:
    refused(replace(EXCHANGE, title="  "), rules.offer_has_a_title)


@pytest.mark.parametrize("places", [0, -1, 1001])
def test_an_offer_has_a_possible_number_of_places(places: int) -> None:
    refused(replace(EXCHANGE, places=places), rules.offer_has_places)


@pytest.mark.parametrize("places", [1, 1000])
def test_an_offer_may_have_one_place_or_a_thousand(places: int) -> None:
    taken(replace(EXCHANGE, places=places))


@pytest.mark.parametrize(
    "terms",
    [
        replace(WORK, work=None),
        replace(VOLUNTEERING, volunteering=None),
        replace(EXCHANGE, work=WORK.work),
        replace(EXCHANGE, volunteering=VOLUNTEERING.volunteering),
        replace(WORK, volunteering=VOLUNTEERING.volunteering),
    ],
)
def test_an_offer_states_the_terms_of_its_kind_and_no_others(terms: OfferTerms) -> None:
    refused(terms, rules.terms_fit_the_kind)


def test_the_last_day_is_not_before_the_first() -> None:
    first, last = date(2026, 5, 2), date(2026, 5, 1)
    refused(replace(EXCHANGE, available_from=first, available_until=last), rules.dates_are_in_order)
    taken(replace(EXCHANGE, available_from=first, available_until=first))


@pytest.mark.parametrize(
    "text",
    [
        "50 Euro für jeden",
        "Wir geben 20 €",
        "€ 100 Spende",
        "EUR 5",
        "10 eur",
        "200,- für die Kasse",
        "Bargeld",
        "cash",
    ],
)
def test_money_is_taboo_in_exchange(text: str) -> None:
    refused(replace(EXCHANGE, description=text), rules.no_money_is_promised)
    refused(replace(EXCHANGE, title=text), rules.no_money_is_promised)


@pytest.mark.parametrize(
    "text",
    [
        "Gutschein über 50 Euro",
        "20 Stunden Beratung",
        "Führung durch das Eurohaus",
        "Druckgutschrift als Voucher, 100 €",
    ],
)
def test_vouchers_hours_and_words_that_look_like_money_are_welcome(text: str) -> None:
    taken(replace(EXCHANGE, description=text))


PERHAPS = replace(EXCHANGE, description="Wir bieten ein kleines Honorar")
OFFERED = PostOffer(offer_id="of1", organisation_id="o1", terms=PERHAPS, at=AT)


def test_who_may_promise_money_is_read_by_a_coordinator_first() -> None:
    submitted = OfferSubmitted(organisation_id="o1", terms=PERHAPS)
    given(OFFER).when(OFFERED).then(submitted)
    then = given(OFFER, submitted).when(CheckOffer(offer_id="of1", at=AT))
    assert [type(event) for event in then.events] == [OfferPosted]


def test_who_may_promise_money_after_an_amendment_is_read_again() -> None:
    posted = OfferPosted(organisation_id="o1", terms=EXCHANGE, current_until=POSTED.current_until)
    amended = AmendOffer(offer_id="of1", terms=PERHAPS, at=AT)
    submitted = OfferSubmitted(organisation_id="o1", terms=PERHAPS)
    given(OFFER, posted).when(amended).then(OfferCheckReopened(), submitted)
    more_places = replace(PERHAPS, places=3)
    checked = replace(posted, terms=PERHAPS)
    then = given(OFFER, checked).when(replace(amended, terms=more_places))
    assert [type(event) for event in then.events] == [OfferAmended]


def test_work_may_name_its_pay() -> None:
    taken(replace(WORK, description="15 Euro in der Stunde"))


@pytest.mark.parametrize(
    "terms",
    [
        {"hours_per_week": Decimal(0)},
        {"hours_per_week": Decimal("60.5")},
        {"hours_per_week": Decimal("NaN")},
        {"hours_per_week": Decimal("1.00001")},
        {"pay_per_hour": Decimal(-1)},
        {"pay_per_hour": Decimal("Infinity")},
        {"term_months": 0},
        {"term_months": 601},
    ],
)
def test_impossible_work_is_not_posted(terms: dict[str, Any]) -> None:
    assert WORK.work is not None
    refused(replace(WORK, work=replace(WORK.work, **terms)), rules.work_is_possible)


@pytest.mark.parametrize(
    "terms",
    [
        {"hours_per_week": Decimal(60)},
        {"hours_per_week": Decimal("0.5")},
        {"pay_per_hour": Decimal(0)},
        {"pay_per_hour": None},
        {"term_months": 1},
        {"term_months": 600},
        {"term_months": None},
    ],
)
def test_work_reaches_to_its_limits(terms: dict[str, Any]) -> None:
    assert WORK.work is not None
    taken(replace(WORK, work=replace(WORK.work, **terms)))


@pytest.mark.parametrize("hours", ["0", "-2", "61", "NaN"])
def test_impossible_volunteering_is_not_posted(hours: str) -> None:
    assert VOLUNTEERING.volunteering is not None
    terms = replace(VOLUNTEERING.volunteering, hours_per_week=Decimal(hours))
    refused(replace(VOLUNTEERING, volunteering=terms), rules.volunteering_is_possible)


def test_volunteering_may_leave_its_hours_open() -> None:
    assert VOLUNTEERING.volunteering is not None
    taken(replace(VOLUNTEERING, volunteering=replace(VOLUNTEERING.volunteering, hours_per_week=None)))


def test_possible_terms_are_amended() -> None:
    better = replace(EXCHANGE, places=3)
    given(OFFER, POSTED).when(AmendOffer(offer_id="of1", terms=better, at=AT)).then(
        OfferAmended(organisation_id="host", terms=better)
    )
