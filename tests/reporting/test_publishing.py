"""When is a state of the figures published: once, of complete months only, kept for ever, and computed again alike?"""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from deploy.history.releases import checked_releases
from services.reporting.answers import Asked
from services.reporting.disclosure.state import CellKey, State, digest_of
from services.reporting.history import StoredHistory
from services.reporting.releases.child import Job, Place, compute
from services.reporting.releases.figures import NotPublished, PublishedFigures
from services.reporting.releases.kept import KeptReleases
from services.reporting.releases.making import computed_again
from services.reporting.releases.months import first_end, month_ends, nearest_period, period_of
from services.reporting.releases.publishing import Publishing
from services.reporting.releases.release import About, Release
from shared.eventlog.store import SqlStore
from shared.kernel.city_day import today_in_the_city
from shared.service import clock
from tests.edge.door import Door
from tests.reporting.city import history, recorded_in
from tests.reporting.publishing import next_month, publish


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city with some history, of which nothing is published."""
    opened = Door(tmp_path_factory.mktemp("releases"))
    recorded_in(opened, history())
    yield opened
    opened.instance.close()


def publishing_of(door: Door) -> Publishing:
    publishing = door.instance.units["reporting"].publishing
    assert publishing is not None
    return publishing


def planted_release(on: date, value: int) -> Release:
    key = CellKey("agreements_sealed", 1, "all")
    state = State(on=on, policy="1", cells={key: {"value": value}}, since={key: on})
    about = About(
        on=on,
        policy="1",
        digest=digest_of(state),
        n_cells=1,
        positions={"marketplace": value},
        definitions={"agreements_sealed": 1},
    )
    return Release(about=about, state=state)


def announced(door: Door) -> list[dict[str, object]]:
    events = [json.loads(record) for record in door.records("reporting")]
    return [event["data"] for event in events if ".ReportReleased." in event["type"]]


def test_a_month_is_published_once_and_only_when_it_is_over(door: Door) -> None:
    publishing = publishing_of(door)
    assert publishing.step(clock.now()) == 0, "the month is not over"
    assert publish(door) == 1
    assert publish(door) == 0
    (event,) = announced(door)
    (about,) = publishing.kept.listed()
    assert event["on"] == first_end(today_in_the_city(clock.now())).isoformat()
    assert (event["digest"], event["n_cells"]) == (about.digest, about.n_cells)
    assert {each["service"]: each["position"] for each in event["positions"]} == about.positions  # type: ignore[attr-defined]  # a list


def test_a_state_is_computed_again_from_history_with_the_same_digest(door: Door) -> None:
    publish(door)
    assert publishing_of(door).step(next_month() + timedelta(days=62)) == 2
    kept, past = (
        KeptReleases(door.instance.units["reporting"].store),
        StoredHistory(door.instance.units["reporting"].store),
    )
    again = [
        (release.about.digest, digest_of(state)) for release, state in computed_again(past, kept.every())
    ]
    assert len(again) == 3
    assert all(published == computed for published, computed in again)
    _, second, _ = kept.states()
    assert set(second.since.values()) == {second.on}, (
        "nothing happened: every figure is that of the new state"
    )


def test_an_auditor_compares_every_state_with_history_and_the_log(door: Door) -> None:
    publish(door)
    (about,) = publishing_of(door).kept.listed()
    (line,) = checked_releases(door.instance)
    assert (line.on, line.digest, line.finding) == (about.on, about.digest, "OK")
    store = door.instance.units["reporting"].store
    with store.transaction() as tx:
        tx.execute(text("UPDATE history SET record = replace(record, 'helping_hands', 'goods')"))
        tx.execute(text("DELETE FROM history WHERE source = 'marketplace' AND position > 20"))
    (line,) = checked_releases(door.instance)
    assert line.finding == "history gives other figures"


class Ahead:
    """A feed that has what history lacks."""

    def __init__(self, records: list[bytes]) -> None:
        self._records = records

    def read(self, after: int, limit: int) -> list[bytes]:
        """What follows, wherever history stands."""
        del after
        return self._records[:limit]


def test_a_state_waits_for_what_a_service_recorded_in_its_month(door: Door) -> None:
    unit, place = door.instance.units["reporting"], publishing_of(door).place
    waiting = Publishing(unit.app, unit.store, {"actors": Ahead(door.records("actors")[-1:])}, place)
    assert waiting.step(next_month()) == 0
    caught_up = Publishing(unit.app, unit.store, {"actors": Ahead([])}, place)
    assert caught_up.step(next_month()) == 1


def test_what_was_kept_but_not_announced_is_announced_later(door: Door) -> None:
    unit = door.instance.units["reporting"]
    publishing = publishing_of(door)
    end = first_end(today_in_the_city(clock.now()))
    compute(Job(place=publishing.place, ends=(end,)))
    assert announced(door) == []
    assert publish(door) == 0
    assert [event["on"] for event in announced(door)] == [end.isoformat()]
    compute(Job(place=publishing.place, ends=(end,)))
    assert KeptReleases(unit.store).days() == [end]


def test_two_processes_do_not_publish_at_once(door: Door) -> None:
    unit, place = door.instance.units["reporting"], publishing_of(door).place
    first, second = (Publishing(unit.app, unit.store, {}, place) for _ in range(2))
    assert first.step(next_month()) == 1
    assert second.step(next_month() + timedelta(minutes=1)) == 0
    later = next_month() + timedelta(days=31)
    assert first.step(later) == 1
    assert second.step(later + timedelta(days=31)) == 1, "the lease is over"


def test_a_state_is_kept_once_and_read_as_it_was_kept(store: SqlStore) -> None:
    kept = KeptReleases(store)
    first, second = planted_release(date(2025, 11, 30), 7), planted_release(date(2025, 12, 31), 12)
    for release in (first, second, planted_release(date(2025, 12, 31), 99)):
        kept.keep(release)
    assert kept.days() == [date(2025, 11, 30), date(2025, 12, 31)]
    assert list(kept.every()) == [first, second]
    assert kept.of(date(2025, 12, 31)) == second
    assert kept.of(date(2025, 12, 30)) is None
    assert kept.listed() == [first.about, second.about]


def test_an_older_state_answers_by_the_definition_it_was_computed_by() -> None:
    figures = PublishedFigures(planted_release(date(2025, 12, 31), 12))
    assert figures.figure("agreements_sealed", Asked())["result"] == {"value": 12}
    assert [answer["name"] for answer in figures.every()] == ["agreements_sealed"]
    with pytest.raises(NotPublished, match="version 1 of this definition"):
        figures.figure("agreements_sealed", Asked(version=2))
    with pytest.raises(NotPublished, match="no such figure"):
        figures.figure("redemption_rate", Asked())


def test_a_changed_state_is_not_shown(door: Door) -> None:
    publish(door)
    store = door.instance.units["reporting"].store
    (day,) = KeptReleases(store).days()
    with store.transaction() as tx:
        tx.execute(text('UPDATE release SET about = replace(about, \'"policy":"\', \'"policy":"x\')'))
    with pytest.raises(ValueError, match="digest differs"):
        KeptReleases(store).of(day)


@pytest.mark.apart
def test_a_process_of_its_own_computes_while_the_city_answers(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = next_month()
    monkeypatch.setattr("shared.service.clock.now", lambda: moment)
    publishing, stopping = publishing_of(door), threading.Event()
    monkeypatch.setattr(publishing, "rest", lambda _: stopping.set())
    publishing.run(stopping)
    assert publishing.failed is None
    assert len(announced(door)) == 1


@pytest.mark.needs_postgres
def test_states_are_computed_beside_a_server_too(fresh_postgres_url: str, door: Door) -> None:
    zone = publishing_of(door).place.zone
    place = Place(database_url=fresh_postgres_url, city_key="05124000", zone=zone)
    compute(Job(place=place, ends=(date(2025, 11, 30), date(2025, 12, 31))))
    store = SqlStore.open(fresh_postgres_url, service="reporting", city_key="05124000", clock=clock.now)
    first, second = KeptReleases(store).states()
    assert (first.on, set(second.since.values())) == (date(2025, 11, 30), set(first.since.values()))
    store.close()


# --- the calendar -----------------------------------------------------------------------------------------
def test_complete_months_end_before_today() -> None:
    assert list(month_ends(date(2018, 11, 30), date(2019, 2, 1))) == [
        date(2018, 11, 30),
        date(2018, 12, 31),
        date(2019, 1, 31),
    ]
    assert list(month_ends(date(2019, 2, 1), date(2019, 2, 28))) == []


@pytest.mark.parametrize(
    ("begins", "ends", "period"),
    [
        (date.min, date.max, "all"),
        (date(2018, 1, 1), date(2018, 12, 31), "2018"),
        (date(2018, 4, 1), date(2018, 6, 30), "2018-Q2"),
        (date(2020, 2, 1), date(2020, 2, 29), "2020-02"),
        (date(2020, 2, 1), date(2020, 2, 28), None),
        (date(2018, 1, 1), date(2019, 12, 31), None),
        (date(2018, 1, 1), date.max, None),
    ],
)
def test_a_cell_is_a_year_a_quarter_or_a_month(begins: date, ends: date, period: str | None) -> None:
    assert period_of(begins, ends) == period


@pytest.mark.parametrize(
    ("begins", "ends", "period"),
    [
        (date(2024, 1, 1), date(2025, 3, 2), "2024"),
        (date(2024, 1, 1), date(2024, 3, 2), "2024-Q1"),
        (date(2024, 3, 3), date(2024, 3, 3), "2024-03"),
        (date.min, date(2024, 3, 2), "2024-03"),
        (date(2031, 1, 1), date.max, "2026-10"),
    ],
)
def test_the_nearest_cell_holds_what_was_asked_where_it_can(begins: date, ends: date, period: str) -> None:
    assert nearest_period(begins, ends, date(2026, 10, 31)) == period


def test_there_is_no_state_before_anything_happened(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = Door(tmp_path_factory.mktemp("empty"))
    assert publishing_of(empty).step(datetime(2031, 1, 1, tzinfo=UTC)) == 0
    empty.instance.close()
