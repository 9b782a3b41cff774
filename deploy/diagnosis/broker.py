"""Does the broker answer, and does it have the exchange, inboxes and policies that it needs?"""

import base64
import json
import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

from deploy.diagnosis.broker_users import examine_users
from deploy.diagnosis.finding import Finding, unseen, well, wrong
from deploy.services import SERVICE_TABLES
from shared.bus import topology
from shared.edge.listening import address_of
from shared.service.settings import Settings

WAIT_S = 5.0
MANAGEMENT_PORT = 15672
IMPORT = "kosilab topology export > city.json && rabbitmqctl import_definitions city.json"


def examine_broker(settings: Settings) -> Iterator[Finding]:
    """The findings about the broker."""
    url = settings.amqp_url()
    if url == "memory://":
        yield unseen("broker", "none is set: the services run in one process")
        return
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.blocked_connection_timeout = WAIT_S
    try:
        connection = pika.BlockingConnection(parameters)
    except (AMQPError, OSError) as error:
        yield wrong(
            "broker", f"does not answer ({type(error).__name__})", "start it, or correct KOSILAB_AMQP_URL"
        )
        return
    try:
        yield well("broker", "answers")
        yield from _topology(connection)
    finally:
        connection.close()
    yield from _policies(settings, url)


def _topology(connection: Any) -> Iterator[Finding]:
    yield _exchange(connection)
    for service, tables in SERVICE_TABLES.items():
        if tables.follows:
            yield _inbox(connection, service)
    unrouted = _queue(connection, topology.UNROUTED)
    if unrouted is not None and unrouted.message_count:
        state = f"{unrouted.message_count} messages that no inbox was bound to"
        yield wrong(
            "unrouted",
            state,
            f"start every service, then rabbitmqctl purge_queue {topology.UNROUTED}",
        )
    else:
        yield well("unrouted", "nothing")


def _exchange(connection: Any) -> Finding:
    what = f"exchange {topology.EXCHANGE}"
    try:
        connection.channel().exchange_declare(topology.EXCHANGE, passive=True)
    except ChannelClosedByBroker:
        return wrong(what, "is missing", f"start a service, or {IMPORT}")
    return well(what, "exists")


def _inbox(connection: Any, service: str) -> Finding:
    what, declared = f"{service}: inbox", _queue(connection, topology.inbox(service))
    start = f"run its worker: kosilab serve {service}"
    if declared is None:
        return wrong(what, "is missing", start)
    state = f"{declared.message_count} waiting, {declared.consumer_count} consuming"
    return well(what, state) if declared.consumer_count else wrong(what, state, start)


def _queue(connection: Any, name: str) -> Any:
    try:
        return connection.channel().queue_declare(name, passive=True).method
    except ChannelClosedByBroker:
        return None


def _policies(settings: Settings, url: str) -> Iterator[Finding]:
    """The findings about limits and dead-letter targets, which only the management interface shows."""
    vhost = unquote(urlsplit(url).path.lstrip("/")) or "/"
    wanted = topology.definitions(vhost, {})["policies"][0]["definition"]
    policies = _asked(settings, url, f"/api/policies/{quote(vhost, safe='')}")
    if policies is None:
        yield unseen(
            "policies", "the management interface does not answer; KOSILAB_AMQP_API_URL must be its address"
        )
        return
    for service, tables in SERVICE_TABLES.items():
        if tables.follows:
            yield _policy(f"{service}: policy", in_force(policies, topology.inbox(service)), wanted)
    follows = {name: tables.follows for name, tables in SERVICE_TABLES.items()}
    asking = unquote(urlsplit(url).username or "guest")
    yield from examine_users(lambda path: _asked(settings, url, path), vhost, follows, asking)


def in_force(policies: Sequence[Mapping[str, Any]], queue: str) -> Mapping[str, Any]:
    """The definition of the one policy that RabbitMQ applies to a queue: of those that match, the highest."""
    matching = [
        policy
        for policy in policies
        if policy["apply-to"] != "exchanges" and re.search(policy["pattern"], queue)
    ]
    highest: Mapping[str, Any] = max(matching, key=lambda policy: policy["priority"], default={})
    definition: Mapping[str, Any] = highest.get("definition", {})
    return definition


def _policy(what: str, definition: Mapping[str, Any], wanted: Mapping[str, Any]) -> Finding:
    missing = [name for name, value in wanted.items() if definition.get(name) != value]
    if missing:
        return wrong(what, f"lacks {', '.join(missing)}", IMPORT)
    return well(what, "limits and dead-letter target are set")


def management_of(settings: Settings, url: str) -> str:
    """The address of the broker's management interface."""
    named = settings.get("KOSILAB_AMQP_API_URL").rstrip("/")
    return named or address_of(urlsplit(url).hostname or "localhost", MANAGEMENT_PORT)


def _asked(settings: Settings, url: str, path: str) -> Any:
    parts = urlsplit(url)
    address = management_of(settings, url)
    login = f"{unquote(parts.username or 'guest')}:{unquote(parts.password or 'guest')}"
    headers = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
    request = urllib.request.Request(address + path, headers=headers)  # noqa: S310 - the operator's own URL
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310 - as above
            return json.loads(answer.read())
    except (OSError, ValueError):
        return None
