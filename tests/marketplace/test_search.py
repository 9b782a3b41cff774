"""Is a person's search entered, amended, listed and closed as its rules say, and does it say no more than it may?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

import shared.events.all  # noqa: F401 - registers every event
from services.marketplace.domain import need as rules
from services.marketplace.domain.need import (
    NEED,
    AmendSearch,
    CloseSearch,
    ListSearch,
    PostSearch,
    need_is_new,
    need_is_open,
)
from shared.events.marketplace.need import (
    SearchAmended,
    SearchClosed,
    SearchHeld,
    SearchListed,
    SearchTerms,
)
from shared.events.registry import Audience, all_types
from shared.events.vocabulary import Category, OfferKind
from shared.testing.sentences import given
from tests.marketplace.scenes import (
    AT,
    NEED_POSTED,
    SEARCH,
    SEARCH_MATCH_ID,
    SEARCH_POSTED,
    VOLUNTEER_SEARCH,
)

HELD = SearchHeld(match_id=SEARCH_MATCH_ID, offer_id="of1")
CLOSE = CloseSearch(need_id="s1", at=AT)
CLOSED = SearchClosed(closed_on=AT.date())
LIST = ListSearch(need_id="s1", at=AT + timedelta(days=60))
LISTED = SearchListed(waiting_since=AT.date())


def post(terms: SearchTerms) -> PostSearch:
    """The command that enters these terms."""
    return PostSearch(need_id="s1", person_id="person", terms=terms, at=AT)


def amend(terms: SearchTerms) -> AmendSearch:
    """The command that brings these terms instead."""
    return AmendSearch(need_id="s1", terms=terms, at=AT)


@pytest.mark.parametrize("terms", [SEARCH, VOLUNTEER_SEARCH, replace(SEARCH, level=None)])
def test_a_search_is_entered_once(terms: SearchTerms) -> None:
    posted = replace(SEARCH_POSTED, terms=terms)
    given(NEED).when(post(terms)).then(posted)
    given(NEED, posted).when(post(terms)).then_nothing_happened()
    given(NEED, posted).when(post(replace(terms, from_month="2027-01"))).then_refused_by(need_is_new)
    given(NEED, NEED_POSTED).when(post(terms)).then_refused_by(need_is_new)


@pytest.mark.parametrize(
    "terms",
    [
        replace(SEARCH, kldb3=None),
        replace(SEARCH, kldb3="51"),
        replace(SEARCH, kldb3="51311"),
        replace(SEARCH, kldb3="5²3"),
        replace(SEARCH, kldb3="abc"),
        replace(SEARCH, level=0),
        replace(SEARCH, level=5),
        replace(SEARCH, category=Category.GOODS),
        replace(VOLUNTEER_SEARCH, category=None),
        replace(VOLUNTEER_SEARCH, kldb3="513"),
        replace(VOLUNTEER_SEARCH, level=1),
        replace(VOLUNTEER_SEARCH, kind=OfferKind.EXCHANGE),
    ],
)
def test_a_search_says_what_is_looked_for_and_nothing_else(terms: SearchTerms) -> None:
    given(NEED).when(post(terms)).then_refused_by(rules.search_says_what_is_looked_for)
    given(NEED, SEARCH_POSTED).when(amend(terms)).then_refused_by(rules.search_says_what_is_looked_for)


@pytest.mark.parametrize("month", ["", "2026-13", "2026-00", "März", "2026-03-01", "2026-03 Rückenleiden"])
def test_the_month_has_no_room_for_other_words(month: str) -> None:
    terms = replace(SEARCH, from_month=month)
    given(NEED).when(post(terms)).then_refused_by(rules.search_begins_in_a_month)
    given(NEED, SEARCH_POSTED).when(amend(terms)).then_refused_by(rules.search_begins_in_a_month)


def test_a_search_is_amended_while_it_is_open() -> None:
    better = replace(SEARCH, level=2)
    given(NEED, SEARCH_POSTED).when(amend(better)).then(SearchAmended(person_id="person", terms=better))
    given(NEED, SEARCH_POSTED).when(amend(SEARCH)).then_nothing_happened()
    given(NEED, SEARCH_POSTED, HELD).when(amend(better)).then_refused_by(need_is_open)
    given(NEED, NEED_POSTED).when(amend(better)).then_refused_by(rules.it_is_a_search)


def test_who_waited_60_days_is_listed_once_for_that_wait() -> None:
    given(NEED, SEARCH_POSTED).when(LIST).then(LISTED)
    given(NEED, SEARCH_POSTED, LISTED).when(LIST).then_nothing_happened()
    later = replace(LIST, at=LIST.at + timedelta(days=100))
    given(NEED, SEARCH_POSTED, LISTED).when(later).then(SearchListed(waiting_since=date(2026, 6, 10)))


def test_only_an_open_search_is_listed() -> None:
    given(NEED, SEARCH_POSTED, HELD).when(LIST).then_nothing_happened()
    given(NEED, SEARCH_POSTED, CLOSED).when(LIST).then_nothing_happened()
    given(NEED, NEED_POSTED).when(LIST).then_nothing_happened()
    given(NEED).when(LIST).then_nothing_happened()


def test_a_person_stops_looking() -> None:
    given(NEED, SEARCH_POSTED).when(CLOSE).then(CLOSED)
    given(NEED, SEARCH_POSTED, CLOSED).when(CLOSE).then_nothing_happened()
    given(NEED, SEARCH_POSTED, HELD).when(CLOSE).then_refused_by(need_is_open)
    given(NEED, NEED_POSTED).when(CLOSE).then_refused_by(rules.it_is_a_search)


def test_every_event_of_a_search_stays_in_the_city() -> None:
    searches = [
        registered for name, registered in all_types() if name.startswith("kosilab.marketplace.Search")
    ]
    assert len(searches) == 7
    assert {registered.audience for registered in searches} == {Audience.INTERNAL}
