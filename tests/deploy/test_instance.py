"""How do the parts of an instance stand together, and what if one of them is away?"""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.city import CITIES, load_city
from deploy.instance import Instance, SettableClock, open_bus
from deploy.launch import application_of, health_of
from deploy.running import AlreadyRunning, alone
from deploy.stores import NotMigrated
from deploy.supervision import Supervised
from shared.bus.amqp import AmqpBus
from shared.bus.memory import MemoryBus
from shared.eventlog.port import CursorMoved
from shared.events.codec import decode
from shared.service.feeds import HttpFeed, LogFeed
from shared.service.settings import BadSetting
from tests.deploy.desk import Desk, register
from tests.servers.ports import free_port

NOON = datetime(2018, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def instance(desk: Desk) -> Iterator[Instance]:
    """A city in which nothing has happened yet."""
    opened = desk.open()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Europe/Berlinn", "There is no such time zone"),
        ("../wuppertal", "There is no such time zone"),
        ("America/New_York", "behind UTC"),
        ("Europe/Kyiv", "a city in Europe/Kyiv needs a process of its own"),
    ],
)
def test_a_city_lies_in_a_time_zone_that_there_is_and_a_process_serves_one(
    desk: Desk, tmp_path: Path, zone: str, says: str
) -> None:
    described = (CITIES / "wuppertal.toml").read_text(encoding="utf-8").replace("Europe/Berlin", zone)
    (tmp_path / "elsewhere.toml").write_text(described, encoding="utf-8")
    with pytest.raises(BadSetting, match=says):
        Instance(load_city(str(tmp_path / "elsewhere.toml")), desk.settings(), bus=MemoryBus())


def test_a_settable_clock_shows_the_real_time_until_it_is_set() -> None:
    clock = SettableClock(lambda: NOON)
    assert clock() == NOON
    clock.set(NOON.replace(year=2016))
    assert clock().year == 2016
    clock.set(None)
    assert clock() == NOON


def test_the_instances_clock_is_that_of_its_logs(instance: Instance) -> None:
    instance.now.set(NOON)
    register(instance, "Bäckerei Blau")
    (record,) = instance.feed_of("actors").read(0, 1)
    assert decode(record).recorded_at == NOON


def test_what_follows_from_an_event_has_happened_once_the_instance_is_settled(instance: Instance) -> None:
    register(instance, "Bäckerei Blau")
    assert instance.settle() > 0
    assert instance.settle() == 0
    reporting = instance.units["reporting"]
    assert reporting.store.history.positions() == {"actors": 1}
    assert reporting.facts is not None
    assert reporting.facts.projection.positions()["actors"] == 1


def test_settling_goes_on_when_a_running_instance_moves_a_cursor_meanwhile(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(instance, "Bäckerei Blau")
    projector = instance.units["actors"].projector
    step, calls = projector.step, iter((CursorMoved("views:actors is at 1, not 0"),))

    def step_beside_another() -> int:
        for error in calls:
            raise error
        return step()

    monkeypatch.setattr(projector, "step", step_beside_another)
    instance.settle()
    assert instance.units["actors"].projection.position("actors") == 1


def test_a_process_that_only_answers_needs_no_broker_and_no_feeds_and_only_watches(desk: Desk) -> None:
    settings = desk.settings(KOSILAB_AMQP_URL=f"amqp://127.0.0.1:{free_port()}/")
    edge = Instance(load_city("wuppertal"), settings, services=["marketplace"], works=False)
    assert [loop.name for loop in edge.loops] == ["marketplace watch"]
    assert edge.units["marketplace"].inbox is None
    edge.close()


def test_a_worker_starts_while_the_broker_is_away(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    settings = desk.settings(KOSILAB_AMQP_URL=f"amqp://127.0.0.1:{free_port()}/")
    worker = Instance(load_city("wuppertal"), settings)
    assert "marketplace inbox" in {loop.name for loop in worker.loops}
    assert "broker_absent" in "".join(capsys.readouterr())
    worker.close()


def test_a_service_alone_is_told_where_the_others_answer(desk: Desk) -> None:
    with pytest.raises(BadSetting, match="set KOSILAB_ACTORS_URL"):
        Instance(load_city("wuppertal"), desk.settings(), services=["employment"], bus=MemoryBus())
    settings = desk.settings(
        KOSILAB_MARKETPLACE_URL="http://127.0.0.1:1", KOSILAB_ACTORS_URL="http://127.0.0.1:1"
    )
    alone_here = Instance(load_city("wuppertal"), settings, services=["employment"], bus=MemoryBus())
    assert isinstance(alone_here.feed_of("marketplace"), HttpFeed)
    assert isinstance(alone_here.feed_of("employment"), LogFeed)
    alone_here.close()


def test_the_bus_is_what_the_url_says(desk: Desk) -> None:
    assert isinstance(open_bus(desk.settings()), MemoryBus)
    assert isinstance(open_bus(desk.settings(KOSILAB_AMQP_URL="amqps://broker/city")), AmqpBus)
    with pytest.raises(BadSetting, match="begins with memory://"):
        open_bus(desk.settings(KOSILAB_AMQP_URL="redis://broker"))


def test_only_one_embedded_instance_runs_on_the_same_files(desk: Desk) -> None:
    with alone(desk.folder), pytest.raises(AlreadyRunning, match="stop it, or name another directory"):
        alone(desk.folder).__enter__()
    with alone(desk.folder):
        pass


@pytest.mark.needs_postgres
def test_a_server_that_was_not_migrated_is_refused(desk: Desk, postgres_url: str) -> None:
    settings = desk.settings(KOSILAB_ACTORS_DATABASE_URL=postgres_url)
    with pytest.raises(NotMigrated, match="run `kosilab migrate` first"):
        Instance(load_city("wuppertal"), settings, services=["actors"], works=False)


def test_readiness_and_figures_say_what_is_behind_parked_and_stopped(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from werkzeug.test import Client

    assert Client(application_of(instance)).get("/readyz").status_code == 200
    client = Client(health_of(instance))
    register(instance, "Bäckerei Blau", "Lesebrücke")
    instance.units["marketplace"].projector.failed = LookupError()
    monkeypatch.setattr("deploy.readiness.FAR_BEHIND", 1)
    health = client.get("/readyz?verbose").text
    assert "[-]marketplace.projector: stopped: LookupError" in health
    assert "[-]actors.views: the views are 2 events behind" in health
    assert "[-]actors.broker: 2 events wait for the broker" in health
    figures = client.get("/metrics").text
    assert 'kosilab_relay_lag{service="actors"} 2.0' in figures
    assert 'kosilab_loop_failed{loop="marketplace projector"} 1.0' in figures
    assert 'kosilab_parked{service="actors",state="failed"} 0.0' in figures
    assert "kosilab_unrouted 0.0" in figures


def test_a_worker_answers_for_its_health_and_nothing_else(instance: Instance) -> None:
    from werkzeug.test import Client

    client = Client(health_of(instance))
    asked = ("/livez", "/readyz", "/metrics", "/actors/organisations", "/")
    assert [client.get(path).status_code for path in asked] == [200, 200, 200, 404, 404]


class Stumbling:
    """A loop that fails twice and then goes on until told to stop."""

    name = "stumbling"

    def __init__(self) -> None:
        self.n_runs = 0

    def run(self, stopping: threading.Event) -> None:
        self.n_runs += 1
        if self.n_runs <= 2:
            raise LookupError
        stopping.set()


def test_a_loop_that_ends_by_a_failure_is_started_again_and_said_to_have_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("deploy.supervision.FIRST_PAUSE_S", 0.0)
    loop = Supervised(Stumbling())
    failures = [loop.failed]
    loop.run(threading.Event())
    failures.append(loop.failed)
    monkeypatch.setattr("deploy.supervision.WELL_AFTER_S", 0.0)
    failures.append(loop.failed)
    assert [type(failure).__name__ for failure in failures] == ["NoneType", "LookupError", "NoneType"]
    assert loop.n_failures == 2
