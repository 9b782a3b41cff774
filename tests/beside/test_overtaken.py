"""What does a process do that another one has overtaken? It sees that the cursor moved, and has done nothing twice.

Two processes of one city are two of everything on one database. Where the second one comes is fixed by hooks.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.event import listen

from services.actors.views.activity import ACTIVITIES, activity
from services.reporting.app import REPORTING
from services.reporting.history import FactProjector, keep_history
from shared.bus.memory import MemoryBus
from shared.eventlog.migrations import migrate
from shared.eventlog.port import Conflict, CursorMoved, LogUnavailable
from shared.eventlog.store import SqlStore
from shared.events.employment.placement import PlacementProposed
from shared.events.marketplace.engagement import CounsellingRequested
from shared.events.vocabulary import WorkForm
from shared.kernel.read_model import Document
from shared.kernel.recorded import Happening, Recorded
from shared.service.feeds import LogFeed
from shared.service.folding import FeedPast
from shared.service.inbox import Inbox, inbox_cursor
from shared.service.parking import CONSUMER
from shared.service.projection import Projection, views_cursor
from shared.service.projector import OwnLog, Projector
from tests.beside.stores import OpenStore
from tests.shared.service.board import CITY, NAMES, NOON, Board, Cut, Source
from tests.shared.service.test_projector import DAY, TABLES, Actors, fill


def keeping(board: Board) -> Inbox:
    """An inbox that keeps history and folds facts, as reporting's does."""
    return board.inbox(keep=keep_history(board.store, FactProjector(board.store, REPORTING.facts)))


@pytest.fixture
def boards(open_store: OpenStore, actors: Source, employment: Source) -> tuple[Board, Board]:
    """The same board in two processes; neither has heard anything."""
    feeds = {source.service: Cut(LogFeed(source.log)) for source in (actors, employment)}
    return Board(open_store(), feeds, MemoryBus()), Board(open_store(), feeds, MemoryBus())


@pytest.fixture
def actors() -> Source:
    """A source that has said nothing yet."""
    return Source("actors")


@pytest.fixture
def employment() -> Source:
    """Another one."""
    return Source("employment")


def test_an_inbox_that_was_overtaken_keeps_no_record_twice(
    boards: tuple[Board, Board], actors: Source
) -> None:
    first, second = map(keeping, boards)
    second.begin()  # it remembers now how far it is
    actors.says(1, 2, 3)
    first.catch_up("actors")
    with pytest.raises(CursorMoved):
        second.catch_up("actors")
    assert second.catch_up("actors") == 0
    assert [line.position for line in boards[0].store.history.read("actors")] == [1, 2, 3]
    assert boards[0].answered == boards[1].answered
    assert len(boards[0].answered) == 3
    actors.says(1)
    assert second.catch_up("actors") == 1
    assert boards[0].names == {"1": 2, "2": 1, "3": 1}


def test_an_inbox_that_comes_in_the_middle_waits_and_then_knows(
    boards: tuple[Board, Board], actors: Source
) -> None:
    outcomes: list[int | type[Exception]] = []
    second = keeping(boards[1])
    second.begin()

    def come() -> None:
        try:
            outcomes.append(second.catch_up("actors"))
        except Exception as error:  # noqa: BLE001 - the test says which it may be
            outcomes.append(type(error))

    coming = threading.Thread(target=come)
    facts = FactProjector(boards[0].store, REPORTING.facts)
    keep = keep_history(boards[0].store, facts)
    first = boards[0].inbox(keep=lambda source, events: then(keep(source, events), coming.start))
    actors.says(1, 2)
    assert first.catch_up("actors") == 2
    coming.join(60)
    assert outcomes in ([CursorMoved], [0])  # 0 where it came so late that it saw the cursor at once
    assert [line.position for line in boards[0].store.history.read("actors")] == [1, 2]
    assert facts.position("actors") == 2


@contextmanager
def then(
    keeping_them: AbstractContextManager[Callable[[Any], None]], do: Callable[[], object]
) -> Iterator[Callable[[Any], None]]:
    """Do something in the transaction once the records are in it."""
    with keeping_them as keep:

        def keep_and_do(tx: Any) -> None:
            keep(tx)
            do()

        yield keep_and_do


def test_a_projector_that_was_overtaken_has_folded_nothing(open_store: OpenStore) -> None:
    folded: list[int] = []

    def fold(document: Document | None, event: Happening[Any]) -> Document:
        folded.append(event.position)
        return NAMES.evolve(document, event)  # type: ignore[return-value]  # none of these deletes

    tables = replace(TABLES, views=(replace(NAMES, evolve=fold),))
    first, second = (Actors(open_store("actors"), tables) for _ in range(2))
    fill(first, 1, 2, 1)

    class Overtaken(OwnLog):
        def read(self, source: str, after: int) -> tuple[Sequence[Recorded[Any]], int]:
            batch = super().read(source, after)
            first.projector.step()
            return batch

    projector = Projector("second", second.projection, Overtaken("actors", second.store.log), "actors")
    with pytest.raises(CursorMoved):
        projector.step()
    assert folded == [1, 2, 3]
    assert projector.step() == 0
    assert first.names == {"1": 2, "2": 1}


def test_what_another_process_has_handled_is_not_parked(boards: tuple[Board, Board], actors: Source) -> None:
    first, second = (board.inbox() for board in boards)
    second.begin()
    actors.says(1)

    boards[1].poison.add("organisation-1")

    def overtake() -> None:
        first.catch_up("actors")

    boards[1].meanwhile = overtake
    with pytest.raises(CursorMoved):
        second.catch_up("actors")
    assert boards[0].store.parked.listed(consumer=CONSUMER) == []
    assert boards[0].store.cursors.cursor(inbox_cursor("actors")) == 1


def test_a_stream_that_others_write_to_all_the_time_parks_no_event(
    boards: tuple[Board, Board], actors: Source
) -> None:
    board = boards[0]

    def others_are_faster() -> None:
        raise Conflict("entry-1")

    board.meanwhile = others_are_faster
    inbox = board.inbox()
    actors.says(1)
    with pytest.raises(Conflict):
        inbox.catch_up("actors")
    board.meanwhile = lambda: None
    assert inbox.catch_up("actors") == 1
    assert board.store.parked.listed(consumer=CONSUMER) == []
    assert len(board.answered) == 1


@pytest.mark.needs_postgres
def test_two_sources_of_one_document_are_folded_in_turns(postgres_url: str) -> None:
    """Without turns each would fold its event into the document as it was before, and the later write would win."""
    migrate(postgres_url, "actors")
    stores = [SqlStore.open(postgres_url, service="actors", city_key=CITY, clock=lambda: NOON) for _ in "12"]
    listen(stores[1].database.engine, "connect", impatient)

    def fold(document: Any, event: Any) -> Any:
        if event.time == NOON + DAY:
            with suppress(LogUnavailable):  # the first has its turn
                fold_into(second, waiting[0])
                waiting.clear()
        return activity(document, event)

    waiting = [happened(PROPOSED, "employment", NOON + 2 * DAY)]
    first, second = activities(stores[0], fold), activities(stores[1])
    fold_into(first, happened(ASKED, "marketplace", NOON))
    fold_into(first, happened(ASKED, "marketplace", NOON + DAY))
    for event in waiting:
        fold_into(second, event)
    assert [document["at"] for document in first.stored()[ACTIVITIES.name].values()] == [
        (NOON + 2 * DAY).isoformat()
    ]
    for store in stores:
        store.close()


ASKED = CounsellingRequested(person_id="p-1")
PROPOSED = PlacementProposed(
    match_id="m-1",
    offer_id="o-1",
    search_id="s-1",
    employer_id="e-1",
    form=WorkForm.JOB,
    additional=False,
    hours_per_week=Decimal(20),
)


def impatient(connection: Any, _record: object) -> None:
    """It waits for no lock."""
    connection.execute("SET lock_timeout = '10ms'")
    connection.commit()


def activities(store: SqlStore, fold: Callable[[Any, Any], Any] = activity) -> Projection[Any]:
    """The read model of actors that marketplace and employment both feed."""
    models, sources = [replace(ACTIVITIES, evolve=fold)], ("marketplace", "employment")
    projection = Projection[Any](models, store, FeedPast(lambda _: LogFeed(store.log)), sources, views_cursor)
    projection.ensure()
    return projection


def happened(data: Any, service: str, at: datetime) -> Recorded[Any]:
    """An event about the search `s-1`."""
    stream = "search-s-1" if service == "marketplace" else "placement-m-1"
    return Recorded(
        position=1,
        id="event",
        source=f"urn:kosilab:{CITY}:{service}:1",
        service=service,
        stream=stream,
        version=1,
        type=f"kosilab.{service}.{type(data).__name__}.v1",
        audience="internal",
        time=at,
        recorded_at=at,
        previous=0,
        command_id="command",
        data=data,
        record=b"",
    )


def fold_into(projection: Projection[Any], event: Recorded[Any]) -> None:
    """Fold one event in a transaction of its own."""
    with projection.store.transaction() as tx:
        projection.apply(tx, [event])
