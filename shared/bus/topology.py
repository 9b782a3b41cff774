"""What are exchanges, queues and routing keys called, how are they bound, and who may use them? All names are here.

Limits and dead-letter targets are policies, not queue arguments: an argument can never be changed (handbook of
RabbitMQ, quorum queues). `definitions` has them for `kosilab topology export`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.events.registry import Audience

EXCHANGE = "kosilab.events"
UNROUTED = "kosilab.unrouted"
DEAD = "kosilab.dead"
MAX_UNROUTED = 10_000
DELIVERY_LIMIT = 10
INBOX_ARGUMENTS: Mapping[str, Any] = {"x-queue-type": "quorum", "x-single-active-consumer": True}
UNROUTED_ARGUMENTS: Mapping[str, Any] = {"x-queue-type": "classic", "x-max-length": MAX_UNROUTED}
DEAD_ARGUMENTS: Mapping[str, Any] = {"x-queue-type": "quorum"}
EXCHANGE_ARGUMENTS: Mapping[str, Any] = {"alternate-exchange": UNROUTED}
BEACON = "beacon"


def inbox(service: str) -> str:
    """The queue of a consuming service."""
    return f"{service}.inbox"


def routing_key(type_name: str, audience: str) -> str:
    """`open.marketplace.OfferPosted` for the record's type and audience."""
    _, service, event, _ = type_name.split(".")
    return f"{audience}.{service}.{event}"


def event_of(key: str) -> str:
    """The event's name in a routing key: `OfferPosted`."""
    return key.rpartition(".")[2]


def beacon_key(service: str, audience: str) -> str:
    """The routing key of a service's beacon for one audience."""
    return f"{BEACON}.{audience}.{service}"


def binding_keys(sources: Iterable[str]) -> list[str]:
    """What an inbox is bound to: whole audiences of each source, and their beacons."""
    return [
        key
        for source in sources
        for audience in Audience
        for key in (f"{audience}.{source}.#", beacon_key(source, audience))
    ]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a user of the broker may do, as regular expressions: over names, and over routing keys of the exchange.

    Source: RabbitMQ, access control and topic authorisation.
    """

    configure: str
    write: str
    read: str
    topic_write: str
    topic_read: str


NOTHING = "^$"


def rights_of_service(service: str, sources: Iterable[str]) -> Rights:
    """A service makes and reads its own inbox, publishes its own events, and binds those of its sources."""
    own, exchange = re.escape(inbox(service)), re.escape(EXCHANGE)
    audiences = "|".join(Audience)
    followed = "|".join(re.escape(source) for source in sources)
    bindings = rf"^({audiences})\.({followed})\.#$|^{BEACON}\.({audiences})\.({followed})$"
    return Rights(
        configure=f"^{own}$",
        write=f"^({exchange}|{own})$",
        read=f"^({exchange}|{own})$",
        topic_write=rf"^({audiences})\.{re.escape(service)}\.|^{BEACON}\.({audiences})\.{re.escape(service)}$",
        topic_read=bindings if followed else NOTHING,
    )


def rights_of_subscriber(*audiences: str) -> Rights:
    """Another system binds a queue of its own to events of these audiences, and publishes nothing."""
    heard = "|".join(audiences or (Audience.OPEN,))
    own = r"amq\.gen-.*"
    return Rights(
        configure=f"^{own}$",
        write=f"^{own}$",
        read=f"^({own}|{re.escape(EXCHANGE)})$",
        topic_write=NOTHING,
        topic_read=rf"^({heard})\.|^{BEACON}\.({heard})\.",
    )


def definitions(vhost: str, follows: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """RabbitMQ's definitions of a city: exchanges, queues, bindings, policies; no users.

    `follows` maps each consuming service to its sources. Source: RabbitMQ, definitions and policies.
    """
    services = [service for service, sources in follows.items() if list(sources)]
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [
            _exchange(vhost, EXCHANGE, "topic", EXCHANGE_ARGUMENTS),
            _exchange(vhost, UNROUTED, "fanout", {}),
            _exchange(vhost, DEAD, "fanout", {}),
        ],
        "queues": [
            *(_queue(vhost, inbox(service), INBOX_ARGUMENTS) for service in services),
            _queue(vhost, UNROUTED, UNROUTED_ARGUMENTS),
            _queue(vhost, DEAD, DEAD_ARGUMENTS),
        ],
        "bindings": [
            *(_binding(vhost, EXCHANGE, inbox(s), key) for s in services for key in binding_keys(follows[s])),
            _binding(vhost, UNROUTED, UNROUTED, ""),
            _binding(vhost, DEAD, DEAD, ""),
        ],
        "policies": [
            {
                "vhost": vhost,
                "name": "inboxes",
                "pattern": r"\.inbox$",
                "apply-to": "queues",
                "priority": 1,
                "definition": {
                    "delivery-limit": DELIVERY_LIMIT,
                    "dead-letter-exchange": DEAD,
                    "dead-letter-strategy": "at-least-once",
                    "overflow": "reject-publish",
                },
            }
        ],
    }


def _exchange(vhost: str, name: str, kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "name": name,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": dict(arguments),
    }


def _queue(vhost: str, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"vhost": vhost, "name": name, "durable": True, "auto_delete": False, "arguments": dict(arguments)}


def _binding(vhost: str, source: str, queue: str, key: str) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "source": source,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
