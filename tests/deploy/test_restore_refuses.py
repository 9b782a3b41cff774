"""Does a restore open a history that contradicts what was signed? Changes × lost records × kept hashes, in a table."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from deploy.backup.creating import SIGNATURE, digest_of
from shared.eventlog.migrations.guards import SQLITE
from shared.ledger.verify import notes_in
from tests.city import prepare
from tests.deploy.desk import Desk, register
from tests.deploy.restored import backed_up, records, register_person, restored, sign
from tests.shared.ledger.both import said_by_both


def sql(*statements: str) -> Callable[[Path], None]:
    """A change to the copy of actors' database, with the triggers taken away and made again."""

    def change(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "actors.db", isolation_level=None)) as database:
            for name in ("event_not_changed", "event_not_emptied", "event_not_replaced"):
                database.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                database.execute(statement)
            for trigger in SQLITE:
                database.execute(trigger)

    return change


def _with_an_empty_guard(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "actors.db")) as database:
        database.execute("DROP TRIGGER event_not_changed")
        database.execute("CREATE TRIGGER event_not_changed BEFORE UPDATE ON event BEGIN SELECT 1; END")


def _of_a_later_incarnation(folder: Path) -> None:
    """One record is changed, and that one and all behind it say that they belong to a later incarnation."""
    sql(RENAMED, "UPDATE event SET record = replace(CAST(record AS TEXT), ':actors:1\"', ':actors:2\"')")(
        folder
    )


def _with_a_loss_made_up(folder: Path, *, kept: int = 1, ends: bool = False) -> None:
    """The log says of itself that records were lost behind the first ones; with `ends` that is its last word."""
    with closing(sqlite3.connect(folder / "actors.db")) as database:
        row = database.execute("SELECT record FROM event WHERE position = ?", (kept + 1,)).fetchone()
    record = json.loads(row[0])
    record["type"] = "kosilab.actors.IncarnationBegan.v1"
    record["data"] = {"kept": kept, "signed": kept, "note": ""}
    text = json.dumps(record, sort_keys=True, separators=(",", ":")).replace("'", "''")
    later = f"{OF_A_LATER_INCARNATION} WHERE position > {kept}"
    behind = [f"DELETE FROM event WHERE position > {kept + 1}"] if ends else []
    replaced = f"UPDATE event SET record = '{text}' WHERE position = {kept + 1}"
    sql(replaced, later, *behind)(folder)


RENAMED = "UPDATE event SET record = replace(CAST(record AS TEXT), 'Eins', 'Zwei') WHERE position = 1"
SWAPPED = "UPDATE event SET record = (SELECT other.record FROM event other WHERE other.position = 4) WHERE position = 3"
OF_A_LATER_INCARNATION = (
    "UPDATE event SET record = replace(CAST(record AS TEXT), ':actors:1\"', ':actors:2\"')"
)
NO_TILES, NO_CHECKPOINTS = "DELETE FROM tile", "DELETE FROM checkpoint"
CHANGES: dict[str, Callable[[Path], None]] = {
    "one record changed": sql(RENAMED),
    "one record changed, checkpoints removed": sql(RENAMED, NO_CHECKPOINTS),
    "two records swapped": sql(SWAPPED),
    "a time moved": sql(
        'UPDATE event SET record = replace(CAST(record AS TEXT), \'"recordedtime":"20\', \'"recordedtime":"19\')'
        " WHERE position = 2",
        NO_CHECKPOINTS,
    ),
    "a record taken out of the middle": sql("DELETE FROM event WHERE position = 2"),
    "a checkpoint with another root": sql(
        "UPDATE checkpoint SET note = replace(note, substr(note, instr(note, char(10)) + 1, 3), '999')"
    ),
    "one record changed, all of a later incarnation": _of_a_later_incarnation,
    "a loss made up": _with_a_loss_made_up,
    "a loss made up at the end": partial(_with_a_loss_made_up, ends=True),
    "a foreign trigger": sql(
        "CREATE TRIGGER extra AFTER INSERT ON command BEGIN DELETE FROM command WHERE 0; END"
    ),
    "a record put in": sql(
        "UPDATE event SET position = position + 1000 WHERE position > 2",
        "UPDATE event SET position = position - 999 WHERE position > 1000",
        "INSERT INTO event (position, event_id, stream, version, type, audience, recorded_at, command_id, record) "
        "SELECT 3, 'made-up', 'made-up', 1, type, audience, recorded_at, 'made-up', record FROM event"
        " WHERE position = 2",
    ),
    "an audience changed": sql(
        'UPDATE event SET record = replace(CAST(record AS TEXT), \'"audience":"internal"\', \'"audience":"open"\')'
    ),
    "the first record taken out": sql("DELETE FROM event WHERE position = 1"),
    "a checkpoint of nobody": sql(
        "UPDATE checkpoint SET note = substr(note, 1, instr(note, '—') - 1) || '— x ' || hex(zeroblob(40)) || char(10)"
    ),
    "a foreign view": sql("CREATE VIEW extra AS SELECT * FROM event"),
    "a guard that guards nothing": _with_an_empty_guard,
}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city whose logs were signed for more than once, its backup, and what it was two records later."""
    root = tmp_path_factory.mktemp("original")
    desk = Desk(root / "city", {})
    prepare(desk.folder)
    _goes_on(desk, "Eins", "Vier", person="p1")
    _goes_on(desk, "Drei")
    backed_up(desk, root / "backup")
    shutil.copytree(desk.folder, root / "later")
    _goes_on(Desk(root / "later", {}), "Fünf", "Sechs")
    return root


def _goes_on(desk: Desk, *names: str, person: str | None = None) -> None:
    instance = desk.open()
    register(instance, *names)
    if person is not None:
        register_person(instance, person)
    instance.settle()
    instance.close()
    sign(desk)


@pytest.fixture
def city(original: Path, bare_desk: Desk) -> Desk:
    """The city at the moment of its backup."""
    shutil.copytree(original / "city", bare_desk.folder)
    return bare_desk


@pytest.fixture
def later_city(original: Path, bare_desk: Desk) -> Desk:
    """The city when two records had come after its backup."""
    shutil.copytree(original / "later", bare_desk.folder)
    return bare_desk


@pytest.fixture
def backup(original: Path, tmp_path: Path) -> Path:
    """The backup."""
    return shutil.copytree(original / "backup", tmp_path / "backup")


@pytest.mark.sampled
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("are_hashes_kept", [True, False], ids=["hashes kept", "hashes removed"])
@pytest.mark.parametrize("moment", ["city", "later_city"], ids=["nothing lost", "records lost"])
def test_a_changed_history_is_not_opened(
    request: pytest.FixtureRequest,
    moment: str,
    backup: Path,
    change: Callable[[Path], None],
    *,
    are_hashes_kept: bool,
) -> None:
    city: Desk = request.getfixturevalue(moment)
    if not are_hashes_kept:
        sql(NO_TILES)(backup)
    change(backup)
    manifest_made_anew(backup)
    city.lose_databases()
    answer = city.call("backup", "restore", str(backup), "--unsigned", "--accept-loss")
    assert (answer.code, "Nothing was opened" in answer.err) == (1, True), answer.err
    assert "was not finished" in city.call("erasures").err


@pytest.mark.parametrize("with_hashes", [True, False], ids=["hashes kept", "hashes removed"])
def test_an_unchanged_backup_comes_back_with_its_kept_hashes_or_without(
    city: Desk, backup: Path, with_hashes: bool
) -> None:
    before = records(city)
    if not with_hashes:
        sql(NO_TILES)(backup)
        manifest_made_anew(backup)
    city.lose_databases()
    assert "every log fits what was signed" in restored(city, str(backup), "--unsigned").out
    assert records(city) == before


def test_a_loss_that_was_signed_for_is_believed_by_the_next_restore(
    later_city: Desk, backup: Path, tmp_path: Path
) -> None:
    later_city.lose_databases()
    assert "incarnation 2 says so" in restored(later_city, str(backup)).out
    second = backed_up(later_city, tmp_path / "second")
    before = records(later_city)
    later_city.lose_databases()
    assert "every log fits what was signed" in restored(later_city, second).out
    assert records(later_city) == before


def test_an_export_carries_the_checkpoints_of_earlier_incarnations(
    later_city: Desk, backup: Path, tmp_path: Path
) -> None:
    later_city.lose_databases()
    restored(later_city, str(backup))
    assert later_city.call("history", "export", str(tmp_path / "out")).code == 0
    origins = [note.origin for note in notes_in(tmp_path / "out" / "actors" / "checkpoints.txt")]
    assert [origin.rpartition("/")[2] for origin in dict.fromkeys(origins)] == ["1", "2"]
    code, lines = said_by_both(tmp_path / "out")
    assert (code, lines[-1]) == (0, "OK"), lines
    assert any(line.startswith("actors: ") and "cover lost records" in line for line in lines)


def test_a_manifest_that_this_city_did_not_sign_is_refused(city: Desk, backup: Path) -> None:
    city.lose_databases()
    signature = (backup / SIGNATURE).read_text()
    manifest_made_anew(backup)
    assert "did not sign" in city.call("backup", "restore", str(backup)).err
    (backup / SIGNATURE).unlink()
    assert "--unsigned goes on" in city.call("backup", "restore", str(backup)).err
    assert "kosilab/backup/v1" in signature


def test_without_the_signing_keys_nothing_is_opened_until_the_operator_accepts_it(
    city: Desk, backup: Path
) -> None:
    city.lose_databases()
    shutil.rmtree(city.folder / "ledger")
    assert "did not sign" in city.call("backup", "restore", str(backup)).err
    restored(city, str(backup), "--unsigned")


@pytest.mark.apart
def test_doctor_looks_at_the_whole_log_when_asked(city: Desk) -> None:
    findings = {entry["what"]: entry for entry in city.call("doctor", "--deep", "--json").data}
    assert findings["actors: whole log"]["well"] is True
    sql(RENAMED, NO_TILES, NO_CHECKPOINTS)(city.folder / "databases")
    findings = {entry["what"]: entry for entry in city.call("doctor", "--deep", "--json").data}
    assert findings["actors: whole log"]["well"] is False
    assert "differ from those that were signed" in findings["actors: whole log"]["seen"]


def manifest_made_anew(folder: Path) -> None:
    """As whoever holds a backup would: the digests fit again, the signature does not."""
    manifest = json.loads((folder / "backup.json").read_text())
    manifest["files"] = {name: digest_of(folder / name) for name in manifest["files"]}
    (folder / "backup.json").write_text(json.dumps(manifest, indent=1))
