"""What do the tests of the wires run? A source that says things, and a board that keeps a view of them and answers.

Names of organisations are made up. The board answers each event with one of its own, so its log shows what it handled.
"""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.bus.memory import MemoryBus
from shared.bus.port import Message, Publisher
from shared.bus.seal import Seal
from shared.bus.topology import beacon_key, routing_key
from shared.eventlog.memory import MemoryEventLog
from shared.eventlog.port import Append, Draft
from shared.eventlog.store import SqlStore
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
)
from shared.events.codec import decode, decode_envelope, encode_data
from shared.events.marketplace.engagement import CounsellingRequested
from shared.events.vocabulary import Sector
from shared.kernel.decider import Decider
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask, Document, ReadModel
from shared.kernel.recorded import Happening, Recorded
from shared.service.app import App
from shared.service.feeds import Feed, FeedUnavailable, LogFeed
from shared.service.inbox import Inbox, Keep, keep_nothing
from shared.service.projection import ViewsProjection
from shared.service.tables import CommandRoute, ServiceTables, Timer

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CITY = "05124000"


# --- the source ---------------------------------------------------------------------------------
@dataclass(slots=True)
class Source:
    """A service whose log is filled by tests."""

    service: str = "actors"
    log: MemoryEventLog = field(init=False)

    def __post_init__(self) -> None:
        self.log = MemoryEventLog(service=self.service, city_key=CITY, clock=lambda: NOON)

    def says(self, *numbers: int, audience: str = "open") -> None:
        """One event per number, into the stream of the organisation with that number."""
        for number in numbers:
            self._append(f"organisation-{number}", audience, number)

    def says_odd(self, type_name: str, data: bytes, stream: str = "organisation-odd") -> None:
        """An event of any type with any data."""
        self._append(stream, "open", 0, type_name=type_name, data=data)

    def _append(
        self, stream: str, audience: str, number: int, *, type_name: str = "", data: bytes = b""
    ) -> None:
        position, version = self.log.head().position + 1, len(self.log.read_stream(stream))
        kind = OrganisationAmended if version else OrganisationRegistered
        event = kind(name=f"{number} at {position}", sector=Sector.COMPANY, district="Barmen")
        draft = Draft(
            id=f"{self.service}-event-{position}",
            type=type_name or f"kosilab.{self.service}.{kind.__name__}.v1",
            audience=audience,
            time=NOON,
            data=data or encode_data(event),
        )
        self.log.append(
            Append(
                stream=stream,
                expected_version=version,
                command_id=f"{self.service}-command-{position}",
                request_digest="digest",
                events=[draft],
            )
        )

    def messages(self, *positions: int) -> list[Message]:
        """What the relay publishes for these positions; for all without any."""
        stored = self.log.read(limit=10_000)
        return [
            SEAL.sealed(
                routing_key=routing_key(stored_event.type, stored_event.audience),
                body=stored_event.record,
                message_id=decode_envelope(stored_event.record).id,
            )
            for stored_event in stored
            if not positions or stored_event.position in positions
        ]

    def beacon(self, position: int | None = None, audience: str = "open") -> Message:
        """The beacon that names this position, or the last one."""
        last = self.log.head().by_audience.get(audience, 0) if position is None else position
        return SEAL.sealed(
            routing_key=beacon_key(self.service, audience), body=str(last).encode(), message_id="beacon"
        )


class Cut:
    """A feed that may be cut off: a Feed that passes its contract while it is whole."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.is_cut = False
        self.n_reads = 0

    def read(self, after: int, limit: int) -> list[bytes]:
        """Records behind `after`.

        Raises: FeedUnavailable while it is cut.
        """
        self.n_reads += 1
        if self.is_cut:
            raise FeedUnavailable("cut")
        return self._feed.read(after, limit)


SEAL = Seal(b"the service key of this test, made up")
"""What the services of this test seal their messages with."""


# --- the board ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Write down what was heard of a thing."""

    entry_id: str
    heard: str
    at: datetime


def decide(_: int, command: Answer) -> Sequence[Any]:
    """Whatever is heard is written down, in the form of an id."""
    return [CounsellingRequested(person_id=command.heard.replace(" ", "-"))]


ENTRY: Decider[int, Answer, Any] = Decider(name="entry", initial=0, decide=decide, evolve=lambda n, _: n + 1)


def name_heard(document: Document | None, event: Happening[Any]) -> Document:
    """The name, and how often one was heard: folding an event twice would show."""
    return {"name": event.data.name, "n_heard": (document or {"n_heard": 0})["n_heard"] + 1}


NAMES = ReadModel(
    name="names", version=1, on=(OrganisationRegistered, OrganisationAmended), evolve=name_heard
)


def keeping(keep: Callable[[Any, Sequence[Recorded[Any]]], None]) -> Keep:
    """What an inbox keeps, as a function that runs within the transaction."""

    @contextmanager
    def around(_source: str, events: Sequence[Recorded[Any]]) -> Iterator[Callable[[Any], None]]:
        yield lambda tx: keep(tx, events)

    return around


@dataclass(slots=True)
class Board:
    """A service that listens to others; `poison` are streams that its reaction chokes on.

    `meanwhile` is what happens elsewhere while it reacts.
    """

    store: SqlStore
    feeds: dict[str, Cut]
    bus: MemoryBus
    poison: set[str] = field(default_factory=set)
    meanwhile: Callable[[], None] = lambda: None
    timers: tuple[Timer[Any], ...] = ()
    app: App = field(init=False)
    projection: ViewsProjection = field(init=False)

    def __post_init__(self) -> None:
        def answer(event: Recorded[Any], _: Ask) -> Iterable[Any]:
            self.meanwhile()
            if event.stream in self.poison:
                raise ValueError(f"chokes on {event.stream}")
            yield Answer(entry_id=event.noun_id, heard=event.data.name, at=event.time)

        tables = ServiceTables(
            name="marketplace",
            commands=(CommandRoute(command=Answer, decider=ENTRY, nouns="entries", roles=frozenset()),),
            reactions=(
                Reaction(name="answer", on=(OrganisationRegistered, OrganisationAmended), react=answer),
            ),
            views=(NAMES,),
            timers=self.timers,
            follows=tuple(self.feeds),
        )
        self.app = App(tables, self.store)
        self.projection = ViewsProjection(tables, self.store, self.feed_of)
        self.projection.ensure()

    def feed_of(self, source: str) -> Feed:
        """Where to read the board's own events, or those of a source."""
        return LogFeed(self.store.log) if source == "marketplace" else self.feeds[source]

    def inbox(self, *, keep: Keep = keep_nothing, bus: Any = None, kind: type[Inbox] = Inbox) -> Inbox:
        """The board's end of the wire, declared."""
        feeds: dict[str, Feed] = dict(self.feeds)
        inbox = kind(self.app, self.store, self.projection, bus or self.bus, feeds, seal=SEAL, keep=keep)
        self.bus.declare("marketplace", tuple(self.feeds))
        return inbox

    @property
    def answered(self) -> list[str]:
        """What the board has answered, in the order of its log."""
        heard = [decode(stored.record).data.person_id for stored in self.store.log.read(limit=10_000)]
        return [person_id.replace("-", " ") for person_id in heard]

    @property
    def names(self) -> dict[str, int]:
        """How often the view has heard of each organisation."""
        return {document["id"]: document["n_heard"] for document in self.store.ask.find(NAMES, limit=1000)}


def send(bus: MemoryBus, *messages: Message) -> None:
    """Publish, as any relay does."""
    publisher: Publisher = bus.publisher()
    publisher.publish(messages)


def open_board(folder: Path, migrated: Path, sources: Sequence[Source]) -> Board:
    """A board with nothing on it, on a SQLite file of its own."""
    shutil.copy(migrated, folder / "board.db")
    store = SqlStore.open(
        f"sqlite:///{folder}/board.db", service="marketplace", city_key=CITY, clock=lambda: NOON
    )
    return Board(store, {source.service: Cut(LogFeed(source.log)) for source in sources}, MemoryBus())


@contextmanager
def at_work(*loops: Any) -> Iterator[None]:
    """The loops at work, each in a thread; they have ended when the block has."""
    stopping = threading.Event()
    threads = [threading.Thread(target=loop.run, args=(stopping,), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
