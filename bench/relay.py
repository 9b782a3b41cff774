"""How fast does the log reach the broker, beside one confirm for each publish? Both into one broker's quorum queue."""

import statistics
import time
from contextlib import closing
from datetime import UTC, datetime

import pika

from bench.append import conditions
from bench.story import SERVICE, log_of
from bench.table import Row, at_least
from shared.bus.amqp import AmqpBus
from shared.bus.seal import Seal
from shared.bus.topology import inbox
from shared.eventlog.memory import MemoryEventLog
from shared.eventlog.migrations import migrate
from shared.eventlog.refilling import refill
from shared.eventlog.store import SqlStore
from shared.service.relay import CURSOR, Relay
from tests.servers import PostgresServer, RabbitServer, running_postgres, running_rabbit

READER = "reporting"
PAGE = 5_000


def filled(server: PostgresServer, log: MemoryEventLog) -> SqlStore:
    """A log in PostgreSQL with these records."""
    url = server.create_database()
    migrate(url, SERVICE)
    store = SqlStore.open(url, service=SERVICE, city_key="05124000", clock=lambda: datetime.now(UTC))
    while page := log.read(after=store.log.head().position, limit=PAGE):
        refill(store, [record.record for record in page])
    return store


def relayed_per_s(store: SqlStore, url: str) -> float:
    """Records that our relay brings to the broker per second, from the beginning of the log."""
    with closing(AmqpBus(url)) as bus:
        bus.declare(READER, (SERVICE,))
        relay = Relay(store.log, bus, Seal(b"k" * 64))
        began, n = time.perf_counter(), 0
        while done := relay.step():
            n += done
        took = time.perf_counter() - began
        relay.close()
    store.log.move_cursor(CURSOR, expected=store.log.cursor(CURSOR), to=0)
    return n / took


def confirmed_one_by_one_per_s(url: str, records: list[bytes]) -> float:
    """Records published by pika, each confirmed before the next, per second."""
    with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        persistent = pika.BasicProperties(delivery_mode=2)
        began = time.perf_counter()
        for record in records:
            channel.basic_publish("", inbox(READER), record, persistent, mandatory=True)
        return len(records) / (time.perf_counter() - began)


def rows(*, quick: bool = False) -> list[Row]:
    """The row of the relay."""
    n_ours, n_theirs, rounds = (4_000, 400, 1) if quick else (20_000, 2_000, 5)
    log = log_of(n_ours)
    some = [record.record for record in log.read(limit=n_theirs)]
    ours, theirs = [], []
    with running_rabbit(own=True) as rabbit, running_postgres(fsync=True, own=True) as postgres:
        where = f"{conditions(postgres)}; {broker(rabbit)}; quorum queue of one node"
        with closing(filled(postgres, log)) as store:
            for _ in range(rounds):
                url = rabbit.new_vhost()
                ours.append(relayed_per_s(store, url))
                theirs.append(confirmed_one_by_one_per_s(url, some))
    mine, other = statistics.median(ours), statistics.median(theirs)
    wanted, reached = at_least(9, mine / other)
    return [
        Row(
            what="relay from the log to a quorum queue",
            ours=f"{mine:,.0f}/s",
            peer=f"{other:,.0f}/s",
            ratio=mine / other,
            target=wanted,
            reached=reached,
            conditions=f"{where}; pika {pika.__version__}, one confirm per publish; median of {rounds}",
        )
    ]


def broker(rabbit: RabbitServer) -> str:
    """The broker's version."""
    return f"RabbitMQ {rabbit.ctl('version').strip().splitlines()[-1]}"
