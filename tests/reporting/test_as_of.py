"""Can any past state of knowledge be asked again, with the same figures and the same digest?"""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.answers import Asked
from services.reporting.app import REPORTING
from services.reporting.as_of import difference, facts_as_of, figures_as_of, manifest
from services.reporting.cutoff import BadCutoff, Cutoff
from services.reporting.indicators.catalogue import INDICATORS
from shared.kernel.recorded import Happening, Recorded
from shared.service.folding import Page
from tests.reporting.histories import happened, rows_after
from tests.shared.events.examples import EXAMPLES

NOW = datetime(2030, 1, 1, tzinfo=UTC)
FIRST = date(2026, 1, 1)
FACTS = REPORTING.facts


def everything() -> dict[str, list[Recorded[Any]]]:
    """An example of every event, by source, a day apart, in the order of the examples."""
    histories: dict[str, list[Recorded[Any]]] = {"actors": [], "marketplace": [], "employment": []}
    for number, (stream, event) in enumerate(EXAMPLES.values()):
        recorded = happened(FIRST + timedelta(days=number), stream, event)
        if recorded.service in histories:
            histories[recorded.service].append(recorded)
    return histories


class Told:
    """A history in memory: every event was recorded when it happened."""

    def __init__(self, events: dict[str, list[Recorded[Any]]]) -> None:
        self._events = events

    def last(self, source: str) -> int:
        """How many there are."""
        return len(self._events[source])

    def last_recorded_before(self, source: str, at: datetime) -> int:
        """How many were recorded before."""
        return sum(event.recorded_at < at for event in self._events[source])

    def record(self, source: str, position: int) -> bytes | None:
        """Records are not kept here."""
        del source, position
        return None

    def pages(self, source: str, types: Collection[str], *, after: int, upto: int) -> Iterator[Page]:
        """One by one."""
        for event in self._events[source][after:upto]:
            yield partial(list[Happening[Any]], (event,) if event.type in types else ())


EVENTS = everything()
ALL = [event for events in EVENTS.values() for event in events]
HISTORY = Told(EVENTS)


@given(st.integers(0, len(EXAMPLES) + 3))
def test_recorded_before_is_the_prefix_of_what_was_known(days: int) -> None:
    at = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=days)
    expected = [event for event in ALL if event.recorded_at < at]
    assert facts_as_of(HISTORY, Cutoff(recorded_before=at), FACTS).rows_by_fact == rows_after(expected)


@given(st.sampled_from(["actors", "marketplace", "employment"]), st.integers(0, 100))
def test_a_position_is_the_prefix_of_one_log(source: str, position: int) -> None:
    expected = [*(event for event in ALL if event.service != source), *EVENTS[source][:position]]
    assert facts_as_of(HISTORY, Cutoff(positions={source: position}), FACTS).rows_by_fact == rows_after(
        expected
    )


def test_effective_at_counts_what_had_happened_however_late_it_was_learnt() -> None:
    at = datetime(2026, 2, 1, tzinfo=UTC)
    late = Told({source: [_learnt_late(event) for event in events] for source, events in EVENTS.items()})
    was = [event for event in ALL if event.time < at]
    assert facts_as_of(late, Cutoff(effective_at=at), FACTS).rows_by_fact == rows_after(was)
    assert facts_as_of(late, Cutoff(recorded_before=at), FACTS).rows_by_fact == {
        fact.name: {} for fact in FACTS
    }


def _learnt_late(event: Recorded[Any]) -> Recorded[Any]:
    return Recorded(**{name: getattr(event, name) for name in event.__slots__} | {"recorded_at": NOW})


def test_the_same_inputs_give_the_same_digest_and_others_another() -> None:
    def digest(cutoff: Cutoff) -> str:
        answers = figures_as_of(HISTORY, cutoff, INDICATORS, Asked(by="year", full=True), NOW)
        return str(manifest(HISTORY, cutoff, answers, NOW)["digest"])

    whole, earlier = Cutoff(), Cutoff(positions={"marketplace": 5})
    assert digest(whole) == digest(whole)
    assert digest(whole) != digest(earlier)


def test_a_manifest_names_logs_positions_code_and_definitions() -> None:
    answers = figures_as_of(HISTORY, Cutoff(), ["agreements_sealed"], Asked(), NOW)
    document = manifest(HISTORY, Cutoff(), answers, NOW)
    assert document["positions"] == {source: len(events) for source, events in EVENTS.items()}
    assert document["definitions"] == {"agreements_sealed": answers[0]["version"]}
    assert set(document["logs"]) == set(EVENTS)


def test_the_difference_of_two_cutoffs_names_what_changed_and_nothing_else() -> None:
    asked = Asked(full=True)
    whole = figures_as_of(HISTORY, Cutoff(), INDICATORS, asked, NOW)
    nothing = figures_as_of(
        HISTORY, Cutoff(recorded_before=datetime(2020, 1, 1, tzinfo=UTC)), INDICATORS, asked, NOW
    )
    assert difference(whole, whole) == []
    changed = {row["indicator"]: row for row in difference(nothing, whole) if row["part"] == "value"}
    assert (changed["agreements_sealed"]["earlier"], changed["agreements_sealed"]["later"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "cutoff"),
    [
        ("2018-12-31", Cutoff(recorded_before=datetime(2018, 12, 30, 23, tzinfo=UTC))),
        ("2018-12-31T12:00:00+01:00", Cutoff(recorded_before=datetime(2018, 12, 31, 11, tzinfo=UTC))),
        ("effective:2018-07-01", Cutoff(effective_at=datetime(2018, 6, 30, 22, tzinfo=UTC))),
        ("marketplace:57,actors:3", Cutoff(positions={"marketplace": 57, "actors": 3})),
    ],
)
def test_a_cutoff_is_read_from_a_parameter(text: str, cutoff: Cutoff) -> None:
    assert Cutoff.read(text) == cutoff


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2018-12-31T12:00:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "reporting:5",
        "marketplace:x",
        "2018-02-30",
    ],
)
def test_what_is_no_cutoff_is_refused_with_how_one_is_written(text: str) -> None:
    with pytest.raises(BadCutoff, match="<service>:<position>"):
        Cutoff.read(text)


DIGEST = """
from zoneinfo import ZoneInfo
from shared.kernel.city_day import serve_city_in
serve_city_in(ZoneInfo("Europe/Berlin"))
from tests.reporting.test_as_of import HISTORY, INDICATORS, NOW, Asked, Cutoff, figures_as_of, manifest
answers = figures_as_of(HISTORY, Cutoff(), INDICATORS, Asked(by="month", full=True), NOW)
print(manifest(HISTORY, Cutoff(), answers, NOW)["digest"])
"""


def test_the_digest_does_not_depend_on_hash_seed_locale_or_time_zone() -> None:
    around = (
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "Pacific/Chatham", "LC_ALL": "de_DE.UTF-8"},
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", DIGEST], env=os.environ | env, check=True, capture_output=True, text=True
        ).stdout
        for env in around
    ]
    assert answers[0] == answers[1] != ""


@pytest.mark.parametrize(
    ("cutoff", "now", "today"),
    [
        (Cutoff(), datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 1, 1)),
        (Cutoff.read("2018-12-31"), NOW, date(2018, 12, 31)),
        (Cutoff.read("effective:2018-07-01T22:30:00Z"), NOW, date(2018, 7, 2)),
    ],
)
def test_the_day_that_decides_which_cohorts_are_mature_is_the_citys(
    cutoff: Cutoff, now: datetime, today: date
) -> None:
    assert cutoff.today(now) == today
