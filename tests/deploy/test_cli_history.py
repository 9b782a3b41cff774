"""Does an auditor export, verify, replay and ask as of then from the command line?"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.city import load_city
from deploy.history.vouching import LedgerFolder
from deploy.history.witnessing import witness_signer
from deploy.running import alone
from services.actors.domain.organisation import RegisterOrganisation
from shared.events.vocabulary import Sector
from shared.service import clock
from tests.city import prepare
from tests.deploy.desk import Desk, register


@pytest.fixture
def city(desk: Desk) -> Desk:
    """A city in which three organisations registered, and reporting has counted them."""
    instance = desk.open()
    register(instance, "Eins", "Zwei", "Drei")
    instance.settle()
    instance.close()
    return desk


def exported(city: Desk, folder: Path) -> Path:
    """An export of the city."""
    printed = city.call("history", "export", str(folder))
    assert (printed.code, "records in" in printed.out) == (0, True), printed.err
    return folder


@pytest.mark.apart
def test_an_export_verifies(city: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert city.call("history", "verify", str(exported(city, tmp_path / "audit"))).code == 0
    assert capfd.readouterr().out.endswith("OK\n")


@pytest.mark.apart
def test_a_changed_byte_is_named_by_its_position(
    city: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = exported(city, tmp_path / "audit")
    path = folder / "actors" / "records-000001.ndjson"
    path.write_bytes(path.read_bytes().replace(b"Zwei", b"Drei", 1))
    assert city.call("history", "verify", str(folder)).code == 1
    assert "FAIL V2 actors 2: " in capfd.readouterr().out


def test_a_folder_that_holds_something_else_is_left_alone(city: Desk, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    printed = city.call("history", "export", str(tmp_path))
    assert (printed.code, printed.err.count("\n")) == (1, 1)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".txt"] == ["mine.txt"]


def taken(place: Path) -> None:
    """Where the export is to go, a file is."""
    place.write_text("mine")


def another_export(place: Path) -> None:
    """There is the unfinished export of another city."""
    place.mkdir()
    log = {"origin": "05913000.kosilab/actors/1", "service": "actors", "size": 3}
    (place / "unfinished.json").write_text(json.dumps({"logs": [log], "with_slots": False}))


def a_torn_export(place: Path) -> None:
    """There is an unfinished export of which nobody can say what it was to be."""
    place.mkdir()
    (place / "unfinished.json").write_text('{"logs": [')


def a_finished_export(place: Path) -> None:
    """There is an export."""
    place.mkdir()
    (place / "manifest.json").write_text("{}")


@pytest.mark.parametrize("there", [taken, another_export, a_torn_export, a_finished_export])
def test_where_something_is_nothing_is_exported_and_nothing_overwritten(
    city: Desk, tmp_path: Path, there: Callable[[Path], None]
) -> None:
    place = tmp_path / "audit"
    there(place)
    before = {path: path.is_file() and path.read_bytes() for path in [place, *place.rglob("*")]}
    printed = city.call("history", "export", str(place))
    assert (printed.code, printed.err.count("\n"), "choose" in printed.err) == (1, 1, True), printed.err
    assert {path: path.is_file() and path.read_bytes() for path in [place, *place.rglob("*")]} == before


def test_where_nothing_can_be_written_it_says_so(city: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    printed = city.call("history", "export", str(tmp_path / "file" / "audit"))
    assert (printed.code, printed.err.count("\n")) == (1, 1)
    assert "cannot be written" in printed.err


@pytest.mark.parametrize(("name", "code"), [("keys/actors.pem", 1), ("policy.txt", 2), ("remembered.db", 1)])
def test_with_a_broken_file_in_the_ledgers_folder_nothing_is_exported(
    city: Desk, tmp_path: Path, name: str, code: int
) -> None:
    exported(city, tmp_path / "first")
    (city.folder / "ledger" / name).write_text(
        "this is none of it, and long enough not to be taken for it\n" * 9
    )
    printed = city.call("history", "export", str(tmp_path / "audit"))
    assert (printed.code, printed.err.count("\n"), "Something is broken" in printed.err) == (
        code,
        1,
        False,
    ), printed.err
    assert not (tmp_path / "audit").exists()


@pytest.mark.apart
def test_a_foreign_key_shows_to_whoever_believes_the_first(
    city: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first = exported(city, tmp_path / "first")
    (city.folder / "ledger" / "keys" / "actors.pem").unlink()
    instance = city.open()
    register(instance, "Vier")
    instance.close()
    second = exported(city, tmp_path / "second")
    capfd.readouterr()
    assert city.call("history", "verify", str(second), "--policy", str(first / "policy.txt")).code == 1
    assert ": no known key signed the checkpoint" in capfd.readouterr().out


def test_the_live_facts_follow_from_the_logs_and_from_an_export(city: Desk, tmp_path: Path) -> None:
    for folder in ([], [str(exported(city, tmp_path / "audit"))]):
        facts = {row["fact"]: row for row in city.call("history", "replay", *folder, "--json").data}
        assert facts["organisation"]["rows"] == 3
        assert all(row["replayed"] == row["live"] for row in facts.values())


def test_facts_that_were_changed_by_hand_are_found(city: Desk) -> None:
    instance = city.open()
    store = instance.units["reporting"].store
    with store.transaction() as tx:
        tx.exec_driver_sql("UPDATE fact_organisation_v2 SET district = 'elsewhere'")
    instance.close()
    printed = city.call("history", "replay")
    assert (printed.code, "DIFFERS" in printed.out) == (1, True)


def test_a_question_as_of_a_position_sees_what_was_there(city: Desk) -> None:
    def asked(*cutoff: str) -> str:
        answered = city.call("history", "as-of", "agreements_sealed", *cutoff, "--json")
        assert answered.code == 0, answered.err
        return json.dumps(answered.data["manifest"], sort_keys=True)

    assert asked("--position", "actors:2") == asked("--position", "actors:2")
    assert asked("--position", "actors:2") != asked("--position", "actors:3")
    assert asked("--position", "actors:2", "--version", "1") == asked("--position", "actors:2")
    assert (
        "Nothing differs"
        in city.call("history", "as-of", "--position", "actors:2", "--compare", "actors:3").out
    )


def test_figures_as_of_then_are_a_table_with_what_they_are_made_of(city: Desk) -> None:
    asked = ("history", "as-of", "agreements_sealed", "agreements_per_participant", "--position", "actors:2")
    out = city.call(*asked).out
    assert "{" not in out
    lines = out.splitlines()
    assert lines[0].split() == ["id", "indicator", "group", "value", "numerator", "denominator", "unit"]
    assert lines[1].split() == ["X1", "agreements_sealed", "all", "0", "[1]"]
    rate = {figure["name"]: figure["result"] for figure in city.call(*asked, "--json").data["figures"]}
    of_rate = rate["agreements_per_participant"]
    assert lines[2].split()[-3:-1] == [str(of_rate["numerator"]), str(of_rate["denominator"])]
    manifest = dict(line.split("  ", 1) for line in lines[lines.index("manifest") + 1 :])
    assert manifest["asked as of"].strip() == "actors:2"
    assert manifest["log of actors"].strip() == "urn:kosilab:05124000:actors:1, up to position 2"
    assert manifest["versions of definitions"].strip() == "1 of each"


def test_an_indicator_is_named_by_its_id_too_and_a_mistyped_one_suggested(city: Desk) -> None:
    def names(*asked: str) -> list[str]:
        return [figure["name"] for figure in city.call("history", "as-of", *asked, "--json").data["figures"]]

    assert names("x3", "redemption_rate") == ["redemption_rate"]
    assert names("E5") == ["retention_3_months", "retention_6_months", "retention_12_months"]
    mistyped = city.call("history", "as-of", "redemtion_rate")
    assert mistyped.err.startswith(
        "Error: There is no indicator 'redemtion_rate'; did you mean 'redemption_rate'"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ["--position", "moon:1"],
        ["--recorded-before", "once"],
        ["no_such_indicator"],
        ["--by", "colour"],
        ["--version", "7"],
    ],
)
def test_what_is_asked_wrongly_is_said_in_one_sentence(city: Desk, wrong: list[str]) -> None:
    printed = city.call("history", "as-of", *wrong)
    assert (printed.code, printed.err.count("\n")) == (1, 1), printed.err


def test_a_record_is_proved_once_a_checkpoint_covers_it(city: Desk, tmp_path: Path) -> None:
    before = city.call("history", "prove", "actors", "2")
    assert (before.code, before.err.count("\n")) == (1, 1)
    exported(city, tmp_path / "audit")
    assert city.call("history", "prove", "actors", "2").out.startswith("c2sp.org/tlog-proof@v1\nindex 1\n")


@pytest.mark.apart
def test_a_key_gives_way_and_is_declared_lost(
    city: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first = exported(city, tmp_path / "first")
    policy = (first / "policy.txt").read_text()
    old = next(
        line.split()[-1] for line in policy.splitlines() if line.startswith("log ") and "/actors/" in line
    )
    assert city.call("history", "rotate-key", "actors").code == 0
    instance = city.open()
    command = RegisterOrganisation(
        organisation_id="vier", name="Vier", sector=Sector.INITIATIVE, district="Barmen", at=clock.now()
    )
    instance.apps["actors"].handle(command, command_id="vier", request_digest="vier")
    instance.close()
    second = exported(city, tmp_path / "second")
    assert city.call("history", "verify", str(second), "--policy", str(first / "policy.txt")).code == 0
    assert city.call("history", "compromised", "actors", old).code == 0
    capfd.readouterr()


def test_one_record_and_the_growth_of_a_log_are_proved_and_checked_offline(
    city: Desk, tmp_path: Path
) -> None:
    folder = exported(city, tmp_path / "audit")
    assert "makes the key of the witness" in city.call("history", "keys").err
    witness_signer(LedgerFolder(city.folder / "ledger", load_city("wuppertal").key))  # as an edge does
    lines = city.call("history", "keys", "--address", "https://lab.example/").out.splitlines()
    assert [line.split()[0] for line in lines] == ["log"] * 4 + ["witness"]
    assert lines[-1].endswith("https://lab.example/witness")
    files = {name: tmp_path / name for name in ("policy", "proof", "record", "since", "other")}
    files["policy"].write_text("\n".join([*lines[:4], "quorum none", ""]))
    records = (folder / "actors" / "records-000001.ndjson").read_bytes().splitlines()
    files["record"].write_bytes(records[1])
    files["other"].write_bytes(records[0])
    files["proof"].write_text(city.call("history", "prove", "actors", "2").out)
    check = ("history", "check-proof", "--policy", str(files["policy"]), str(files["proof"]))
    assert city.call(*check, str(files["record"])).out.startswith(
        "OK: position 2 of 05124000.kosilab/actors/1"
    )
    printed = city.call(*check, str(files["other"]))
    assert (printed.code, printed.err.count("\n"), "does not show" in printed.err) == (1, 1, True)
    files["since"].write_text(city.call("history", "consistency", "actors", "3").out)
    earlier = str(folder / "actors" / "checkpoints.txt")
    assert city.call(*check[:-1], str(files["since"]), earlier).code == 0
    assert city.call("history", "prove", "actors", "9").err.startswith("Error: No checkpoint")


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "out"),
        ("replay",),
        ("keys",),
        ("prove", "actors", "1"),
        ("rotate-key", "actors"),
        ("as-of", "--recorded-before", "2026-01-01", "X1"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_history_never_makes_a_key(bare_desk: Desk, arguments: tuple[str, ...]) -> None:
    """With a key of its own making, an export would be signed by nobody whom other cities know."""
    prepare(bare_desk.folder)
    assert not (bare_desk.folder / "ledger").exists()
    called = bare_desk.call("history", *arguments)
    assert (called.code, "There is no signing key" in called.err) == (1, True), called.err
    assert not (bare_desk.folder / "ledger").exists()


def test_a_key_does_not_give_way_under_a_running_city(city: Desk) -> None:
    path = city.folder / "ledger" / "keys" / "actors.pem"
    key = path.read_bytes()
    with alone(city.folder):
        refused = city.call("history", "rotate-key", "actors")
    assert (refused.code, "runs on" in refused.err, path.read_bytes()) == (1, True, key)
    assert city.call("history", "rotate-key", "actors").code == 0
