"""Is a person erased from all services, while figures and the rest of the history stay as they are?"""

import base64
import gzip
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.city import load_city
from deploy.instance import Instance
from services.actors.domain.erasure import RequestErasure
from services.actors.domain.person import GiveConsent, RegisterPerson
from services.marketplace.domain.search import PostSearch
from services.reporting.facts.tables import digest
from shared.bus.memory import MemoryBus
from shared.eventlog.port import Done
from shared.events.codec import decode
from shared.events.marketplace.need import SearchTerms
from shared.events.registry import SERVICES
from shared.events.vocabulary import Category, DistanceClass, HoursBand, OfferKind, PersonContext, Purpose
from shared.kernel.recorded import Recorded
from shared.service.settings import load
from shared.vault.slots import open_slots

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARKS = ("Qxyrnameqx Zwölfmark", "qxyrcontactqx@example.org", "1937-11-23")
LOOKS_FOR = SearchTerms(
    kind=OfferKind.VOLUNTEERING,
    hours=HoursBand.UNDER_5,
    distance=DistanceClass.NEAR,
    from_month="2026-03",
    category=Category.HELPING_HANDS,
)
REGISTER = RegisterPerson(
    person_id="p1",
    context=PersonContext.VOLUNTEERING,
    name=MARKS[0],
    contact=MARKS[1],
    birth_date=date.fromisoformat(MARKS[2]),
    at=AT,
)


class Town:
    """A city in a folder; nothing happens but what the test does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.instance = self.open()

    def open(self) -> Instance:
        """The instance on the folder's databases."""
        settings = load({"KOSILAB_CITY": "wuppertal", "KOSILAB_DATA_DIR": str(self.folder)}, {})
        return Instance(load_city("wuppertal"), settings, bus=MemoryBus(), now=lambda: AT)

    def send(self, service: str, command: Any) -> None:
        """A command that takes effect, and all that follows from it."""
        name = type(command).__name__
        outcome = self.instance.apps[service].handle(command, command_id=name, request_digest=name)
        assert isinstance(outcome, Done), outcome
        self.instance.settle()

    def events(self) -> list[Recorded]:
        """All events of all logs."""
        stores = [self.instance.units[service].store for service in SERVICES]
        return [decode(one.record) for store in stores for one in store.log.read(limit=10_000)]

    def facts(self) -> dict[str, str]:
        """The digests of all facts."""
        facts = self.instance.units["reporting"].facts
        assert facts is not None
        rows = facts.replay({source: facts.position(source) for source in SERVICES})
        return {name: digest(table) for name, table in rows.items()}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A city in which a person is known, agreed to be contacted and looks for something."""
    opened = Town(tmp_path / "city")
    opened.send("actors", REGISTER)
    opened.send("actors", GiveConsent(person_id="p1", purpose=Purpose.CONTACT, at=AT))
    opened.send("marketplace", PostSearch(need_id="s1", person_id="p1", terms=LOOKS_FOR, at=AT))
    yield opened
    opened.instance.close()


def erase(town: Town) -> None:
    """Erase the person."""
    town.send("actors", RequestErasure(erasure_id="e1", person_id="p1", at=AT))


def disguises(mark: str) -> Iterator[bytes]:
    """The mark as it might lie somewhere."""
    for plain in (mark.encode(), mark.encode("utf-16-le"), mark.encode("utf-16-be"), mark.encode("latin-1")):
        yield plain
        yield plain.hex().encode()
        for shift in range(3):  # where base64 begins in a longer text changes its letters
            whole = base64.b64encode(b"\0" * shift + plain)
            yield whole[4 if shift else 0 : -4]


def found(folder: Path) -> list[str]:
    """The files that hold a mark in any disguise, also inside what is packed."""
    sought = [disguise for mark in MARKS for disguise in disguises(mark)]
    holding = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content += gzip.decompress(content)
        if any(disguise in content for disguise in sought):
            holding.append(path.name)
    return holding


def test_every_service_reports_and_the_erasure_is_complete(town: Town) -> None:
    erase(town)
    shown = town.instance.units["actors"].store.ask.get("erasures", "e1")
    assert shown is not None
    assert shown["state"] == "completed"
    assert shown["n_slots"] == {"actors": 3, "marketplace": 0, "employment": 0}


def test_nobody_looks_for_anything_in_their_name_any_more(town: Town) -> None:
    erase(town)
    assert "SearchClosed" in [type(event.data).__name__ for event in town.events()]


def test_the_history_before_stays_byte_for_byte_and_the_facts_of_it_too(town: Town) -> None:
    records, offers = [event.record for event in town.events()], town.facts()
    erase(town)
    after = [event.record for event in town.events()]
    assert set(records) <= set(after)
    same = {name for name, value in town.facts().items() if value == offers[name]}
    assert set(offers) - same <= {"need"}  # the search was closed, which is an event like any other


def test_no_mark_of_the_person_is_found_anywhere(town: Town, tmp_path: Path) -> None:
    erase(town)
    town.instance.close()
    assert found(tmp_path) == []
    town.instance = town.open()


def test_the_search_for_marks_finds_them_in_every_disguise(tmp_path: Path) -> None:
    for number, disguise in enumerate(d for mark in MARKS for d in disguises(mark)):
        (tmp_path / f"{number}").write_bytes(b"before" + disguise + b"behind")
    (tmp_path / "packed").write_bytes(gzip.compress(MARKS[0].encode()))
    assert len(found(tmp_path)) == len(list(tmp_path.iterdir()))


def test_databases_restored_from_before_can_not_be_read(town: Town, tmp_path: Path) -> None:
    town.instance.close()
    shutil.copytree(tmp_path / "city", tmp_path / "backup", ignore=shutil.ignore_patterns("keys"))
    town.instance = town.open()
    erase(town)
    town.instance.close()
    shutil.copytree(tmp_path / "backup", tmp_path / "city", dirs_exist_ok=True)
    town.instance = town.open()
    store = town.instance.units["actors"].store
    (registered, *_) = (decode(one.record) for one in store.log.read())
    slots = store.slots.of_event(registered.id)
    assert len(slots) == 3
    assert set(open_slots(town.instance.vault, registered.type, slots).values()) == {None}
