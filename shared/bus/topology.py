"""What are exchanges, queues and routing keys called, how are they bound, and who may use them?

Limits and dead-letter targets are policies, not queue arguments: an argument can never be changed (handbook of
RabbitMQ, quorum queues). `definitions` has them for `kosilab topology export`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kombu import entity

from shared.events.registry import Audience

kombu: Any = entity  # its entities are untyped

EXCHANGE = "kosilab.events"
UNROUTED = "kosilab.unrouted"
DEAD = "kosilab.dead"
MAX_UNROUTED = 10_000
DELIVERY_LIMIT = 10
BEACON = "beacon"

EVENTS: Any = kombu.Exchange(EXCHANGE, "topic", arguments={"alternate-exchange": UNROUTED})
"""The exchange to which every service publishes."""

UNROUTED_QUEUE: Any = kombu.Queue(
    UNROUTED,
    bindings=[kombu.binding(kombu.Exchange(UNROUTED, "fanout"))],
    queue_arguments={"x-queue-type": "classic", "x-max-length": MAX_UNROUTED},
)
"""The exchange and queue of messages that no inbox is bound to."""

DEAD_QUEUE: Any = kombu.Queue(
    DEAD, bindings=[kombu.binding(kombu.Exchange(DEAD, "fanout"))], queue_arguments={"x-queue-type": "quorum"}
)
"""The exchange and queue of messages that were given back too often."""


def inbox(service: str) -> str:
    """The queue of a consuming service."""
    return f"{service}.inbox"


def inbox_queue(service: str, sources: Iterable[str] = ()) -> Any:
    """The inbox with its bindings to all events of these sources."""
    return kombu.Queue(
        inbox(service),
        bindings=[kombu.binding(EVENTS, key) for key in binding_keys(sources)],
        queue_arguments={"x-queue-type": "quorum", "x-single-active-consumer": True},
    )


@lru_cache(maxsize=1024)
def routing_key(type_name: str, audience: str) -> str:
    """`open.marketplace.OfferPosted` for the record's type and audience."""
    _, service, event, _ = type_name.split(".")
    return f"{audience}.{service}.{event}"


def event_of(key: str) -> str:
    """The event's name in a routing key: `OfferPosted`."""
    return key.rpartition(".")[2]


def source_of(key: str) -> str:
    """The service in a routing key, of an event or of a beacon; empty in a key of another form."""
    first, _, rest = key.partition(".")
    return rest.rpartition(".")[2] if first == BEACON else rest.partition(".")[0]


def beacon_key(service: str, audience: str) -> str:
    """The routing key of a service's beacon for one audience."""
    return f"{BEACON}.{audience}.{service}"


def binding_keys(sources: Iterable[str]) -> list[str]:
    """The binding keys of an inbox: whole audiences of each source, and their beacons."""
    return [
        key
        for source in sources
        for audience in Audience
        for key in (f"{audience}.{source}.#", beacon_key(source, audience))
    ]


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of a broker's user, as regular expressions over names and over routing keys of the exchange.

    Source: RabbitMQ, access control and topic authorisation.
    """

    configure: str
    write: str
    read: str
    topic_write: str
    topic_read: str


NOTHING = "^$"


def rights_of_service(service: str, sources: Iterable[str]) -> Rights:
    """A service may create and read its own inbox, publish its own events, and bind those of its sources."""
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
    """Another system may bind a queue of its own to events of these audiences; it may not publish."""
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
    inboxes = [inbox_queue(service, sources) for service, sources in follows.items() if list(sources)]
    aside = [UNROUTED_QUEUE, DEAD_QUEUE]
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [
            _exchange(vhost, EVENTS),
            *(_exchange(vhost, bound.exchange) for queue in aside for bound in queue.bindings),
        ],
        "queues": [_queue(vhost, queue) for queue in (*inboxes, *aside)],
        "bindings": [
            _binding(vhost, queue, bound)
            for queue in (*inboxes, *aside)
            for bound in sorted(queue.bindings, key=lambda bound: str(bound.routing_key))
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


def _exchange(vhost: str, exchange: Any) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "name": exchange.name,
        "type": exchange.type,
        "durable": exchange.durable,
        "auto_delete": exchange.auto_delete,
        "internal": False,
        "arguments": exchange.arguments or {},
    }


def _queue(vhost: str, queue: Any) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "name": queue.name,
        "durable": queue.durable,
        "auto_delete": queue.auto_delete,
        "arguments": queue.queue_arguments,
    }


def _binding(vhost: str, queue: Any, bound: Any) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "source": bound.exchange.name,
        "destination": queue.name,
        "destination_type": "queue",
        "routing_key": bound.routing_key,
        "arguments": {},
    }
