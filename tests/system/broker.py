"""What does an operator set up on the broker, and what does an independent client see there? With pika alone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pika

from shared.bus.topology import BEACON, EXCHANGE, UNROUTED, binding_keys, definitions, inbox
from shared.bus.users import rights_by_user, user_definitions, user_name
from shared.events.registry import SERVICES
from tests.contracts.bus.rights import FOLLOWS
from tests.servers import RabbitServer, as_role
from tests.servers.kinds import PASSWORD

WATCHING = "watching"
SEQUENCE = b'"sequence":"'
QUIET_S = 1.0
AT_ONCE = 500


class Broker:
    """The city's virtual host."""

    def __init__(self, server: RabbitServer, vhost: str) -> None:
        self.server, self.vhost = server, vhost
        self.url = server.vhost_url(vhost)

    def set_up(self) -> None:
        """Make the virtual host with its definitions and a queue of the watcher's own; only then let anybody in."""
        self.server.api("PUT", f"/vhosts/{self.vhost}")
        parts: dict[str, Any] = definitions(self.vhost, FOLLOWS)
        parts["queues"].append(
            {"name": WATCHING, "durable": True, "auto_delete": False, "arguments": {"x-queue-type": "quorum"}}
        )
        parts["bindings"] += [
            {
                "source": EXCHANGE,
                "destination": WATCHING,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for key in binding_keys(SERVICES)
        ]
        here = {
            kind: [{name: value for name, value in entry.items() if name != "vhost"} for entry in entries]
            for kind, entries in parts.items()
            if kind != "vhosts"
        }
        self.server.api("POST", f"/definitions/{self.vhost}", here)
        rights = rights_by_user(self.vhost, FOLLOWS)
        self.server.api(
            "POST", "/definitions", user_definitions(self.vhost, rights, dict.fromkeys(rights, PASSWORD))
        )
        self.server.make_vhost(self.vhost)
        self.server.settle()

    def url_of(self, service: str) -> str:
        """The virtual host, signed in as a service."""
        return as_role(self.url, user_name(self.vhost, service))

    def take_out(self) -> Mapping[str, list[tuple[int, bytes]]]:
        """What the watcher finds: positions and records by service, in the order of their coming; taken out.

        A relay that was quicker than the watcher's queue, on a broker that had lost its data, has its messages where
        those lie that no queue was bound for.
        """
        records: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            for queue in (UNROUTED, WATCHING):
                for service, position, body in _records(connection.channel(), queue, take_out=True):
                    records[service].append((position, body))
        return records

    def waiting(self, service: str) -> dict[str, set[int]]:
        """Which positions lie in the inbox of a service whose process is away, by source; they stay there.

        At most 2,000: RabbitMQ hands out no more that are not acknowledged.
        """
        positions: dict[str, set[int]] = defaultdict(set)
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            for source, position, _ in _records(connection.channel(), inbox(service), take_out=False):
                positions[source].add(position)
        return positions


def _records(channel: Any, queue: str, *, take_out: bool) -> Iterator[tuple[str, int, bytes]]:
    """Service, position and record of what lies in a queue, until nothing has come for a while."""
    for number, (method, _, body) in enumerate(channel.consume(queue, inactivity_timeout=QUIET_S)):
        if take_out and (method is None or number % AT_ONCE == 0):
            channel.basic_ack(0, multiple=True)  # 0: all that were handed out
        if method is None:
            return
        kind, service = method.routing_key.split(".")[:2]
        if kind != BEACON and SEQUENCE in body:  # a test of the broker's own rules sends what is no record
            yield service, _position(body), body


def _position(body: bytes) -> int:
    _, _, rest = body.partition(SEQUENCE)
    return int(rest[:20])
