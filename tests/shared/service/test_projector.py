"""Do views follow the log, stop when they can't, and come back the same when they are built anew?"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.eventlog.port import Append, CursorMoved, Draft
from shared.eventlog.store import SqlStore
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
    OrganisationVerified,
)
from shared.events.codec import encode_data
from shared.events.vocabulary import Sector
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening, Recorded
from shared.service import projector as projector_module
from shared.service.feeds import LogFeed
from shared.service.projection import ViewsProjection, views_cursor
from shared.service.projector import OwnLog, Projector
from shared.service.tables import ServiceTables, Timer
from tests.servers import until
from tests.shared.service.board import CITY, NAMES, NOON, at_work

DAY = timedelta(days=1)


def check_due(event: Recorded[Any]) -> Any:
    """To be checked a day after it was registered; never when verified; as before when amended."""
    match event.data:
        case OrganisationRegistered():
            return event.time + DAY
        case OrganisationVerified():
            return None
        case _:
            return ...


CHECK = Timer(
    kind="check",
    on=(OrganisationRegistered, OrganisationAmended, OrganisationVerified),
    due=check_due,
    command=lambda noun_id, due_at: (noun_id, due_at),
)
TABLES = ServiceTables(name="actors", views=(NAMES,), timers=(CHECK,))


class Actors:
    """A service that keeps a view of its own events."""

    def __init__(
        self, store: SqlStore, tables: ServiceTables = TABLES, kind: type[LogFeed] = LogFeed
    ) -> None:
        self.store = store
        self.projection = ViewsProjection(tables, store, lambda _: kind(store.log))
        self.projection.ensure()
        self.projector = Projector("actors projector", self.projection, OwnLog("actors", store.log))

    def says(self, event: object, organisation: int, *, data: bytes = b"") -> None:
        """One event into the stream of an organisation."""
        stream = f"organisation-{organisation}"
        position, version = self.store.log.head().position, len(self.store.log.read_stream(stream))
        draft = Draft(
            id=f"event-{position}",
            type=f"kosilab.actors.{type(event).__name__}.v1",
            audience="open",
            time=NOON,
            data=data or encode_data(event),
        )
        self.store.log.append(
            Append(
                stream=stream,
                expected_version=version,
                command_id=f"command-{position}",
                request_digest="d",
                events=[draft],
            )
        )

    @property
    def names(self) -> dict[str, int]:
        """How often each organisation was heard of."""
        return {document["id"]: document["n_heard"] for document in self.store.ask.find(NAMES, limit=1000)}

    @property
    def due(self) -> dict[str, datetime]:
        """When each organisation is to be checked."""
        return {deadline.stream: deadline.due_at for deadline in self.store.deadlines.due(NOON + 99 * DAY)}


REGISTERED = OrganisationRegistered(name="made up", sector=Sector.COMPANY, district="Barmen")
AMENDED = OrganisationAmended(name="made up", sector=Sector.COMPANY, district="Barmen")


@pytest.fixture
def actors(tmp_path: Path, migrated_file: Path) -> Iterator[Actors]:
    """The service, with nothing said."""
    shutil.copy(migrated_file, tmp_path / "actors.db")
    store = SqlStore.open(
        f"sqlite:///{tmp_path}/actors.db", service="actors", city_key=CITY, clock=lambda: NOON
    )
    yield Actors(store)
    store.close()


def fill(actors: Actors, *organisations: int) -> None:
    """Each organisation is registered, and amended when it comes again."""
    for at, number in enumerate(organisations):
        actors.says(AMENDED if number in organisations[:at] else REGISTERED, number)


def test_events_are_folded_once_each_and_the_cursor_moves_with_them(actors: Actors) -> None:
    fill(actors, 1, 2, 1)
    assert actors.projector.step() == 3
    assert actors.projector.step() == 0
    assert actors.names == {"1": 2, "2": 1}
    assert actors.projection.position("actors") == 3


def test_a_long_log_is_folded_batch_by_batch(actors: Actors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projector_module, "BATCH", 2)
    fill(actors, 1, 1, 1, 2, 1)
    assert [actors.projector.step() for _ in range(4)] == [2, 2, 1, 0]
    assert actors.names == {"1": 4, "2": 1}


def test_a_crash_in_the_transaction_leaves_view_and_cursor_as_they_were(
    actors: Actors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise CursorMoved("another was faster")

    fill(actors, 1)
    with monkeypatch.context() as patched:
        patched.setattr(actors.store.cursors, "move_cursor", crash)
        with pytest.raises(CursorMoved):
            actors.projector.step()
    assert (actors.names, actors.projection.position("actors")) == ({}, 0)
    actors.projector.step()
    assert actors.names == {"1": 1}


def test_deadlines_are_set_moved_and_taken_away_by_events(actors: Actors) -> None:
    fill(actors, 1, 2, 1)
    actors.says(OrganisationVerified(), 2)
    actors.projector.step()
    assert actors.due == {"organisation-1": NOON + DAY}


def failing(_: Document | None, event: Happening[Any]) -> Document:
    """Chokes on an amended organisation."""
    if isinstance(event.data, OrganisationAmended):
        raise ZeroDivisionError
    return {"name": event.data.name, "n_heard": 1}


def test_a_view_that_fails_stops_the_projector_which_says_so_and_skips_nothing(actors: Actors) -> None:
    broken = Actors(actors.store, replace(TABLES, views=(replace(NAMES, name="broken", evolve=failing),)))
    fill(broken, 1)
    broken.projector.step()
    fill(broken, 2, 2)
    with at_work(broken.projector):
        until(lambda: isinstance(broken.projector.failed, ZeroDivisionError), "the projector says so")
    assert broken.projection.position("actors") == 1


def test_an_event_of_its_own_that_cannot_be_read_stops_the_projector(actors: Actors) -> None:
    actors.says(REGISTERED, 1, data=b'{"name":7}')
    with pytest.raises(ValueError, match="name"):
        actors.projector.step()
    assert actors.projection.position("actors") == 0


def test_it_follows_the_log_until_told_to_stop(actors: Actors) -> None:
    with at_work(actors.projector):
        fill(actors, 1)
        until(lambda: actors.names == {"1": 1}, "the view has it")
        fill(actors, 2)
        until(lambda: actors.names == {"1": 1, "2": 1}, "the view has both")


def test_a_view_that_is_new_begins_with_all_that_the_others_have_seen(actors: Actors) -> None:
    fill(actors, 1, 2, 1)
    actors.projector.step()
    fill(actors, 3)
    newer = replace(NAMES, version=2)
    grown = Actors(actors.store, replace(TABLES, views=(newer,)))
    assert grown.names == {"1": 2, "2": 1}
    grown.projector.step()
    assert grown.names == {"1": 2, "2": 1, "3": 1}


def changed(view: ReadModel[Any, Any]) -> ReadModel[Any, Any]:
    """The same view, as a new release would fold it."""
    return replace(
        view,
        evolve=lambda document, event: {**NAMES.evolve(document, event), "is_new": True},  # type: ignore[dict-item]
    )


def test_a_rebuild_switches_to_what_the_log_leads_to(actors: Actors) -> None:
    fill(actors, 1, 2, 1)
    actors.projector.step()
    seen_meanwhile: list[dict[str, int]] = []

    class Watched(LogFeed):
        def read(self, after: int, limit: int) -> list[bytes]:
            seen_meanwhile.append(actors.names)
            return super().read(after, limit)

    watched = Actors(actors.store, replace(TABLES, views=(changed(NAMES),)), Watched)
    watched.projection.rebuild()
    assert actors.names == {"1": 2, "2": 1}
    assert seen_meanwhile == [{"1": 2, "2": 1}]
    assert all(document["is_new"] for document in actors.store.ask.find(NAMES))


def test_a_rebuild_comes_as_far_as_the_views_had_and_the_projector_goes_on_from_there(
    actors: Actors,
) -> None:
    fill(actors, 1)
    actors.projector.step()
    fill(actors, 2)
    actors.projection.rebuild()
    assert actors.names == {"1": 1}
    actors.projector.step()
    assert actors.names == {"1": 1, "2": 1}
    assert actors.store.cursors.cursor(views_cursor("actors")) == 2
