"""Do facts depend on how the sources' events interleave? They must not (architecture 7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.facts.fact import Row, fact
from services.reporting.facts.offer import OFFER, OfferEvent
from services.reporting.facts.organisation import OrganisationEvent
from shared.eventlog.layouts import digest
from shared.events.registry import type_of
from shared.kernel.recorded import Happening, Recorded
from shared.service.folding import Fold
from tests.reporting.histories import happened, rows_after, source_of
from tests.shared.events.examples import EXAMPLES

SOURCES = ("actors", "marketplace", "employment")
BEGIN = date(2017, 3, 1)


def history(source: str) -> list[Recorded[Any]]:
    """Every event of a source, a day apart, in the order of the examples."""
    history = [happened(BEGIN, stream, event) for stream, event in EXAMPLES.values()]
    own = [event for event in history if event.service == source]
    return [happened(BEGIN + timedelta(days=n), event.stream, event.data) for n, event in enumerate(own)]


HISTORIES = {source: history(source) for source in SOURCES}
TURNS = [source for source in SOURCES for _ in HISTORIES[source]]


def interleaved(turns: Sequence[str]) -> list[Recorded[Any]]:
    """The sources' events, each source's in order, by turns."""
    left = {source: iter(events) for source, events in HISTORIES.items()}
    return [next(left[source]) for source in turns]


def digests(events: Sequence[Recorded[Any]]) -> dict[str, str]:
    """A digest of every fact."""
    return {fact: digest(rows) for fact, rows in rows_after(events).items()}


IN_A_ROW = digests(interleaved(TURNS))


@given(st.permutations(TURNS))
def test_facts_are_the_same_however_the_sources_interleave(turns: list[str]) -> None:
    assert digests(interleaved(turns)) == IN_A_ROW


def test_every_fact_is_touched_by_these_histories() -> None:
    assert set(IN_A_ROW.values()) & {digest({})} == set()


def test_a_planted_fact_that_listens_to_two_sources_depends_on_their_order() -> None:
    def evolve(row: Row, event: Happening[Any]) -> None:
        row.lab = type_of(type(event.data)).owner

    union = OfferEvent | OrganisationEvent
    both = fact(Row, name="planted", version=1, on=union, evolve=evolve, keys=lambda _: ("one",))
    with pytest.raises(ValueError, match="too many values"):
        source_of(both)

    def folded(events: Sequence[Recorded[Any]]) -> object:
        fold = Fold([both])
        fold.take(events)
        return fold.documents

    assert folded(interleaved(TURNS)) != folded(interleaved(TURNS[::-1]))


def test_events_of_one_source_do_depend_on_their_order() -> None:
    first = happened(BEGIN, *EXAMPLES[OFFER.on[0]])
    assert rows_after([first]) == rows_after([replace(first, position=9)])
    ended = happened(BEGIN, *EXAMPLES[OFFER.on[-1]])
    assert rows_after([first, ended]) != rows_after([ended, first])
