"""Does a city come back whole, with what was erased erased, and what was lost to be seen, wherever it stops?"""

import json
import shutil
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from deploy.backup.creating import digest_of
from deploy.history.vouching import LedgerFolder
from deploy.history.witnessing import COSIGNED, lines_for_others
from deploy.launch import witness_application
from services.actors.domain.erasure import RequestErasure
from services.actors.domain.person import AmendPerson
from shared.eventlog.port import Done
from shared.events.actors.erasure import ErasureRequested
from shared.events.codec import decode
from shared.events.process import IncarnationBegan, SlotsErased
from shared.events.vocabulary import ErasureBasis
from shared.service import clock
from shared.vault.rotation import EPOCH_LASTS, rotate
from tests.deploy.desk import Desk, register
from tests.deploy.restored import (
    audit,
    backed_up,
    events,
    read,
    records,
    register_person,
    registered,
    restored,
    sign,
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def city(request: pytest.FixtureRequest) -> Desk:
    """A city with organisations and a person that is known by name."""
    desk: Desk = request.getfixturevalue("desk" if request.param == "sqlite" else "desk_on_server")
    return _with_people(desk)


@pytest.fixture
def small_city(desk: Desk) -> Desk:
    """The same on files alone."""
    return _with_people(desk)


def _with_people(desk: Desk) -> Desk:
    instance = desk.open()
    register(instance, "Eins", "Zwei")
    register_person(instance, "p1")
    instance.settle()
    instance.close()
    return desk


def goes_on(city: Desk, *organisations: str) -> None:
    """Something happens that is not in the backup."""
    instance = city.open()
    register(instance, *organisations)
    instance.settle()
    instance.close()
    sign(city)


def test_what_was_backed_up_comes_back_byte_for_byte(city: Desk, tmp_path: Path) -> None:
    before, folder = records(city), backed_up(city, tmp_path / "backup")
    city.lose_databases()
    restored(city, folder)
    assert records(city) == before
    assert read(city, "p1") == {"Erika p1"}


def test_who_was_erased_after_the_backup_stays_erased_and_the_log_says_so(city: Desk, tmp_path: Path) -> None:
    folder = backed_up(city, tmp_path / "backup")
    assert city.call("erase", "p1", "--yes").code == 0
    city.lose_databases(vault=True)
    assert "1 slots of erased persons deleted again" in restored(city, folder).out
    assert read(city, "p1") == set()
    (shown,) = city.call("erasures", "--json").data
    assert (shown["state"], shown["basis"], shown["wrong"]) == ("completed", "before_restore", [])
    audit(city, tmp_path / "audit")


def test_events_that_are_lost_for_good_are_seen_and_their_numbers_told_apart(
    city: Desk, tmp_path: Path
) -> None:
    folder = backed_up(city, tmp_path / "backup")
    goes_on(city, "Drei", "Vier")
    city.lose_databases()
    printed = restored(city, folder)
    assert "are lost; incarnation 2 says so" in printed.out
    assert printed.err == ""  # the loss is a step in words, not a log line between the steps
    recorded = [decode(record) for record in records(city)["actors"]]
    began = [event for event in recorded if isinstance(event.data, IncarnationBegan)]
    assert [event.source.rpartition(":")[2] for event in began] == ["2"]
    goes_on(city, "Fünf")
    audit(city, tmp_path / "audit")
    assert received(city) == records(city)["actors"]


def test_a_second_restore_of_the_same_backup_uses_no_number_again_and_names_what_was_signed(
    small_city: Desk, tmp_path: Path
) -> None:
    city, folder = small_city, backed_up(small_city, tmp_path / "backup")
    goes_on(city, "Drei", "Vier")
    city.lose_databases()
    restored(city, folder)
    goes_on(city, "Fünf", "Sechs", "Sieben")
    city.lose_databases()
    assert "are lost; incarnation 3 says so" in restored(city, folder).out
    (began,) = events(city, IncarnationBegan)
    assert isinstance(began, IncarnationBegan)
    assert began.note.startswith(f"05124000.kosilab/actors/2\n{began.signed}\n")
    goes_on(city, "Acht")
    audit(city, tmp_path / "audit")


def received(city: Desk) -> list[bytes]:
    """What reporting has received of actors: what it passed over after the restore would be missing."""
    instance = city.open()
    instance.settle()
    received = [record for _, record in instance.units["reporting"].store.history.records("actors")]
    instance.close()
    return received


def test_a_tail_that_reporting_still_holds_comes_back_and_its_slots_are_told_as_lost(
    city: Desk, tmp_path: Path
) -> None:
    older = backed_up(city, tmp_path / "older")
    goes_on(city, "Drei")
    registered(city, "p2")
    sign(city)
    before, newer = records(city), backed_up(city, tmp_path / "newer")
    (of_actors,) = Path(older).glob("actors.*")
    shutil.copyfile(of_actors, Path(newer) / of_actors.name)
    _rewrite_manifest(Path(newer))
    city.lose_databases()
    printed = restored(city, newer, "--unsigned")
    assert "records brought back from reporting's history" in printed.out
    assert "1 sealed slots are lost, and the logs say which" in printed.out
    assert records(city)["actors"][: len(before["actors"])] == before["actors"]
    (request,) = events(city, ErasureRequested)
    assert isinstance(request, ErasureRequested)
    assert request.basis == ErasureBasis.LOST_IN_RESTORE
    (shown,) = city.call("erasures", "--json").data
    assert (shown["state"], shown["slots"]["actors"], shown["wrong"]) == ("completed", 1, [])
    audit(city, tmp_path / "audit")


def test_a_service_that_had_come_further_hears_what_comes_instead(small_city: Desk, tmp_path: Path) -> None:
    city, older = small_city, backed_up(small_city, tmp_path / "older")
    goes_on(city, "Drei", "Vier")
    instance = city.open()
    request = RequestErasure(erasure_id="e1", person_id="p1", at=clock.now())
    instance.apps["actors"].handle(request, command_id="e1", request_digest="e1")
    instance.settle(["actors"])  # the marketplace has not heard of it yet
    instance.close()
    newer = backed_up(city, tmp_path / "newer")
    for name in ("actors.db", "reporting.db"):
        shutil.copyfile(Path(older) / name, Path(newer) / name)
    _rewrite_manifest(Path(newer))
    city.lose_databases()
    restored(city, newer, "--unsigned")
    (shown,) = city.call("erasures", "--json").data
    assert (shown["state"], shown["wrong"]) == ("completed", [])
    assert received(city) == records(city)["actors"]
    audit(city, tmp_path / "audit")


def _rewrite_manifest(folder: Path) -> None:
    """As if copies of two days had been put together by hand."""
    manifest = json.loads((folder / "backup.json").read_text())
    manifest["files"] = {path.name: digest_of(path) for path in folder.iterdir() if path.suffix != ".json"}
    (folder / "backup.json").write_text(json.dumps(manifest))


def test_a_vault_that_is_lost_too_comes_back_with_the_keys_of_this_epoch(city: Desk, tmp_path: Path) -> None:
    folder = backed_up(city, tmp_path / "backup")
    city.lose_databases(vault=True)
    assert "0 sealed slots are lost" in restored(city, folder).out
    assert read(city, "p1") == {"Erika p1"}


def test_of_a_vault_from_an_epoch_that_has_ended_everything_is_lost_and_nobody_else_is(
    small_city: Desk, tmp_path: Path
) -> None:
    city, folder = small_city, backed_up(small_city, tmp_path / "backup")
    instance = city.open()
    assert rotate(instance.vault.database, instance.vault.epochs, clock.now() + EPOCH_LASTS)
    instance.close()
    city.lose_databases(vault=True)
    assert "1 sealed slots are lost, and the logs say which" in restored(city, folder).out
    assert read(city, "p1") == set()
    audit(city, tmp_path / "audit")
    registered(city, "p2")
    assert read(city, "p2") == {"Erika p2"}
    instance = city.open()
    again = instance.apps["actors"].handle(_amended("p1"), command_id="again", request_digest="again")
    assert isinstance(again, Done)
    instance.close()
    assert read(city, "p1") == {"Erika Beispiel"}


def _amended(person: str) -> object:
    return AmendPerson(person_id=person, name="Erika Beispiel", at=clock.now())


def test_without_any_wrapping_key_nothing_is_told_as_lost_until_it_is_said(
    small_city: Desk, tmp_path: Path
) -> None:
    city, folder = small_city, backed_up(small_city, tmp_path / "backup")
    for key in (city.folder / "vault" / "keys").glob("*.key"):
        key.rename(tmp_path / key.name)
    city.lose_databases()
    printed = city.call("backup", "restore", folder)
    assert (printed.code, "restore the folder" in printed.err) == (1, True)
    assert "run the same `kosilab backup restore` again" in city.call("erasures").err
    assert "1 sealed slots are lost" in restored(city, folder, "--keys-are-lost").out
    audit(city, tmp_path / "audit")


def test_wherever_a_restore_stops_nothing_opens_and_it_goes_on(
    small_city: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, folder = small_city, backed_up(small_city, tmp_path / "backup")
    assert city.call("erase", "p1", "--yes").code == 0
    goes_on(city, "Drei", "Vier")
    city.lose_databases()
    for step in ("copy_in", "clamp_cursors", "erase_again", "tell_lost", "_rebuild", "verified", "finish"):
        with monkeypatch.context() as patched:
            patched.setattr(f"deploy.backup.restoring.{step}", _stopped)
            assert city.call("backup", "restore", folder).code == 1
        assert "was not finished" in city.call("erasures").err
    restored(city, folder)
    assert len(events(city, IncarnationBegan)) == 1
    assert read(city, "p1") == set()
    audit(city, tmp_path / "audit")
    assert sum(b".SlotsErased." in record for record in records(city)["actors"]) == 1


def _stopped(*_: object, **__: object) -> None:
    raise OSError("stopped here")


def test_a_stop_between_a_new_incarnation_and_its_first_record_is_made_good(
    small_city: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, folder = small_city, backed_up(small_city, tmp_path / "backup")
    goes_on(city, "Drei", "Vier")
    city.lose_databases()
    with monkeypatch.context() as patched:
        patched.setattr("deploy.backup.restoring.IncarnationBegan", _stopped)
        assert city.call("backup", "restore", folder).code == 1
    restored(city, folder)
    (began,) = events(city, IncarnationBegan)
    assert isinstance(began, IncarnationBegan)
    assert began.signed > began.kept


def test_another_backup_does_not_go_on_with_a_restore_that_stopped(
    small_city: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, folder = small_city, backed_up(small_city, tmp_path / "backup")
    other = backed_up(city, tmp_path / "other")
    city.lose_databases()
    with monkeypatch.context() as patched:
        patched.setattr("deploy.backup.restoring._rebuild", _stopped)
        assert city.call("backup", "restore", folder).code == 1
    assert "another backup was not finished" in city.call("backup", "restore", other).err
    restored(city, folder)


def test_what_only_a_witness_remembers_is_missed_too(small_city: Desk, tmp_path: Path) -> None:
    city, folder = small_city, backed_up(small_city, tmp_path / "backup")
    sign(city)
    other = LedgerFolder(tmp_path / "other", "05913000")
    other.path.mkdir()
    instance = city.open()
    stores = [unit.store for unit in instance.units.values()]
    lines = list(lines_for_others(stores, instance.ledger, "http://127.0.0.1"))
    instance.close()
    logs = [line for line in lines if line.startswith("log ")]
    (other.path / COSIGNED).write_text("\n".join(logs))
    server = make_server("127.0.0.1", 0, witness_application(other))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    (witness,) = lines_for_others([], other, f"http://127.0.0.1:{server.server_port}")
    (city.folder / "ledger" / "policy.txt").write_text("\n".join([*logs, witness, "quorum 05913000\n"]))
    folder = backed_up(city, tmp_path / "signed")
    goes_on(city, "Drei", "Vier")
    city.lose_databases()
    (city.folder / "ledger" / "remembered.db").unlink()
    refused = city.call("backup", "restore", folder)
    assert (refused.code, "--accept-loss" in refused.err) == (1, True)
    printed = restored(city, folder, "--accept-loss")
    assert "actors: records" in printed.out
    assert "are lost; incarnation 2 says so" in printed.out
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.apart
def test_a_slot_that_was_made_away_with_is_still_a_finding(small_city: Desk, tmp_path: Path) -> None:
    city = small_city
    instance = city.open()
    store = instance.units["actors"].store
    with store.transaction() as tx:
        store.slots.forget(tx, "p1", ["volunteer_profile"])
    instance.close()
    folder = backed_up(city, tmp_path / "backup")
    city.lose_databases()
    restored(city, folder)
    assert events(city, SlotsErased) == []
    assert city.call("history", "export", str(tmp_path / "audit")).code == 0
    assert city.call("history", "verify", str(tmp_path / "audit")).code == 1
