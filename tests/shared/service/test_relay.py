"""Does the relay bring every record to the broker, in order, and never say so too early?"""

import threading
from collections.abc import Iterator, Sequence

import pytest

from shared.bus.port import BusUnavailable, Delivery, Message
from shared.bus.topology import BEACON, beacon_key
from shared.eventlog.port import CursorMoved, LogUnavailable
from shared.service import clock
from shared.service import relay as relay_module
from shared.service.relay import CURSOR, WINDOW, Relay
from tests.servers import until
from tests.shared.service.board import SEAL, Source, at_work
from tests.shared.service.wires import TroubledBus


@pytest.fixture
def bus() -> TroubledBus:
    """A bus on which reporting listens to actors."""
    made = TroubledBus()
    made.declare("reporting", ["actors"])
    return made


@pytest.fixture
def relay(actors: Source, bus: TroubledBus) -> Iterator[Relay]:
    """The relay of actors."""
    made = Relay(actors.log, bus, SEAL)
    yield made
    made.close()


def arrived(bus: TroubledBus) -> list[Message]:
    """What lies in reporting's inbox, taken out of it."""
    taken: list[Delivery] = []
    bus.consume("reporting", taken.append, timeout=0, limit=10_000)
    for delivery in taken:
        delivery.ack()
    return [delivery.message for delivery in taken]


def numbers(messages: Sequence[Message]) -> list[int]:
    """The positions of the events in these messages."""
    return [int(message.message_id.rpartition("-")[2]) for message in messages]


def test_it_publishes_each_record_byte_for_byte_under_its_key(
    relay: Relay, bus: TroubledBus, actors: Source
) -> None:
    actors.says(1)
    actors.says(2, audience="internal")
    assert relay.step() == 2
    assert arrived(bus) == actors.messages()
    assert [message.routing_key for message in actors.messages()] == [
        "open.actors.OrganisationRegistered",
        "internal.actors.OrganisationRegistered",
    ]
    assert relay.position == 2


def test_while_it_is_held_neither_records_nor_beacons_go_out(bus: TroubledBus, actors: Source) -> None:
    held = [True]
    relay = Relay(actors.log, bus, SEAL, lambda: bool(held))
    actors.says(1)
    assert (relay.step(), relay.beacon()) == (0, False)
    assert (arrived(bus), relay.position) == ([], 0)
    held.clear()
    assert relay.step() == 1
    assert arrived(bus) == actors.messages()
    relay.close()


def test_an_empty_log_publishes_nothing(relay: Relay, bus: TroubledBus) -> None:
    assert relay.step() == 0
    assert (arrived(bus), bus.n_connections) == ([], 0)


def test_a_long_log_goes_out_window_by_window_on_one_connection(
    relay: Relay, bus: TroubledBus, actors: Source
) -> None:
    actors.says(*range(1, WINDOW + 6))
    assert [relay.step(), relay.step(), relay.step()] == [WINDOW, 5, 0]
    assert numbers(arrived(bus)) == list(range(1, WINDOW + 6))
    assert bus.n_connections == 1


def test_the_cursor_never_moves_before_the_confirm(relay: Relay, bus: TroubledBus, actors: Source) -> None:
    positions: list[int] = []
    bus.watch = lambda _: positions.append(relay.position)
    actors.says(1, 2)
    relay.step()
    actors.says(3)
    relay.step()
    assert positions == [0, 2]


def test_what_no_confirm_came_for_is_published_again(relay: Relay, bus: TroubledBus, actors: Source) -> None:
    actors.says(1, 2, 3)
    bus.plan.append(0)
    with pytest.raises(BusUnavailable):
        relay.step()
    assert relay.position == 0
    assert relay.step() == 3
    assert relay.position == 3
    assert numbers(arrived(bus)) == [1, 2, 3, 1, 2, 3]


def test_the_cursor_moves_over_the_confirmed_ones_only(
    relay: Relay, bus: TroubledBus, actors: Source
) -> None:
    actors.says(1, 2, 3, 4, 5)
    bus.plan.extend([2, 1])
    assert [relay.step(), relay.position] == [2, 2]
    assert [relay.step(), relay.position] == [1, 3]
    assert [relay.step(), relay.position] == [2, 5]
    assert numbers(arrived(bus))[-2:] == [4, 5]


def test_a_crash_between_confirm_and_cursor_publishes_again(
    relay: Relay, bus: TroubledBus, actors: Source
) -> None:
    actors.says(1, 2)
    bus.watch = lambda _: actors.log.move_cursor(CURSOR, expected=relay.position, to=relay.position + 1)
    with pytest.raises(CursorMoved):
        relay.step()
    bus.watch = lambda _: None
    assert relay.step() == 1
    assert numbers(arrived(bus)) == [1, 2, 2]


def test_a_broken_connection_is_replaced(relay: Relay, bus: TroubledBus, actors: Source) -> None:
    actors.says(1)
    bus.plan.append(0)
    with pytest.raises(BusUnavailable):
        relay.step()
    relay.step()
    assert bus.n_connections == 2


def test_a_beacon_names_the_last_position_of_each_audience(
    relay: Relay, bus: TroubledBus, actors: Source
) -> None:
    actors.says(1, 2)
    actors.says(3, audience="internal")
    relay.step()
    arrived(bus)
    assert relay.beacon()
    assert [(message.routing_key, message.body) for message in arrived(bus)] == [
        (beacon_key("actors", "internal"), b"3"),
        (beacon_key("actors", "open"), b"2"),
    ]


def test_no_beacon_names_what_is_not_published_yet(relay: Relay, bus: TroubledBus, actors: Source) -> None:
    actors.says(1)
    relay.step()
    actors.says(2)
    assert not relay.beacon()
    assert numbers(arrived(bus)) == [1]


def test_an_empty_log_has_no_beacon(relay: Relay, bus: TroubledBus) -> None:
    relay.beacon()
    assert arrived(bus) == []


def test_a_beacon_that_is_not_confirmed_is_none(relay: Relay, bus: TroubledBus, actors: Source) -> None:
    actors.says(1)
    actors.says(2, audience="internal")
    relay.step()
    bus.plan.append(1)
    assert not relay.beacon()


@pytest.fixture
def running(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The relay at work, with short pauses."""
    monkeypatch.setattr(relay_module, "POLL_S", 0.01)
    monkeypatch.setattr(relay_module, "LONGEST_PAUSE_S", 0.02)
    monkeypatch.setattr(relay_module, "BEACON_S", 0.02)
    with at_work(relay):
        yield


def test_it_follows_the_log_until_told_to_stop(running: None, relay: Relay, actors: Source) -> None:
    actors.says(1, 2)
    until(lambda: relay.position == 2, "the relay has come to 2")
    actors.says(3)
    until(lambda: relay.position == 3, "the relay has come to 3")


def test_what_was_published_since_the_cursor_moved_is_noted_when_it_stops(
    relay: Relay, bus: TroubledBus, actors: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "SETTLE_S", 1e9)
    stopping, positions = threading.Event(), list[int]()

    def watch(_: Sequence[Message]) -> None:
        positions.append(relay.position)
        if len(positions) == 1:
            actors.says(2)
        else:
            stopping.set()

    bus.watch = watch
    actors.says(1)
    relay.run(stopping)
    assert positions[:2] == [0, 1]
    assert relay.position == 2


def test_it_goes_on_where_it_was_when_the_broker_is_back(
    running: None, relay: Relay, bus: TroubledBus, actors: Source
) -> None:
    actors.says(1)
    until(lambda: relay.position == 1, "the relay has come to 1")
    bus.is_away = True
    actors.says(2, 3)
    until(lambda: relay.n_failures > 1, "the relay has met the trouble")
    assert relay.position == 1
    bus.is_away = False
    until(lambda: relay.position == 3, "the relay has come to 3")
    events = [message for message in arrived(bus) if message.message_id.startswith("actors-event")]
    assert numbers(events) == [1, 2, 3]


def test_it_goes_on_when_the_database_is_back(
    running: None, relay: Relay, actors: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise LogUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(actors.log, "read", away)
        actors.says(1)
        until(lambda: relay.n_failures > 1, "the relay has met the trouble")
    until(lambda: relay.position == 1, "the relay has come to 1")


def test_it_repeats_the_beacon_of_a_quiet_log(
    running: None, relay: Relay, bus: TroubledBus, actors: Source
) -> None:
    actors.says(1)
    beacons: list[bytes] = []

    def has_come_thrice() -> bool:
        beacons.extend(m.body for m in arrived(bus) if m.routing_key == beacon_key("actors", "open"))
        return len(beacons) >= 3

    until(has_come_thrice, "the beacon came three times")
    assert set(beacons) == {b"1"}


def test_a_quiet_log_repeats_its_beacon_ever_more_rarely_until_the_next_record(
    relay: Relay, bus: TroubledBus, actors: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    monkeypatch.setattr(relay_module, "POLL_S", 0.001)
    stopping = threading.Event()

    def beacons_until(end: float) -> list[float]:
        nonlocal now
        came = []
        while now < end:
            relay._work(stopping)
            came += [now] if any(m.routing_key.startswith(BEACON) for m in arrived(bus)) else []
            now += 1
        return came

    actors.says(1)
    assert beacons_until(200.0) == [100, 103, 109, 121, 145, 175]
    actors.says(2)
    assert beacons_until(210.0) == [203, 206]
