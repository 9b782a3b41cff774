"""Does an instance export what an auditor can verify, prove one record, and change its keys?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.history.exporting import export_history, prove
from deploy.history.keys import declare_compromised, rotate_key
from deploy.history.vouching import LedgerFolder
from shared.ledger.export import ExportRefused
from shared.ledger.keys import keyring
from shared.ledger.note import BadNote, parse_note
from shared.ledger.policy import parse_policy
from tests.shared.ledger.both import said_by_one
from tests.shared.ledger.small_city import CITY_KEY, SERVICES, LogAtWork
from tests.shared.ledger.tampering import behind_the_back


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[dict[str, LogAtWork]]:
    """Two logs with a few records."""
    logs = {service: LogAtWork(service, tmp_path / "db", seed=n) for n, service in enumerate(SERVICES)}
    for log in logs.values():
        log.append(4)
    yield logs
    for log in logs.values():
        log.store.close()


@pytest.fixture
def folder(tmp_path: Path) -> LedgerFolder:
    """The ledger's folder of the city."""
    return LedgerFolder(tmp_path / "ledger", CITY_KEY)


def exported(logs: dict[str, LogAtWork], folder: LedgerFolder, to: Path) -> tuple[str, ...]:
    """Export all; the warnings."""
    stores = {service: log.store for service, log in logs.items()}
    now = max(log.now for log in logs.values())
    return export_history(stores, folder, to, now).warnings


def test_an_export_covers_all_that_is_there_and_verifies(
    logs: dict[str, LogAtWork], folder: LedgerFolder, tmp_path: Path
) -> None:
    assert exported(logs, folder, tmp_path / "out") == ()
    code, lines = said_by_one(tmp_path / "out")
    assert (code, lines[-1]) == (0, "OK")
    for service, log in logs.items():
        assert any(line.startswith(f"{service}: {log.store.log.head().position} records") for line in lines)
    with pytest.raises(ExportRefused, match="not empty"):
        exported(logs, folder, tmp_path / "out")


def test_a_changed_log_is_exported_all_the_same_and_the_verifier_names_the_place(
    logs: dict[str, LogAtWork], folder: LedgerFolder, tmp_path: Path
) -> None:
    exported(logs, folder, tmp_path / "before")
    with behind_the_back(logs["marketplace"].path) as database:
        database.execute("DELETE FROM event WHERE position = (SELECT max(position) FROM event)")
        database.execute(
            "UPDATE event SET record = CAST(replace(record, 'title', 'titel') AS BLOB) WHERE position = 2"
        )
        database.execute("UPDATE event SET audience = 'other' WHERE position = 3")
    warnings = exported(logs, folder, tmp_path / "out")
    assert any("no longer begins with" in sentence for sentence in warnings)
    assert "marketplace 3: the column audience contradicts the record." in warnings
    code, lines = said_by_one(tmp_path / "out")
    assert code == 1
    assert "FAIL V2 marketplace 2: the record does not match its stored hash" in lines


def test_one_record_is_proved(logs: dict[str, LogAtWork], folder: LedgerFolder, tmp_path: Path) -> None:
    exported(logs, folder, tmp_path / "out")
    log = logs["actors"]
    proof = prove(log.store, folder, 3)
    policy = parse_policy(folder.policy([log.store]))
    assert proof.shows(log.store.log.read(after=2, limit=1)[0].record)
    assert proof.is_vouched_for(keyring(policy.logs, []), policy)


def test_the_verifier_follows_a_rotated_key_and_a_compromised_one(
    logs: dict[str, LogAtWork], folder: LedgerFolder, tmp_path: Path
) -> None:
    exported(logs, folder, tmp_path / "first")
    published = (tmp_path / "first" / "policy.txt").read_text(encoding="utf-8")
    (folder.path / "policy.txt").write_text(published, encoding="utf-8")
    log = logs["actors"]
    old = folder.signer(log.store).key
    statement = rotate_key(log.store, folder, log.now)
    new = folder.signer(log.store).key
    assert new != old
    log.append(2)
    exported(logs, folder, tmp_path / "rotated")
    assert said_by_one(tmp_path / "rotated")[0] == 0
    assert (tmp_path / "rotated" / "actors" / "keys.txt").read_text(encoding="utf-8") == f"{statement}\n"
    declared = declare_compromised(log.store, folder, str(old), log.now)
    assert declare_compromised(log.store, folder, str(old), log.now + timedelta(days=1)) == declared
    exported(logs, folder, tmp_path / "declared")
    code, lines = said_by_one(tmp_path / "declared")
    assert code == 1
    assert any("no known key signed the checkpoint" in line for line in lines)
    policy = tmp_path / "policy.txt"
    policy.write_text(f"log {new}\n{published}", encoding="utf-8")
    assert said_by_one(tmp_path / "declared", "--policy", policy)[0] == 0


def test_a_key_that_takes_over_signs_also_for_what_was_there_before(
    logs: dict[str, LogAtWork], folder: LedgerFolder, tmp_path: Path
) -> None:
    exported(logs, folder, tmp_path / "first")
    published = (tmp_path / "first" / "policy.txt").read_text(encoding="utf-8")
    log = logs["actors"]
    old = folder.signer(log.store).key
    rotate_key(log.store, folder, log.now)
    declare_compromised(log.store, folder, str(old), log.now)
    exported(logs, folder, tmp_path / "out")
    policy = tmp_path / "policy.txt"
    policy.write_text(f"log {folder.signer(log.store).key}\n{published}", encoding="utf-8")
    code, lines = said_by_one(tmp_path / "out", "--policy", policy)
    assert (code, lines[-1]) == (0, "OK")
    kept = (tmp_path / "out" / "actors" / "checkpoints.txt").read_text(encoding="utf-8")
    new = folder.signer(log.store).key
    assert parse_note(kept.removesuffix("\n")).signers([old, new]) == [old, new]


def test_a_rotation_that_was_stopped_is_done_again_alike(
    logs: dict[str, LogAtWork], folder: LedgerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logs["actors"]
    old = folder.signer(log.store).key

    class Stopped(Exception):  # noqa: N818 - says what happened
        """The process is killed here."""

    def stop(_self: Path, _target: Path) -> Path:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(Stopped):
            rotate_key(log.store, folder, log.now)
    assert folder.signer(log.store).key == old
    statement = rotate_key(log.store, folder, log.now + timedelta(hours=1))
    assert log.store.shelf.statements(folder.origin(log.store)) == [str(statement)]
    assert folder.signer(log.store).key != old


def test_the_key_that_speaks_now_has_to_give_way_before_it_is_declared(
    logs: dict[str, LogAtWork], folder: LedgerFolder
) -> None:
    log = logs["actors"]
    with pytest.raises(BadNote, match="replace it first"):
        declare_compromised(log.store, folder, str(folder.signer(log.store).key), log.now)
