"""Do the users of `kosilab topology export` work on a real broker, each with their own rights and no others?"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import pika
import pytest
from pika.exceptions import AMQPError, ChannelClosedByBroker

from deploy.diagnosis.broker_users import examine_users
from shared.bus.amqp import AmqpBus
from shared.bus.topology import EXCHANGE, inbox
from tests.contracts.bus.rights import FOLLOWS, vhost_of
from tests.contracts.bus.sample import Wires, message, sent
from tests.deploy.desk import Desk
from tests.servers import RabbitServer

pytestmark = pytest.mark.needs_rabbitmq


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The operator's."""
    return Desk(tmp_path / "city", {})


@pytest.fixture
def url_of(desk: Desk, rabbit_server: RabbitServer, amqp_url: str) -> Iterator[Callable[[str], str]]:
    """The URL of each user after the operator has imported what the command printed."""
    exported = desk.call("topology", "export", KOSILAB_AMQP_URL=amqp_url).data
    rabbit_server.api("POST", "/definitions", exported)
    lines = (desk.folder / "broker.passwords").read_text(encoding="utf-8").splitlines()
    passwords = dict(line.split(" ") for line in lines)

    def url(holder: str) -> str:
        user = f"{vhost_of(amqp_url)}-{holder}"
        parts = urlsplit(amqp_url)
        return urlunsplit(
            parts._replace(netloc=f"{user}:{quote(passwords[user])}@{parts.hostname}:{parts.port}")
        )

    yield url
    for user in passwords:
        rabbit_server.api("DELETE", f"/users/{user}")


@pytest.fixture
def channel_of(url_of: Callable[[str], str]) -> Iterator[Callable[[str], Any]]:
    """A channel of pika for one of the users."""
    connections: list[pika.BlockingConnection] = []

    def open_channel(holder: str) -> Any:
        connections.append(pika.BlockingConnection(pika.URLParameters(url_of(holder))))
        channel = connections[-1].channel()
        channel.confirm_delivery()
        return channel

    yield open_channel
    for connection in connections:
        connection.close()


def test_every_service_does_its_work_as_its_own_user(url_of: Callable[[str], str]) -> None:
    buses = {name: AmqpBus(url_of(name)) for name in FOLLOWS}
    for name, bus in buses.items():
        bus.declare(name, FOLLOWS[name])
    assert Wires(buses["marketplace"], lambda: None).publish([message(1)]) == 1
    assert Wires(buses["reporting"], lambda: None).settle("reporting", 1) == sent([message(1)])
    for bus in buses.values():
        bus.close()


MUST_NOT: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "actors publishes as the marketplace": (
        "actors",
        lambda c: c.basic_publish(EXCHANGE, "open.marketplace.OfferPosted", b"x"),
    ),
    "actors reads reporting's inbox": ("actors", lambda c: c.basic_get(inbox("reporting"))),
    "employment empties reporting's inbox": ("employment", lambda c: c.queue_purge(inbox("reporting"))),
    "reporting writes into an inbox": ("reporting", lambda c: c.basic_publish("", inbox("actors"), b"x")),
    "reporting deletes the exchange": ("reporting", lambda c: c.exchange_delete(EXCHANGE)),
    "downstream publishes": (
        "downstream",
        lambda c: c.basic_publish(EXCHANGE, "open.marketplace.OfferPosted", b"x"),
    ),
    "downstream reads an inbox": ("downstream", lambda c: c.basic_get(inbox("reporting"))),
    "downstream hears what is internal": (
        "downstream",
        lambda c: c.queue_bind(c.queue_declare("", exclusive=True).method.queue, EXCHANGE, "internal.#"),
    ),
}


@pytest.mark.parametrize(("holder", "act"), MUST_NOT.values(), ids=list(MUST_NOT))
def test_nobody_does_what_is_not_theirs(
    channel_of: Callable[[str], Any], holder: str, act: Callable[[Any], Any]
) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        act(channel_of(holder))


def test_nobody_signs_in_without_the_password(url_of: Callable[[str], str], amqp_url: str) -> None:
    parts = urlsplit(url_of("actors"))
    guessed = parts._replace(netloc=f"{parts.username}:guess@{parts.hostname}:{parts.port}")
    with pytest.raises(AMQPError):
        pika.BlockingConnection(pika.URLParameters(urlunsplit(guessed)))


def test_passwords_are_kept_for_the_owner_alone_and_never_printed(desk: Desk) -> None:
    first = desk.call("topology", "export").out
    path = desk.folder / "broker.passwords"
    kept = path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert not any(line.split(" ")[1] in first for line in kept.splitlines())
    desk.call("topology", "export")
    assert path.read_text(encoding="utf-8") == kept
    assert "users" not in json.loads(desk.call("topology", "export", "--no-users").out)


def test_the_doctor_sees_rights_that_are_too_wide_and_users_too_many(
    url_of: Callable[[str], str], rabbit_server: RabbitServer, amqp_url: str
) -> None:
    vhost, asking = vhost_of(amqp_url), urlsplit(amqp_url).username or ""

    def wrong() -> dict[str, str]:
        findings = examine_users(
            lambda path: rabbit_server.api("GET", path.removeprefix("/api")), vhost, FOLLOWS, asking
        )
        return {finding.what: finding.seen for finding in findings if finding.well is False}

    assert wrong() == {}
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    rabbit_server.api("PUT", f"/permissions/{vhost}/{vhost}-actors", everything)
    assert list(wrong()) == [f"broker user {vhost}-actors"]
    rabbit_server.api("DELETE", f"/topic-permissions/{vhost}/{vhost}-downstream")
    assert f"broker user {vhost}-downstream" in wrong()
    rabbit_server.api("PUT", f"/users/{vhost}-stranger", {"password": "made up", "tags": ""})
    rabbit_server.api("PUT", f"/permissions/{vhost}/{vhost}-stranger", everything)
    assert wrong()[f"broker user {vhost}-stranger"] == "may use the city's virtual host, too"
    rabbit_server.api("DELETE", f"/users/{vhost}-stranger")
