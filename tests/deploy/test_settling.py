"""Does a command that works beside a running city come to its end, and let the city do its own work?"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.instance import Instance
from deploy.intake.apply import import_file
from shared.eventlog.port import CursorMoved, LogUnavailable
from shared.eventlog.sql import engines
from shared.eventlog.store import SqlStore
from shared.service.app import App
from tests.beside.city import offers_file, organisations_file
from tests.deploy.desk import Desk, register

MANY = 300
"""More steps than a command may take to see that others are at work."""


def test_it_ends_though_the_city_beside_it_writes_on_and_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, beside = desk.open(), desk.open()
    steps: Iterator[int] = iter(range(MANY))

    def step_of_the_city() -> int:
        number = next(steps, None)
        assert number is not None, "it goes on for ever"
        register(city, f"Verein {number}")
        city.settle()
        raise CursorMoved("views:actors")

    monkeypatch.setattr(beside.units["actors"].projector, "step", step_of_the_city)
    register(beside, "Bäckerei Blau")
    beside.settle()
    assert city.units["reporting"].store.history.positions()["actors"] > 0
    city.close()
    beside.close()


def test_what_nobody_does_it_does_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = desk.open()
    step, calls = beside.units["actors"].projector.step, iter((1,))

    def overtaken_once() -> int:
        for _ in calls:
            raise CursorMoved("views:actors")
        return step()

    monkeypatch.setattr(beside.units["actors"].projector, "step", overtaken_once)
    register(beside, "Bäckerei Blau")
    beside.settle()
    assert beside.units["reporting"].store.history.positions() == {"actors": 1}
    beside.close()


def test_an_import_knows_what_was_imported_right_before_it_though_the_city_lags(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lagging = desk.open()
    with monkeypatch.context() as patched:
        patched.setattr(lagging, "settle", lambda **_: 0)
        patched.setattr(lagging, "settle_views", lambda: None)
        import_file(lagging, organisations_file(tmp_path), None)
    beside = desk.open()
    step, calls = beside.units["actors"].projector.step, iter((1,))

    def overtaken_once() -> int:
        for _ in calls:
            raise CursorMoved("views:actors")
        return step()

    monkeypatch.setattr(beside.units["actors"].projector, "step", overtaken_once)
    report = import_file(beside, offers_file(tmp_path, 1), None)
    assert (report.n_new, report.rejected) == (20, [])
    lagging.close()
    beside.close()


def test_only_the_thread_waits_for_another_process_that_writes_to_the_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = desk.open()
    store: SqlStore = instance.units["actors"].store
    other = sqlite3.connect(desk.settings().database_url("actors").removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")
    n_waits: list[float] = []

    def others_run(seconds: float) -> None:
        n_waits.append(seconds)
        if len(n_waits) == 3:
            other.commit()

    monkeypatch.setattr(engines, "WAIT_S", 5)
    monkeypatch.setattr(engines, "sleep", others_run, raising=False)
    register(instance, "Bäckerei Blau")
    assert store.log.head().position == 1
    assert n_waits == [engines.AGAIN_S] * 3
    other.close()
    instance.close()


def test_a_file_that_is_never_free_is_an_outage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = desk.open()
    other = sqlite3.connect(desk.settings().database_url("actors").removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(engines, "WAIT_S", 0)
    with pytest.raises(LogUnavailable, match="locked"):
        register(instance, "Bäckerei Blau")
    other.close()
    instance.close()


def test_an_import_that_stops_says_how_far_it_came_and_goes_on_there(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.call("import", str(organisations_file(tmp_path))).code == 0
    offers, handle, n_handled = str(offers_file(tmp_path, 1)), App.handle, 0

    def breaks_off(app: App, *arguments: Any, **named: Any) -> Any:
        nonlocal n_handled
        n_handled += 1
        if n_handled > 7:
            raise LogUnavailable("the disk is gone")
        return handle(app, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(App, "handle", breaks_off)
        stopped = desk.call("import", offers)
    assert stopped.code == 1
    assert "stopped after 7 of 20 rows. Import the same file again" in stopped.err
    assert "the disk is gone" in stopped.err
    again = desk.call("import", offers, "--json").data
    assert (again["n_new"], again["n_unchanged"]) == (13, 7)
    assert desk.call("import", offers, "--json").data["n_unchanged"] == 20
    instance: Instance = desk.open()
    assert instance.units["marketplace"].store.log.head().position == 20
    instance.close()
