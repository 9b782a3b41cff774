"""What does the way from a command to a fact cost at least? The same parts with nothing between them.

`front`: parse, INSERT + COMMIT, answer, publish with confirm. `back`: consume, parse, INSERT + COMMIT, acknowledge.
Host, database driver, publisher and consumer are those of the services; there are no rules, no rights, no read models,
no idempotency, no ledger. `python -m bench.bare front PORT DATABASE BROKER` and `… back DATABASE BROKER`.
"""

import sys

from shared.edge.green.host import GreenHost

if __name__ == "__main__":
    GreenHost().prepare()

import queue
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from werkzeug.wrappers import Request, Response

from shared.bus.amqp import AmqpBus
from shared.bus.port import Delivery, Message
from shared.edge.host import Loop
from shared.edge.listening import listen
from shared.edge.serving.doors import Door
from shared.eventlog.sql.database import AT_ONCE, Database
from shared.service import ids
from tests.servers import until
from tests.servers.children import Child
from tests.servers.ports import free_port
from tests.system.cluster import get_status
from tests.system.load import Command

SERVICE, READER = "bare", "bare-facts"
KEY = f"open.{SERVICE}.Posted"
TABLES = """
    CREATE TABLE posted (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, record bytea NOT NULL);
    CREATE TABLE fact (position bigint PRIMARY KEY, title text NOT NULL, record bytea NOT NULL)
"""
POST = "INSERT INTO posted (record) VALUES (%s) RETURNING position"
FACT = "INSERT INTO fact SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bytea[])"
WINDOW = 400
TURN_S = 0.5


class Front:
    """Takes commands; a loop beside it publishes."""

    name = "publisher"

    def __init__(self, database: Database, bus: AmqpBus) -> None:
        """Nothing is published yet."""
        self._database = database
        self._bus = bus
        self._free: list[Any] = []
        self._turns = threading.Semaphore(AT_ONCE)
        self._posted: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Parse, INSERT + COMMIT, answer."""
        request = Request(environ)
        if request.method == "GET":
            return Response("ok\n")(environ, start_response)
        body = msgspec.json.decode(request.get_data())
        record = msgspec.json.encode({"id": ids.new_id(), "data": body})
        with self._turns:
            pooled = self._free.pop() if self._free else self._database.autocommit_connection()
            driver: Any = pooled.driver_connection
            (position,) = driver.execute(POST, (record,), prepare=True).fetchone()
            self._free.append(pooled)
        self._posted.put((position, record))
        answer = msgspec.json.encode({"position": position})
        return Response(answer, 201, mimetype="application/json")(environ, start_response)

    def run(self, stopping: threading.Event) -> None:
        """Publish in windows, each confirmed."""
        with closing(self._bus.publisher()) as publisher:
            while not stopping.is_set():
                messages = [
                    Message(routing_key=KEY, body=b"%d %s" % posted, message_id=str(posted[0]))
                    for posted in self._taken()
                ]
                if messages and publisher.publish(messages) != len(messages):
                    raise RuntimeError("not confirmed")

    def _taken(self) -> Iterable[tuple[int, bytes]]:
        try:
            yield self._posted.get(timeout=TURN_S)
            for _ in range(WINDOW - 1):
                yield self._posted.get_nowait()
        except queue.Empty:
            return


class Back:
    """Makes facts of what arrives."""

    name = "facts"

    def __init__(self, database: Database, bus: AmqpBus) -> None:
        """Nothing has arrived yet."""
        self._database = database
        self._bus = bus
        bus.declare(READER, [SERVICE])

    def run(self, stopping: threading.Event) -> None:
        """Consume, parse, INSERT + COMMIT, acknowledge."""
        driver: Any = self._database.autocommit_connection().driver_connection
        while not stopping.is_set():
            arrived: list[Delivery] = []
            if self._bus.consume(READER, arrived.append, timeout=TURN_S):
                driver.execute(FACT, _columns(arrived), prepare=True)
                arrived[-1].ack_through()


def _columns(arrived: Sequence[Delivery]) -> tuple[list[int], list[str], list[bytes]]:
    rows = []
    for delivery in arrived:
        position, _, record = delivery.message.body.partition(b" ")
        rows.append((int(position), msgspec.json.decode(record)["data"]["terms"]["title"], record))
    positions, titles, records = zip(*rows, strict=True)
    return list(positions), list(titles), list(records)


class Bare:
    """Both processes, for whoever measures."""

    def __init__(self, database_url: str, broker_url: str, folder: Path, env: Mapping[str, str]) -> None:
        """Start them."""
        self.url = database_url
        with psycopg.connect(database_url) as connection:
            connection.execute(TABLES)
        self._port = free_port()
        module = [sys.executable, "-m", "bench.bare"]
        self._children = []
        for part, arguments in (("back", []), ("front", [str(self._port)])):
            place = folder / part
            place.mkdir()
            self._children.append(Child([*module, part, *arguments, database_url, broker_url], place, env))
            self._children[-1].start()
        until(lambda: get_status(self.address, "/livez") == 200, "the bare pipeline answers")

    @property
    def address(self) -> str:
        """Where commands are taken."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pids(self) -> list[int]:
        """The process ids."""
        return [child.pid for child in self._children]

    def taking(self, commands: Iterable[Command]) -> list[Command]:
        """The same commands, sent here."""
        return [
            Command(command.key, self.address, command.path, command.token, command.body)
            for command in commands
        ]

    def close(self) -> None:
        """End both."""
        for child in self._children:
            child.kill()


def main() -> None:
    """One of the two processes."""
    part, *arguments, database_url, broker_url = sys.argv[1:]
    database, bus = Database(database_url), AmqpBus(broker_url)
    if part == "back":
        loops: list[Loop] = [Back(database, bus)]
        GreenHost().serve([], loops, ready=lambda: None)
    else:
        front = Front(database, bus)
        door = Door(listen("127.0.0.1", int(arguments[0])), front)
        GreenHost().serve([door], [front], ready=lambda: None)


if __name__ == "__main__":
    main()
