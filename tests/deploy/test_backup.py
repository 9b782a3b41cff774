"""Is a backup whole, does it hold no key, and is what is none refused?"""

import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.backup.copying import check_copy, copy_out
from deploy.failed import Failed
from shared.events.registry import SERVICES
from shared.service.settings import VAULT
from tests.deploy.desk import Desk
from tests.deploy.restored import backed_up, records, registered


@pytest.fixture
def city(desk: Desk) -> Desk:
    """A city in which a person is known by name."""
    registered(desk, "p1")
    return desk


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
    printed = city.call("backup", "restore", str(folder))
    assert (printed.code, printed.err.count("\n")) == (1, 1)
    assert records(city) == before


def test_nothing_is_overwritten(city: Desk, tmp_path: Path) -> None:
    folder = backed_up(city, tmp_path / "backup")
    assert "nothing was overwritten" in city.call("backup", "restore", folder).err
    assert "not empty" in city.call("backup", "create", folder).err


def test_a_copy_that_is_damaged_is_found_while_it_is_made(city: Desk, tmp_path: Path) -> None:
    folder = Path(backed_up(city, tmp_path / "backup"))
    with sqlite3.connect(folder / "actors.db") as database:
        database.execute("PRAGMA writable_schema=ON")
        database.execute("UPDATE sqlite_master SET rootpage = rootpage + 1 WHERE name = 'event'")
    with pytest.raises((Failed, sqlite3.DatabaseError)):
        check_copy("sqlite:///", folder / "actors.db")


def test_every_service_is_in_the_backup_and_no_key_is(city: Desk, tmp_path: Path) -> None:
    folder = Path(backed_up(city, tmp_path / "backup"))
    names = {"backup.json", "backup.sig", *(f"{name}.db" for name in (*SERVICES, VAULT))}
    assert {path.name for path in folder.iterdir()} == names
    keys = [path.read_bytes() for path in (city.folder / "vault" / "keys").glob("*.key")]
    assert keys
    assert not any(key in path.read_bytes() for key in keys for path in folder.iterdir())


@pytest.mark.needs_postgres
def test_on_a_server_a_damaged_copy_is_found_and_nothing_is_overwritten(
    desk_on_server: Desk, tmp_path: Path
) -> None:
    city = desk_on_server
    registered(city, "p1")
    folder = Path(backed_up(city, tmp_path / "backup"))
    assert {path.name for path in folder.iterdir()} == {
        "backup.json",
        "backup.sig",
        *(f"{name}.dump" for name in (*SERVICES, VAULT)),
    }
    assert "nothing was overwritten" in city.call("backup", "restore", str(folder)).err
    whole = (folder / "actors.dump").read_bytes()
    (folder / "actors.dump").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Failed, match="pg_restore failed: "):
        check_copy("postgresql://", folder / "actors.dump")


@pytest.mark.needs_postgres
def test_no_password_stands_in_the_list_of_processes(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    run = subprocess.run

    def watched(arguments: list[str], *, env: dict[str, str], **options: Any) -> Any:
        started.append((arguments, env))
        return run(arguments, env=env, **options)

    monkeypatch.setattr(subprocess, "run", watched)
    copy_out(postgres_url.replace("postgres@", "postgres:gehe%20im%40@"), tmp_path / "copy.dump")
    ((arguments, env),) = started
    assert not any("gehe" in argument for argument in arguments)
    assert env["PGPASSWORD"] == "gehe im@"


@pytest.mark.needs_postgres
def test_a_server_that_says_no_is_quoted_in_one_sentence(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"pg_dump failed: .*does not exist$"):
        copy_out(f"{postgres_url}_that_is_not_there", tmp_path / "copy.dump")
