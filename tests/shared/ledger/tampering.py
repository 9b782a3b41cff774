"""What can somebody do who may do everything to the database and holds the log's key? Each way, at random."""

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import psycopg

from shared.ledger.checkpoint import Checkpoint
from shared.ledger.merkle import leaf_hash, root_of
from shared.ledger.note import Note
from shared.ledger.tiles import Tiles
from tests.shared.ledger.small_city import LogAtWork

Event: TypeAlias = dict[str, Any]
COLUMNS = ("event_id", "stream", "type", "audience", "command_id")


class Live(Protocol):
    """A database in the hands of somebody who may do everything to it."""

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        """Whatever they want, with `?` for each parameter."""
        ...


@dataclass(frozen=True)
class _OnServer:
    """A PostgreSQL database that answers as a SQLite file does."""

    connection: psycopg.Connection[Any]

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self.connection.execute(sql.replace("?", "%s").encode(), parameters)


@contextmanager
def behind_the_back(where: Path | str) -> Iterator[Live]:
    """The database without its guards: a SQLite file, or a PostgreSQL database as its superuser has it."""
    if isinstance(where, str):
        with psycopg.connect(where) as connection:
            connection.execute("SET session_replication_role = replica")  # no trigger fires
            yield _OnServer(connection)
        return
    with closing(sqlite3.connect(where)) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        yield database


def events(database: Live) -> list[Event]:
    """Every record, read."""
    return [
        json.loads(record) for (record,) in database.execute("SELECT record FROM event ORDER BY position")
    ]


def put_in_order(history: list[Event]) -> list[Event]:
    """Positions, versions and `previous` as a log would have given them: a good forger leaves no seam."""
    versions: dict[str, int] = {}
    last: dict[str, int] = {}
    for position, event in enumerate(history, 1):
        stream, audience = event["subject"], event["audience"]
        versions[stream] = versions.get(stream, 0) + 1
        event |= {
            "sequence": f"{position:020d}",
            "previous": f"{last.get(audience, 0):020d}",
            "streamversion": versions[stream],
        }
        last[audience] = position
    return history


def write_anew(database: Live, history: list[Event]) -> None:
    """The whole table from these events."""
    times = dict(database.execute("SELECT event_id, recorded_at FROM event"))
    database.execute("DELETE FROM event")
    for event in history:
        record = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        row = (int(event["sequence"]), event["id"], event["subject"], event["streamversion"], event["type"])
        rest_of_row = (
            event["audience"],
            times.get(event["id"], event["recordedtime"]),
            event["commandid"],
            record,
        )
        database.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *rest_of_row))
    database.execute("UPDATE log_head SET position = ?", (len(history),))


# --- the ways; each changes something among the first `size` records ------------------------------------
Way: TypeAlias = Callable[[Live, int, random.Random], None]


def flip_a_byte(database: Live, size: int, chance: random.Random) -> None:
    """One byte of a record is another one."""
    position = chance.randint(1, size)
    (record,) = database.execute("SELECT record FROM event WHERE position = ?", (position,)).fetchone()
    changed = bytearray(record)
    changed[chance.randrange(len(changed))] ^= chance.randint(1, 255)
    database.execute("UPDATE event SET record = ? WHERE position = ?", (bytes(changed), position))


def tell_it_differently(database: Live, size: int, chance: random.Random) -> None:
    """An event says something else, in perfect form."""
    history = events(database)
    history[chance.randrange(size)]["data"] = {"title": f"never {chance.random()}"}
    write_anew(database, history)


def cut_one_out(database: Live, size: int, chance: random.Random) -> None:
    """A record is gone."""
    database.execute("DELETE FROM event WHERE position = ?", (chance.randint(1, size),))


def cut_one_out_without_a_seam(database: Live, size: int, chance: random.Random) -> None:
    """An event never happened, and all behind it move up."""
    history = events(database)
    del history[chance.randrange(size)]
    write_anew(database, put_in_order(history))


def slip_one_in(database: Live, size: int, chance: random.Random) -> None:
    """Something happened that never did."""
    history = events(database)
    at = chance.randrange(size)
    forged = history[at] | {
        "id": f"{chance.getrandbits(128):032x}",
        "commandid": f"{chance.getrandbits(128):032x}",
    }
    write_anew(database, put_in_order([*history[:at], json.loads(json.dumps(forged)), *history[at:]]))


def change_the_order(database: Live, size: int, chance: random.Random) -> None:
    """Two events stand in each other's place."""
    history = events(database)
    first, other = chance.sample(range(size), 2)
    history[first], history[other] = history[other], history[first]
    write_anew(database, history if chance.random() < 0.5 else put_in_order(history))


def end_earlier(database: Live, size: int, chance: random.Random) -> None:
    """The last events never happened."""
    write_anew(database, events(database)[: chance.randrange(size)])


def change_a_column(database: Live, size: int, chance: random.Random) -> None:
    """The record stays, but readers find it elsewhere."""
    where = (chance.choice(COLUMNS), chance.randint(1, size))
    database.execute(f"UPDATE event SET {where[0]} = {where[0]} || 'x' WHERE position = ?", (where[1],))


def change_a_time(database: Live, size: int, chance: random.Random) -> None:
    """An event was learnt at another time."""
    history = events(database)
    history[chance.randrange(size)][chance.choice(("time", "recordedtime"))] = "2026-03-02T07:59:59Z"
    write_anew(database, history)


def backdate(database: Live, size: int, chance: random.Random) -> None:
    """All that happened up to there happened a day earlier, and nothing is out of order."""
    history = events(database)
    for event in history[: chance.randint(1, size)]:
        event |= {name: event[name].replace("2026-03-02", "2026-03-01") for name in ("time", "recordedtime")}
    write_anew(database, history)


def change_what_is_said_of_it(database: Live, size: int, chance: random.Random) -> None:
    """The event stays, what its record says beside it is something else."""
    history, name = events(database), chance.choice(("type", "subject", "audience", "commandid", "synthetic"))
    event = history[chance.randrange(size)]
    other = {"type": f"{event['type'][:-3]}Never.v1", "audience": "partner", "synthetic": False}
    event[name] = other.get(name, f"{event[name]}x")
    write_anew(database, put_in_order(history))


def change_a_slot(database: Live, size: int, chance: random.Random) -> None:
    """A ciphertext is another one."""
    del size
    slots = database.execute("SELECT event_id, name FROM slot").fetchall()
    database.execute(
        "UPDATE slot SET sealed = ? WHERE event_id = ? AND name = ?", (b"\0", *chance.choice(slots))
    )


def change_a_slot_with_its_digest(database: Live, size: int, chance: random.Random) -> None:
    """A ciphertext is another one, and the record names that one."""
    del size
    history, sealed = events(database), b"%d" % chance.getrandbits(64)
    event_id, name = chance.choice(database.execute("SELECT event_id, name FROM slot").fetchall())
    (event,) = [event for event in history if event["id"] == event_id]
    event["sealed"][name]["ct"] = sha256(sealed).hexdigest()
    database.execute("UPDATE slot SET sealed = ? WHERE event_id = ? AND name = ?", (sealed, event_id, name))
    write_anew(database, history)


def make_away_with_a_slot(database: Live, size: int, chance: random.Random) -> None:
    """A ciphertext is gone, without a word or with one that nobody asked for."""
    slots = database.execute("SELECT event_id, name FROM slot").fetchall()
    event_id, name = chance.choice(slots)
    database.execute("DELETE FROM slot WHERE event_id = ? AND name = ?", (event_id, name))
    history = events(database)
    if chance.random() < 0.5:
        (at,) = [int(event["sequence"]) for event in history if event["id"] == event_id]
        pretext = {
            "type": "kosilab.actors.SlotsErased.v1",
            "id": f"{chance.getrandbits(128):032x}",
            "commandid": f"{chance.getrandbits(128):032x}",
            "data": {"erasure_id": "pretext", "slots": [{"name": name, "position": at}]},
        }
        write_anew(database, put_in_order([*history, history[-1] | pretext]))


WAYS: tuple[Way, ...] = (
    flip_a_byte,
    tell_it_differently,
    cut_one_out,
    cut_one_out_without_a_seam,
    slip_one_in,
    change_the_order,
    end_earlier,
    change_a_column,
    change_a_time,
    backdate,
    change_what_is_said_of_it,
    change_a_slot,
    change_a_slot_with_its_digest,
    make_away_with_a_slot,
)


def sign_anew(log: LogAtWork) -> None:
    """Cover it up: all hashes made anew, and one checkpoint over everything, signed with the log's own key."""
    with behind_the_back(log.where) as database:
        database.execute("DELETE FROM tile")
        database.execute("DELETE FROM checkpoint")
    hashes = [leaf_hash(stored.record) for stored in log.store.log.read(limit=100_000)]
    tiles = Tiles(log.store.shelf)
    tiles.extend(0, hashes)
    checkpoint = str(Checkpoint(log.issuer.origin, len(hashes), root_of(len(hashes), tiles.nodes())))
    note = Note(checkpoint, (log.signer.sign(checkpoint),))
    log.store.shelf.put_checkpoint(log.issuer.origin, len(hashes), str(note), log.now)
