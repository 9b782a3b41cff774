"""Does `kosilab tail --follow` hear everything once and in order, whatever the broker brings?"""

import itertools
import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from deploy.services import SERVICE_TABLES
from deploy.tailing import Listener, deliveries
from shared.bus.amqp import AmqpBus
from shared.bus.port import BusUnavailable, Message
from shared.bus.seal import Seal
from shared.service.relay import Relay
from tests.deploy.desk import Desk, register
from tests.servers.ports import free_port


@pytest.fixture
def bus(amqp_url: str) -> Iterator[AmqpBus]:
    """A virtual host of the test's own, in which the city is declared."""
    opened = AmqpBus(amqp_url)
    opened.declare("reporting", SERVICE_TABLES["reporting"].follows)
    yield opened
    opened.close()


def test_whatever_the_broker_repeats_or_loses_is_heard_once_and_in_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = desk.open()
    feed = instance.feed_of("actors")

    def record(position: int) -> bytes:
        return feed.read(position - 1, 1)[0]

    def bodies(*_: object) -> Iterator[bytes]:
        yield b""
        yield record(1)  # it was read from the feed already
        register(instance, "3", "4", "5")
        yield record(3)
        yield record(5)  # 4 is lost
        yield record(4)  # and comes after all
        register(instance, "6")
        yield record(6)
        raise AssertionError("something was not heard")

    monkeypatch.setattr("deploy.tailing.deliveries", bodies)
    register(instance, "1", "2")
    heard = itertools.islice(Listener({"actors": feed}).over_broker("amqp://", Seal(b"any")), 6)
    assert [event.position for event in heard] == [1, 2, 3, 4, 5, 6]
    instance.close()


@pytest.mark.needs_rabbitmq
def test_what_is_relayed_is_delivered(desk: Desk, bus: AmqpBus, amqp_url: str) -> None:
    instance = desk.open()
    feed = instance.feed_of("actors")
    relay = Relay(instance.units["actors"].store.log, bus, instance.seal)
    with closing(deliveries(amqp_url, ["actors"], instance.seal)) as delivered:
        assert next(delivered) == b""
        register(instance, "Bäckerei Blau")
        relay.step()
        assert [next(delivered)] == feed.read(0, 1)
    relay.close()
    instance.close()


@pytest.mark.needs_rabbitmq
def test_what_no_service_published_is_not_shown(desk: Desk, bus: AmqpBus, amqp_url: str) -> None:
    """Whoever can publish could show the operator an event that never was; the feed is asked instead."""
    instance = desk.open()
    with (
        closing(deliveries(amqp_url, ["actors"], instance.seal)) as delivered,
        closing(bus.publisher()) as publisher,
    ):
        next(delivered)
        forged = Message(routing_key="open.actors.OrganisationRegistered", body=b"forged", message_id="x")
        publisher.publish(
            [forged, Seal(b"guessed").sealed(routing_key="open.actors.X", body=b"x", message_id="y")]
        )
        assert [next(delivered), next(delivered)] == [b"", b""]
    instance.close()


@pytest.mark.needs_rabbitmq
def test_where_no_service_was_ever_started_the_missing_exchange_is_named(amqp_url: str) -> None:
    with pytest.raises(BusUnavailable, match="the first service that starts makes the exchange"):
        next(Listener({"actors": Empty()}).over_broker(amqp_url, Seal(b"any")))


@pytest.mark.apart  # the client of the broker listens for its own signals
def test_a_broker_that_does_not_answer_is_said_so(desk: Desk) -> None:
    desk.open().close()
    printed = desk.call("tail", "--follow", KOSILAB_AMQP_URL=f"amqp://127.0.0.1:{free_port()}/")
    assert (printed.code, printed.err.count("\n")) == (1, 1)
    assert "The broker does not answer" in printed.err


def test_without_a_broker_the_logs_are_asked_again_and_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = desk.open()
    register(instance, "1")
    pauses = iter(("2", "3"))

    def something_happens(_: float) -> None:
        name = next(pauses, None)
        if name is None:
            raise KeyboardInterrupt
        register(instance, name)

    monkeypatch.setattr("deploy.tailing.clock.sleep", something_happens)
    printed = desk.call("tail", "--follow", "--json", "--after", "0", "--service", "actors")
    instance.close()
    assert printed.code == 130
    assert [json.loads(line)["data"]["name"] for line in printed.out.splitlines()] == ["1", "2", "3"]


class Empty:
    """The feed of a log in which nothing stands."""

    def read(self, after: int, limit: int) -> list[bytes]:
        """Nothing."""
        del after, limit
        return []
