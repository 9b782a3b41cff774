"""Does a city come back whole, with what was erased erased, and what was lost to be seen?"""

import json
import random
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.backup.copying import check_copy
from deploy.backup.creating import digest_of
from deploy.cli.failures import Failed
from deploy.instance import Instance
from services.actors.domain.person import RegisterPerson
from shared.events.codec import decode
from shared.events.process import IncarnationBegan
from shared.events.registry import SERVICES
from shared.events.vocabulary import PersonContext
from shared.service import clock
from shared.vault.slots import open_slots
from tests.deploy.desk import Desk, register

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def city(desk: Desk) -> Desk:
    """A city with organisations and a person that is known by name."""
    instance = desk.open()
    register(instance, "Eins", "Zwei")
    known(instance, "p1")
    instance.settle()
    instance.close()
    return desk


def known(instance: Instance, person: str) -> None:
    """A person with a name."""
    command = RegisterPerson(
        person_id=person, context=PersonContext.VOLUNTEERING, name=f"Erika {person}", at=AT
    )
    instance.apps["actors"].handle(command, command_id=person, request_digest=person)


def backed_up(city: Desk, folder: Path) -> str:
    """A backup."""
    said = city.call("backup", "create", str(folder))
    assert said.code == 0, said.err
    return str(folder)


def lose_databases(city: Desk) -> None:
    """The disk with the databases is gone; keys, register and ledger are kept elsewhere."""
    shutil.rmtree(city.folder / "databases")


def records(city: Desk) -> dict[str, list[bytes]]:
    """All logs."""
    instance = city.open()
    found = {name: [one.record for one in unit.store.log.read()] for name, unit in instance.units.items()}
    instance.close()
    return found


def read(city: Desk, person: str) -> set[str | None]:
    """What can be read of a person."""
    instance = city.open()
    store, found = instance.units["actors"].store, set()
    for stored in store.log.read_stream(f"person-{person}"):
        event = decode(stored.record)
        found |= set(open_slots(instance.vault, event.type, store.slots.of_event(event.id)).values())
    instance.close()
    return found


def sign(city: Desk) -> None:
    """Have every log signed for."""
    instance = city.open()
    for unit in instance.units.values():
        unit.vouching.step()
    instance.settle()
    instance.close()


def test_what_was_backed_up_comes_back_byte_for_byte(city: Desk, tmp_path: Path) -> None:
    before, folder = records(city), backed_up(city, tmp_path / "backup")
    lose_databases(city)
    said = city.call("backup", "restore", folder)
    assert said.code == 0, said.err
    assert records(city) == before
    assert read(city, "p1") == {"Erika p1"}


def test_who_was_erased_after_the_backup_stays_erased_and_the_log_says_so(
    city: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = backed_up(city, tmp_path / "backup")
    assert city.call("erase", "p1", "--yes").code == 0
    lose_databases(city)
    said = city.call("backup", "restore", folder)
    assert (said.code, "1 slots of erased persons deleted again" in said.out) == (0, True), said.err
    assert read(city, "p1") == set()
    assert city.call("history", "export", str(tmp_path / "audit")).code == 0
    assert city.call("history", "verify", str(tmp_path / "audit")).code == 0
    assert capfd.readouterr().out.endswith("OK\n")


def test_events_that_are_lost_for_good_are_seen_and_their_numbers_told_apart(
    city: Desk, tmp_path: Path
) -> None:
    folder = backed_up(city, tmp_path / "backup")
    instance = city.open()
    register(instance, "Drei", "Vier")
    instance.settle()
    instance.close()
    sign(city)
    lose_databases(city)
    said = city.call("backup", "restore", folder)
    assert (said.code, "are lost; incarnation 2 says so" in said.out) == (0, True), said.err
    began = [
        event for event in map(decode, records(city)["actors"]) if isinstance(event.data, IncarnationBegan)
    ]
    assert len(began) == 1
    assert began[0].source.endswith(":actors:2")
    instance = city.open()
    register(instance, "Fünf")
    instance.settle()
    instance.close()


def test_a_tail_that_reporting_still_holds_comes_back_byte_for_byte(city: Desk, tmp_path: Path) -> None:
    older = backed_up(city, tmp_path / "older")
    instance = city.open()
    register(instance, "Drei")
    instance.settle()
    instance.close()
    sign(city)
    before, newer = records(city), backed_up(city, tmp_path / "newer")
    shutil.copyfile(Path(older) / "actors.db", Path(newer) / "actors.db")
    _rewrite_manifest(Path(newer))
    lose_databases(city)
    said = city.call("backup", "restore", newer)
    assert (said.code, "records brought back from reporting's history" in said.out) == (0, True), said.err
    assert records(city)["actors"][: len(before["actors"])] == before["actors"]


def _rewrite_manifest(folder: Path) -> None:
    """As if copies of two days had been put together by hand."""
    manifest = json.loads((folder / "backup.json").read_text())
    manifest["files"] = {path.name: digest_of(path) for path in folder.glob("*.db")}
    (folder / "backup.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("damage", ["truncated", "missing", "another city", "no backup"])
def test_what_is_no_whole_backup_is_refused_and_nothing_is_touched(
    city: Desk, tmp_path: Path, damage: str
) -> None:
    folder = Path(backed_up(city, tmp_path / "backup"))
    match damage:
        case "truncated":
            (folder / "actors.db").write_bytes((folder / "actors.db").read_bytes()[:-100])
        case "missing":
            (folder / "actors.db").unlink()
        case "another city":
            manifest = (folder / "backup.json").read_text()
            (folder / "backup.json").write_text(manifest.replace("05124000", "05913000"))
        case "no backup":
            (folder / "backup.json").unlink()
    before = records(city)
    said = city.call("backup", "restore", str(folder))
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert records(city) == before


def test_nothing_is_overwritten(city: Desk, tmp_path: Path) -> None:
    folder = backed_up(city, tmp_path / "backup")
    assert "nothing was overwritten" in city.call("backup", "restore", folder).err
    assert "not empty" in city.call("backup", "create", folder).err


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_erased_backed_up_lost_and_restored_in_any_order_is_never_readable_again(
    city: Desk, tmp_path: Path, seed: int
) -> None:
    chance, backups, erased = random.Random(seed), [backed_up(city, tmp_path / "first")], set[str]()
    persons = ["p1"]
    for number in range(5):
        match chance.choice(["erase", "backup", "restore", "register"]):
            case "register":
                instance = city.open()
                known(instance, f"q{seed}-{number}")
                instance.settle()
                instance.close()
                persons.append(f"q{seed}-{number}")
            case "erase":
                person = chance.choice(persons)
                if city.call("erase", person, "--yes").code == 0:
                    erased.add(person)
            case "backup":
                backups.append(backed_up(city, tmp_path / f"{number}"))
            case _:
                lose_databases(city)
                assert city.call("backup", "restore", chance.choice(backups)).code == 0
        for person in erased:
            assert read(city, person) <= {None}


def test_a_copy_that_is_damaged_is_found_while_it_is_made(city: Desk, tmp_path: Path) -> None:
    folder = Path(backed_up(city, tmp_path / "backup"))
    with sqlite3.connect(folder / "actors.db") as database:
        database.execute("PRAGMA writable_schema=ON")
        database.execute("UPDATE sqlite_master SET rootpage = rootpage + 1 WHERE name = 'event'")
    with pytest.raises((Failed, sqlite3.DatabaseError)):
        check_copy("sqlite:///", folder / "actors.db")


def test_every_service_is_in_the_backup_and_no_key_is(city: Desk, tmp_path: Path) -> None:
    folder = Path(backed_up(city, tmp_path / "backup"))
    assert {path.name for path in folder.iterdir()} == {
        "backup.json",
        "vault.db",
        *(f"{service}.db" for service in SERVICES),
    }
    keys = [path.read_bytes() for path in (city.folder / "vault" / "keys").glob("*.key")]
    assert keys
    assert not any(key in path.read_bytes() for key in keys for path in folder.iterdir())
    assert clock.now() > AT
