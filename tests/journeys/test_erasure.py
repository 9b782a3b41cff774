"""Is a person erased from all services, while figures and the rest of the history stay as they are?"""

import gzip
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.actors.views.erasure import ERASURES
from shared.events.codec import decode
from shared.vault.slots import open_slots
from tests.journeys.town import MARKS, Town
from tests.marks import disguises, holding


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A city in which a person is known, agreed to be contacted and looks for something."""
    with Town(tmp_path / "city") as opened:
        opened.begin()
        yield opened


SOUGHT = [disguise for mark in MARKS for disguise in disguises(mark)]


def test_every_service_reports_and_the_erasure_is_complete(town: Town) -> None:
    town.erase()
    shown = town.instance.units["actors"].store.ask.get(ERASURES, "e1")
    assert shown is not None
    assert shown["state"] == "completed"
    assert shown["n_slots"] == {"actors": 3, "marketplace": 0, "employment": 0}


def test_nobody_looks_for_anything_in_their_name_any_more(town: Town) -> None:
    town.erase()
    assert "SearchClosed" in [type(event.data).__name__ for event in town.events()]


def test_the_history_before_stays_byte_for_byte_and_the_facts_of_it_too(town: Town) -> None:
    records, offers = [event.record for event in town.events()], town.facts()
    town.erase()
    after = [event.record for event in town.events()]
    assert set(records) <= set(after)
    same = {name for name, value in town.facts().items() if value == offers[name]}
    assert set(offers) - same <= {"need"}  # the search was closed, which is an event like any other


def test_no_mark_of_the_person_is_found_anywhere(town: Town, tmp_path: Path) -> None:
    town.erase()
    town.close()
    assert list(holding(tmp_path, SOUGHT)) == []
    town.open()


def test_the_search_for_marks_finds_them_in_every_disguise(tmp_path: Path) -> None:
    for number, disguise in enumerate(SOUGHT):
        (tmp_path / f"{number}").write_bytes(b"before" + disguise + b"behind")
    for number, packed in enumerate((gzip.compress(MARKS[0].encode()), zlib.compress(MARKS[0].encode()))):
        (tmp_path / f"packed {number}").write_bytes(b"before" + packed + b"behind")
    assert len(list(holding(tmp_path, SOUGHT))) == len(list(tmp_path.iterdir()))


def test_databases_restored_from_before_can_not_be_read(town: Town, tmp_path: Path) -> None:
    town.close()
    shutil.copytree(tmp_path / "city", tmp_path / "backup", ignore=shutil.ignore_patterns("keys"))
    town.open()
    town.erase()
    town.close()
    shutil.copytree(tmp_path / "backup", tmp_path / "city", dirs_exist_ok=True)
    town.open()
    store = town.instance.units["actors"].store
    (registered, *_) = (decode(record.record) for record in store.log.read())
    slots = store.slots.of_event(registered.id)
    assert len(slots) == 3
    assert set(open_slots(town.instance.vault, registered.type, slots).values()) == {None}
