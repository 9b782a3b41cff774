"""Does another system hear every open event, in order and byte for byte, with pika and the feed?"""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.service.tables import Caller, Role
from shared.subscriber import Event, FileCheckpoint, Refused, Subscription
from tests.servers.waiting import until
from tests.system.checks import await_quiet, read_logs
from tests.system.citizen import Citizen
from tests.system.cluster import Cluster

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.system,
    pytest.mark.needs_rabbitmq,
    pytest.mark.needs_postgres,
]

LIBRARY = Caller(role=Role.DOWNSTREAM, actor="library")
COORDINATOR = Caller(role=Role.COORDINATOR, actor="coordinator-1")


def subscription(cluster: Cluster, path: Path, token: Callable[[], str] | None = None) -> Subscription:
    """What the library listens with; its place is in this file."""
    return Subscription(
        amqp_url=cluster.rabbit.vhost_url(cluster.broker.vhost),
        feed_url=cluster.address("actors"),
        service="actors",
        token=token or (lambda: cluster.token(LIBRARY)),
        checkpoint=FileCheckpoint(path),
    )


def register(cluster: Cluster, name: str) -> None:
    """An organisation registers."""
    Citizen(cluster).send(
        "/actors/organisations", COORDINATOR, name=name, sector="initiative", district="Barmen"
    )


def open_records(cluster: Cluster) -> list[bytes]:
    """The open records of the log that it listens to."""
    records = read_logs(cluster, await_quiet(cluster)).records["actors"]
    return [record for record in records if b'"audience":"open"' in record]


def heard(listener: Subscription, wanted: int) -> list[Event]:
    """So many events, listened to in a thread of its own."""
    events: list[Event] = []

    def listen() -> None:
        for event in listener:
            events.append(event)
            if len(events) == wanted:
                listener.stop()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    until(lambda: not thread.is_alive(), f"{wanted} events are heard", within=180)
    return events


def test_it_hears_what_was_and_what_comes_in_order_and_byte_for_byte(
    cluster: Cluster, tmp_path: Path
) -> None:
    register(cluster, "Vorher")
    before = len(open_records(cluster))
    listener, path = subscription(cluster, tmp_path / "place"), tmp_path / "place"
    threading.Timer(1.0, register, (cluster, "Nachher")).start()
    events = heard(listener, before + 1)
    assert [event.record for event in events] == open_records(cluster)
    assert listener.n_from_feed >= before
    register(cluster, "Später")
    again = heard(subscription(cluster, path), 1)
    assert again[0].data["name"] == "Später"
    assert again[0].previous == events[-1].position


def test_a_token_that_does_not_hold_ends_it(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="401"):
        next(iter(subscription(cluster, tmp_path / "place", lambda: "no token")))


def test_a_checkpoint_that_is_none_is_said(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "place").write_text("nothing")
    with pytest.raises(ValueError, match="no checkpoint"):
        next(iter(subscription(cluster, tmp_path / "place")))
