"""Does a restore open a history that contradicts what was signed? In a table, with an outcome for every line.

Changes × records lost or not × hashes kept or removed × a witness or none.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from deploy.backup.creating import SIGNATURE, digest_of
from deploy.history.witnessing import lines_for_others, witness_line
from shared.eventlog.migrations.guards import SQLITE
from shared.ledger.verify import notes_in
from tests.city import prepare
from tests.deploy.cities import DATA_CENTRE, House
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
    """A city whose logs were signed for more than once, its backup and its witness, and both two records later."""
    root = tmp_path_factory.mktemp("original")
    desk = Desk(root / "city", {})
    prepare(desk.folder)
    _goes_on(desk, "Eins", "Vier", person="p1")
    witness = House.built(DATA_CENTRE, root / "city-witness")
    watched(desk, witness)
    _goes_on(desk, "Drei")
    backed_up(desk, root / "backup")
    shutil.copytree(desk.folder, root / "later")
    witness.closes()
    shutil.copytree(root / "city-witness", root / "later-witness")
    later, witness = Desk(root / "later", {}), House.built(DATA_CENTRE, root / "later-witness")
    watched(later, witness)
    _goes_on(later, "Fünf", "Sechs")
    witness.closes()
    return root


def watched(desk: Desk, witness: House) -> None:
    """Have this witness cosign the logs of the city from now on."""
    instance = desk.open()
    stores = [unit.store for unit in instance.units.values()]
    lines = list(lines_for_others(stores, instance.ledger, ""))[:-1]
    instance.close()
    witness.knows(lines)
    line = witness_line(witness.folder, witness.address)
    (desk.folder / "ledger" / "policy.txt").write_text("\n".join([*lines, line, f"quorum {DATA_CENTRE}\n"]))


def _goes_on(desk: Desk, *names: str, person: str | None = None) -> None:
    instance = desk.open()
    register(instance, *names)
    if person is not None:
        register_person(instance, person)
    instance.settle()
    instance.close()
    sign(desk)


class Copies:
    """Copies of the original city, each with its witness or without one."""

    def __init__(self, original: Path, tmp_path: Path, desk: Desk) -> None:
        self._original, self._tmp_path, self._desk = original, tmp_path, desk
        self._witness: House | None = None

    def at(self, moment: str, *, has_witness: bool) -> Desk:
        """The city at a moment; without a witness none ever saw it."""
        shutil.copytree(self._original / moment, self._desk.folder)
        (self._desk.folder / "ledger" / "policy.txt").unlink()
        if has_witness:
            folder = shutil.copytree(self._original / f"{moment}-witness", self._tmp_path / "witness")
            self._witness = House.built(DATA_CENTRE, folder)
            watched(self._desk, self._witness)
        return self._desk

    def close(self) -> None:
        """End the witness."""
        if self._witness is not None:
            self._witness.closes()


@pytest.fixture
def copies(original: Path, tmp_path: Path, bare_desk: Desk) -> Iterator[Copies]:
    """Copies of the city, with a witness where a test asks for it."""
    made = Copies(original, tmp_path, bare_desk)
    yield made
    made.close()


@pytest.fixture
def city(copies: Copies) -> Desk:
    """The city at the moment of its backup."""
    return copies.at("city", has_witness=False)


@pytest.fixture
def later_city(copies: Copies) -> Desk:
    """The city when two records had come after its backup."""
    return copies.at("later", has_witness=False)


@pytest.fixture
def backup(original: Path, tmp_path: Path) -> Path:
    """The backup."""
    return shutil.copytree(original / "backup", tmp_path / "backup")


WITNESS = pytest.mark.parametrize("has_witness", [False, True], ids=["no witness", "a witness"])


@pytest.mark.sampled
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("are_hashes_kept", [True, False], ids=["hashes kept", "hashes removed"])
@pytest.mark.parametrize("moment", ["city", "later"], ids=["nothing lost", "records lost"])
@WITNESS
def test_a_changed_history_is_not_opened(
    copies: Copies,
    moment: str,
    backup: Path,
    change: Callable[[Path], None],
    *,
    are_hashes_kept: bool,
    has_witness: bool,
) -> None:
    city = copies.at(moment, has_witness=has_witness)
    if not are_hashes_kept:
        sql(NO_TILES)(backup)
    change(backup)
    manifest_made_anew(backup)
    city.lose_databases()
    answer = city.call("backup", "restore", str(backup), "--unsigned", "--accept-loss")
    assert (answer.code, "Nothing was opened" in answer.err) == (1, True), answer.err
    assert "was not finished" in city.call("erasures").err


RESTORED, REFUSED, UNNOTICED = "restored, the loss reported", "refused until it is accepted", "restored"
ROLLBACKS = {
    # records lost, the city's own memory, a witness: the outcome
    ("city", "kept", False): UNNOTICED,
    ("city", "kept", True): UNNOTICED,
    ("city", "rolled back", False): UNNOTICED,
    ("city", "rolled back", True): UNNOTICED,
    ("later", "kept", False): RESTORED,
    ("later", "kept", True): REFUSED,
    ("later", "rolled back", False): UNNOTICED,  # nobody remembers the records: only a witness could
    ("later", "rolled back", True): REFUSED,
}


@pytest.mark.sampled
@pytest.mark.parametrize("with_hashes", [True, False], ids=["hashes kept", "hashes removed"])
@pytest.mark.parametrize(("moment", "memory", "has_witness"), ROLLBACKS, ids=str)
def test_a_rollback_to_an_older_consistent_state_is_a_loss(
    copies: Copies,
    original: Path,
    backup: Path,
    moment: str,
    memory: str,
    *,
    has_witness: bool,
    with_hashes: bool,
) -> None:
    city = copies.at(moment, has_witness=has_witness)
    if memory == "rolled back":
        shutil.copy(original / "city" / "ledger" / "remembered.db", city.folder / "ledger" / "remembered.db")
    if not with_hashes:
        sql(NO_TILES)(backup)
        manifest_made_anew(backup)
    city.lose_databases()
    outcome = ROLLBACKS[moment, memory, has_witness]
    if outcome == REFUSED:
        refused = city.call("backup", "restore", str(backup), "--unsigned")
        assert (refused.code, "--accept-loss goes on" in refused.err) == (1, True), refused.err
        assert "was not finished" in city.call("erasures").err
    options = ["--unsigned", *(["--accept-loss"] if outcome == REFUSED else [])]
    printed = restored(city, str(backup), *options).out
    assert ("are lost; incarnation 2 says so" in printed) is (outcome != UNNOTICED)


WITHOUT_MEMORY = {
    # A witness shows no smaller tree than its newest: behind a loss it proves that there was more, not what it was.
    ("city", False): UNNOTICED,
    ("city", True): "refused",
    ("later", False): UNNOTICED,
    ("later", True): REFUSED,
}


@pytest.mark.parametrize(("moment", "has_witness"), WITHOUT_MEMORY, ids=str)
def test_where_every_memory_of_the_city_is_gone_only_a_witness_shows_a_change(
    copies: Copies, backup: Path, moment: str, *, has_witness: bool
) -> None:
    city = copies.at(moment, has_witness=has_witness)
    sql(RENAMED, NO_TILES, NO_CHECKPOINTS)(backup)
    manifest = json.loads((backup / "backup.json").read_text())
    (backup / "backup.json").write_text(json.dumps({**manifest, "checkpoints": {}}))
    manifest_made_anew(backup)
    (city.folder / "ledger" / "remembered.db").unlink()
    city.lose_databases()
    first = city.call("backup", "restore", str(backup), "--unsigned")
    second = (
        city.call("backup", "restore", str(backup), "--unsigned", "--accept-loss") if first.code else first
    )
    outcome = WITHOUT_MEMORY[moment, has_witness]
    assert (first.code, second.code) == {UNNOTICED: (0, 0), REFUSED: (1, 0), "refused": (1, 1)}[outcome]
    assert ("tells another history. Nothing was opened" in second.err) is (outcome == "refused")


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
