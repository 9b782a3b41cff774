"""Do the broker's rights hold, seen from those who must not? Audiences by topic, one service's names from another's."""

from collections.abc import Callable, Iterator
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from shared.bus.amqp import AmqpBus
from shared.bus.port import BusUnavailable
from shared.bus.topology import (
    DEAD,
    EXCHANGE,
    UNROUTED,
    Rights,
    beacon_key,
    inbox,
    rights_of_service,
    rights_of_subscriber,
)
from tests.contracts.bus.rights import FOLLOWS, import_definitions, make_user, remove_user
from tests.contracts.bus.sample import Wires, beacon, message, messages, sent
from tests.servers import RabbitServer

pytestmark = pytest.mark.needs_rabbitmq


@pytest.fixture
def signed_in(rabbit_server: RabbitServer, amqp_url: str) -> Iterator[Callable[[str, Rights], str]]:
    """Makes a user with rights in a virtual host with the city's definitions; its URL."""
    import_definitions(rabbit_server, amqp_url)
    made: list[str] = []

    def make(name: str, rights: Rights) -> str:
        made.append(make_user(rabbit_server, amqp_url, name, rights))
        return made[-1]

    yield make
    for url in made:
        remove_user(rabbit_server, url)


@pytest.fixture
def channel_of(signed_in: Callable[[str, Rights], str]) -> Iterator[Callable[[str, Rights], Any]]:
    """A channel of pika for a user with these rights."""
    connections: list[pika.BlockingConnection] = []

    def open_channel(name: str, rights: Rights) -> Any:
        connections.append(pika.BlockingConnection(pika.URLParameters(signed_in(name, rights))))
        channel = connections[-1].channel()
        channel.confirm_delivery()
        return channel

    yield open_channel
    for connection in connections:
        connection.close()


def rights_of(service: str) -> Rights:
    return rights_of_service(service, FOLLOWS[service])


def test_each_service_does_all_its_work_with_its_own_rights(signed_in: Callable[[str, Rights], str]) -> None:
    buses = {name: AmqpBus(signed_in(name, rights_of(name))) for name in FOLLOWS}
    for name, bus in buses.items():
        bus.declare(name, FOLLOWS[name])
    published = [message(1), message(2, key="internal.marketplace.MatchProposed"), beacon("marketplace", 2)]
    assert Wires(buses["marketplace"], lambda: None).publish(published) == 3
    for reader in ("employment", "reporting"):
        assert Wires(buses[reader], lambda: None).settle(reader, 3) == sent(published)
    for bus in buses.values():
        bus.close()


def test_a_service_may_make_its_lost_inbox_anew(
    signed_in: Callable[[str, Rights], str], rabbit_server: RabbitServer, amqp_url: str
) -> None:
    vhost = amqp_url.rpartition("/")[2]
    bus = AmqpBus(signed_in("reporting", rights_of("reporting")))
    rabbit_server.api("DELETE", f"/queues/{vhost}/reporting.inbox")
    bus.declare("reporting", FOLLOWS["reporting"])
    Wires(AmqpBus(amqp_url), lambda: None).publish(messages(1, 1))
    assert Wires(bus, lambda: None).settle("reporting", 1) == sent(messages(1, 1))
    bus.close()


@pytest.mark.parametrize(
    "key", ["open.marketplace.OfferPosted", "internal.marketplace.X", "beacon.open.marketplace", "anything"]
)
def test_a_service_publishes_nothing_in_the_name_of_another(
    signed_in: Callable[[str, Rights], str], key: str
) -> None:
    publisher = AmqpBus(signed_in("actors", rights_of("actors"))).publisher()
    assert publisher.publish([message(1, key="open.actors.OrganisationRegistered")]) == 1
    with pytest.raises(BusUnavailable, match="AccessRefused"):
        publisher.publish([message(1, key=key)])


@pytest.mark.parametrize(
    "key", ["#", "open.#", "internal.reporting.#", "*.marketplace.#", beacon_key("reporting", "internal")]
)
def test_a_service_hears_only_the_sources_that_it_follows(
    channel_of: Callable[[str, Rights], Any], key: str
) -> None:
    channel = channel_of("employment", rights_of("employment"))
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel.queue_bind(inbox("employment"), EXCHANGE, key)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda c: c.basic_consume(inbox("reporting"), print), id="reads another's inbox"),
        pytest.param(lambda c: c.queue_purge(inbox("reporting")), id="empties another's inbox"),
        pytest.param(lambda c: c.queue_delete(inbox("reporting")), id="deletes another's inbox"),
        pytest.param(lambda c: c.queue_declare("mine", durable=True), id="makes a queue of another name"),
        pytest.param(lambda c: c.exchange_delete(EXCHANGE), id="deletes the exchange"),
        pytest.param(lambda c: c.basic_consume(UNROUTED, print), id="reads the unrouted"),
        pytest.param(lambda c: c.basic_consume(DEAD, print), id="reads the dead letters"),
        pytest.param(lambda c: c.basic_publish("", inbox("reporting"), b"x"), id="writes past the exchange"),
    ],
)
def test_a_service_is_refused_what_is_not_its_own(
    channel_of: Callable[[str, Rights], Any], act: Callable[[Any], Any]
) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        act(channel_of("employment", rights_of("employment")))


def heard_by(channel: Any, *keys: str) -> str:
    queue: str = channel.queue_declare("", exclusive=True).method.queue
    for key in keys:
        channel.queue_bind(queue, EXCHANGE, key)
    return queue


def test_a_subscriber_hears_what_is_open_and_its_beacon(
    channel_of: Callable[[str, Rights], Any], amqp_url: str
) -> None:
    channel = channel_of("partner", rights_of_subscriber())
    queue = heard_by(channel, "open.marketplace.#", "beacon.open.marketplace")
    secret = message(2, key="internal.marketplace.MatchProposed")
    Wires(AmqpBus(amqp_url), lambda: None).publish([message(1), secret, beacon("marketplace", 1)])
    bodies = [body for _, (_, _, body) in zip(range(2), channel.consume(queue, auto_ack=True), strict=False)]
    assert bodies == [message(1).body, b"1"]


@pytest.mark.parametrize(
    "key",
    [
        "#",
        "internal.#",
        "*.marketplace.#",
        "internal.marketplace.MatchProposed",
        "beacon.#",
        "beacon.internal.actors",
    ],
)
def test_a_subscriber_never_hears_what_is_internal(
    channel_of: Callable[[str, Rights], Any], key: str
) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        heard_by(channel_of("partner", rights_of_subscriber()), key)


def test_a_system_of_the_city_may_be_let_hear_both_audiences(
    channel_of: Callable[[str, Rights], Any], amqp_url: str
) -> None:
    channel = channel_of("city", rights_of_subscriber("open", "internal"))
    queue = heard_by(channel, "internal.marketplace.#")
    secret = message(2, key="internal.marketplace.MatchProposed")
    Wires(AmqpBus(amqp_url), lambda: None).publish([secret])
    assert next(channel.consume(queue, auto_ack=True))[2] == secret.body


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            lambda c: c.basic_publish(EXCHANGE, "open.marketplace.OfferPosted", b"x"), id="publishes"
        ),
        pytest.param(lambda c: c.basic_consume(inbox("reporting"), print), id="reads an inbox"),
        pytest.param(lambda c: c.queue_declare("partner"), id="leaves a queue behind"),
        pytest.param(lambda c: c.queue_bind(inbox("reporting"), EXCHANGE, "open.#"), id="binds an inbox"),
        pytest.param(lambda c: c.basic_consume(UNROUTED, print), id="reads the unrouted"),
    ],
)
def test_a_subscriber_changes_nothing(
    channel_of: Callable[[str, Rights], Any], act: Callable[[Any], Any]
) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        act(channel_of("partner", rights_of_subscriber()))
