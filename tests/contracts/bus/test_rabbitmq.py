"""What does RabbitMQ promise beyond the port? Quorum queues, one reader at a time, limits by policy."""

import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pika
import pytest

from shared.bus.amqp import AmqpBus
from shared.bus.port import BusUnavailable
from shared.bus.seal import HEADER, Seal
from shared.bus.topology import DEAD, DELIVERY_LIMIT, EXCHANGE, UNROUTED
from tests.contracts.bus.rights import import_definitions, vhost_of
from tests.contracts.bus.sample import A_MOMENT, Wires, messages, sent
from tests.servers import RabbitServer, until

pytestmark = pytest.mark.needs_rabbitmq


@pytest.fixture
def open_bus(amqp_url: str) -> Iterator[Callable[[], AmqpBus]]:
    """Connects to the virtual host, each time as another process would; reporting listens to the marketplace."""
    opened: list[AmqpBus] = []

    def open_it() -> AmqpBus:
        opened.append(AmqpBus(amqp_url))
        opened[-1].declare("reporting", ["marketplace"])
        return opened[-1]

    yield open_it
    for bus in opened:
        bus.close()


@pytest.fixture
def wires(open_bus: Callable[[], AmqpBus]) -> Wires:
    """The bus with its inbox."""
    return Wires(open_bus(), lambda: None)


@pytest.fixture
def queue(rabbit_server: RabbitServer, amqp_url: str) -> Callable[[str], dict[str, Any]]:
    """What the broker says of a queue."""
    return lambda name: dict(rabbit_server.api("GET", f"/queues/{vhost_of(amqp_url)}/{name}"))


def test_one_reader_at_a_time_and_the_next_takes_over(wires: Wires, open_bus: Callable[[], AmqpBus]) -> None:
    second = Wires(open_bus(), lambda: None)
    wires.publish(messages(1, 4))
    first, *_ = wires.take("reporting", 4)
    assert second.is_quiet("reporting")
    first.ack()
    wires.bus.close()
    assert second.settle("reporting", 3) == sent(messages(2, 4))


def test_a_message_is_kept_as_the_contract_says(wires: Wires, amqp_url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        channel.queue_declare("watching", exclusive=True)
        channel.queue_bind("watching", EXCHANGE, "open.marketplace.#")
        wires.publish(messages(1, 1))
        method, properties, body = next(channel.consume("watching", auto_ack=True))
    assert method is not None
    assert properties is not None
    assert (method.exchange, method.routing_key) == (EXCHANGE, "open.marketplace.OfferPosted")
    assert (properties.content_type, properties.message_id, properties.delivery_mode) == (
        "application/cloudevents+json",
        "event-1",
        2,
    )
    assert body == messages(1, 1)[0].body


def test_a_message_that_asks_to_be_decompressed_and_cannot_be_arrives_as_it_is(
    wires: Wires, amqp_url: str
) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        odd = pika.BasicProperties(message_id="odd", headers={"compression": "application/x-gzip"})
        connection.channel().basic_publish(EXCHANGE, "open.marketplace.OfferPosted", b"no gzip", odd)
    (delivery,) = wires.take("reporting", 1)
    assert (delivery.message.message_id, delivery.message.body) == ("odd", b"no gzip")
    delivery.ack()
    assert wires.is_quiet("reporting")


@pytest.mark.parametrize(
    ("key", "properties"),
    [
        ("open.marketplace.X", {"headers": {HEADER: 7}}),
        ("open.marketplace.X", {"headers": {HEADER: {"a": [None]}}}),
        ("open.marketplace.X", {"headers": {b"\xff": b"\xff"}}),
        (b"open.marketplace.\xed\xa0\x80", {}),
        ("open.marketplace." + "x" * 200, {"content_encoding": "rot13", "content_type": "x"}),
    ],
    ids=[
        "number",
        "table",
        "header that is no text",
        "half a letter",
        "odd",
    ],
)
def test_whatever_a_stranger_publishes_the_reader_goes_on(
    wires: Wires, amqp_url: str, key: Any, properties: dict[str, Any]
) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        odd = pika.BasicProperties(**properties)
        connection.channel().basic_publish(EXCHANGE, key, b"odd", odd)
    wires.publish(messages(1, 1))
    taken = wires.take("reporting", 2)
    seal = Seal(b"the service key of this test")
    assert [seal.holds(delivery.message) for delivery in taken] == [False, False]
    assert taken[-1].message.body == messages(1, 1)[0].body
    for delivery in taken:
        delivery.ack()


@pytest.mark.parametrize(
    ("key", "properties"),
    [("open.marketplace.X", {"message_id": b"\xff\xfe"}), (b"open.marketplace.\xff", {})],
    ids=["id", "key"],
)
def test_a_message_whose_names_are_no_text_is_put_aside(
    wires: Wires, rabbit_server: RabbitServer, amqp_url: str, key: Any, properties: dict[str, Any]
) -> None:
    """The library cannot read it at all: before, it ended the reader each time anew."""
    import_definitions(rabbit_server, amqp_url)
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        connection.channel().basic_publish(EXCHANGE, key, b"odd", pika.BasicProperties(**properties))
    n_broken = 0
    for _ in range(DELIVERY_LIMIT + 5):
        try:
            wires.bus.consume("reporting", lambda _: None, timeout=A_MOMENT)
        except BusUnavailable:
            n_broken += 1
    assert 0 < n_broken <= DELIVERY_LIMIT + 1
    wires.publish(messages(1, 1))
    assert wires.settle("reporting", 1) == sent(messages(1, 1))


def test_the_inbox_is_a_durable_quorum_queue_with_a_single_active_reader(
    wires: Wires, queue: Callable[[str], dict[str, Any]]
) -> None:
    inbox = queue("reporting.inbox")
    assert (inbox["type"], inbox["durable"]) == ("quorum", True)
    assert inbox["arguments"]["x-single-active-consumer"] is True


def test_what_code_declares_is_what_the_definitions_say(
    wires: Wires, rabbit_server: RabbitServer, amqp_url: str
) -> None:
    import_definitions(rabbit_server, amqp_url)
    wires.bus.declare("reporting", ["actors", "marketplace", "employment"])
    wires.publish(messages(1, 2))
    assert wires.settle("reporting", 2) == sent(messages(1, 2))


def test_a_message_given_back_too_often_is_laid_aside_and_its_neighbours_go_on(
    rabbit_server: RabbitServer, amqp_url: str, open_bus: Callable[[], AmqpBus]
) -> None:
    import_definitions(rabbit_server, amqp_url)
    wires = Wires(open_bus(), lambda: None)
    wires.publish(messages(1, 2))
    n_given_back = 0

    def handle(delivery: Any) -> None:
        nonlocal n_given_back
        if delivery.message.message_id == "event-1":
            n_given_back += 1
            delivery.requeue()

    until(lambda: not wires.bus.consume("reporting", handle, timeout=A_MOMENT), "the poison is gone")
    assert n_given_back == DELIVERY_LIMIT + 1
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        letter: Any = next(channel.consume(DEAD, auto_ack=True))
    _, properties, body = letter
    assert body == messages(1, 1)[0].body
    assert properties.headers["x-death"][0]["reason"] == "delivery_limit"
    assert properties.headers["x-death"][0]["queue"] == "reporting.inbox"


def test_the_queue_of_the_unrouted_is_bounded(wires: Wires, queue: Callable[[str], dict[str, Any]]) -> None:
    assert queue(UNROUTED)["arguments"]["x-max-length"] == 10_000


def test_a_reader_whose_queue_is_deleted_says_so_and_makes_it_anew(
    wires: Wires, rabbit_server: RabbitServer, amqp_url: str
) -> None:
    assert wires.is_quiet("reporting")
    rabbit_server.api("DELETE", f"/queues/{vhost_of(amqp_url)}/reporting.inbox")

    def says_so() -> bool:
        try:
            wires.bus.consume("reporting", lambda _: None, timeout=A_MOMENT)
        except BusUnavailable:
            return True
        return False

    until(says_so, "the reader learns that its queue is gone")
    wires.publish(messages(1, 1))
    assert wires.is_quiet("reporting")
    wires.publish(messages(2, 3))
    assert wires.settle("reporting", 2) == sent(messages(2, 3))


@pytest.mark.parametrize("use", ["declare", "publisher", "consume", "n_unrouted"])
def test_a_broker_that_is_not_there_is_unavailable(use: str) -> None:
    bus = AmqpBus("amqp://guest:guest@127.0.0.1:1/%2F", wait_s=1)
    uses: dict[str, Callable[[], Any]] = {
        "declare": partial(bus.declare, "reporting", ["marketplace"]),
        "publisher": bus.publisher,
        "consume": partial(bus.consume, "reporting", lambda _: None, timeout=A_MOMENT),
        "n_unrouted": lambda: bus.n_unrouted,
    }
    with pytest.raises(BusUnavailable):
        uses[use]()


def test_a_connection_that_is_cut_is_unavailable_and_the_next_one_works(
    open_bus: Callable[[], AmqpBus],
) -> None:
    bus = open_bus()
    wires = Wires(bus, lambda: None)
    publisher = bus.publisher()
    publisher.publish(messages(1, 1))
    cut(publisher._connection)
    with pytest.raises(BusUnavailable):
        publisher.publish(messages(2, 2))
    with pytest.raises(BusUnavailable):
        publisher.publish(messages(2, 2))
    publisher.close()
    assert wires.publish(messages(2, 2)) == 1
    assert wires.settle("reporting", 2) == sent(messages(1, 2))


def test_an_acknowledgement_on_a_cut_connection_is_unavailable_and_the_message_comes_again(
    open_bus: Callable[[], AmqpBus],
) -> None:
    bus = open_bus()
    wires = Wires(bus, lambda: None)
    wires.publish(messages(1, 1))
    (delivery,) = wires.take("reporting", 1)
    cut(bus._consumers["reporting"]._connection)
    with pytest.raises(BusUnavailable):
        wires.bus.consume("reporting", lambda _: None, timeout=10)
    with pytest.raises(BusUnavailable):
        delivery.ack()
    assert wires.settle("reporting", 1) == sent(messages(1, 1))


def cut(connection: Any) -> None:
    """Cut a connection of py-amqp, as a network does."""
    connection.transport.sock.shutdown(socket.SHUT_RDWR)
