"""Do the facts hold on which a green process stands: patching, waiting for PostgreSQL, writing to SQLite, the bus?"""

import re
import subprocess
import sys
from importlib.metadata import requires, version
from pathlib import Path

import pytest

from shared.eventlog.migrations import migrate
from tests.runtime.green import ROOT, WITHIN_S, environment, seen_by

OWN = (
    "deploy",
    "deploy.cli",
    "shared",
    "shared.edge",
    "shared.edge.green",
    "shared.edge.green.host",
    "shared.edge.green.patched",
)


@pytest.mark.parametrize("arguments", [("serve",), ("up", "--city", "wuppertal")])
def test_the_launcher_patches_before_anything_is_imported_that_could_hold_on_to_what_is_not_green(
    arguments: tuple[str, ...],
) -> None:
    report = seen_by("launched", *arguments)
    assert set(report["at_patch"]) == set(OWN)
    assert report["parts"] == {"os": True, "select": True, "socket": True, "thread": True, "time": True}


@pytest.mark.parametrize("arguments", [("--help",), ("up", "--samples", "--help"), ("verify", "--help")])
def test_what_serves_nothing_is_not_patched(arguments: tuple[str, ...]) -> None:
    assert seen_by("launched", *arguments)["parts"] == {}


@pytest.mark.needs_postgres
def test_others_have_their_turn_while_one_waits_for_postgresql(postgres_url: str) -> None:
    report = seen_by("querying", postgres_url)
    assert report["turns"] > 5
    assert report["stops_all"] is False


@pytest.mark.needs_postgres
def test_without_the_way_to_wait_that_the_launcher_sets_a_query_stops_the_whole_process(
    postgres_url: str,
) -> None:
    """Should this fail one day, psycopg has learnt to wait by itself, and the setting may go."""
    report = seen_by("querying", postgres_url, PSYCOPG_WAIT_FUNC="wait_c")
    assert report["turns"] == 0
    assert report["stops_all"] is True


@pytest.mark.needs_postgres
def test_a_service_does_not_start_where_a_query_would_stop_the_whole_process(
    postgres_url: str, tmp_path: Path
) -> None:
    migrate(postgres_url, "actors")
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "serve", "actors", "--roles", "edge", "--data", str(tmp_path)],
        cwd=ROOT,
        env=environment(PSYCOPG_WAIT_FUNC="wait_c", KOSILAB_ACTORS_DATABASE_URL=postgres_url),
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Remove PSYCOPG_WAIT_FUNC" in done.stderr


def test_with_one_lock_for_a_file_green_writers_wait_for_each_other(tmp_path: Path) -> None:
    report = seen_by("writing", str(tmp_path))["store"]
    assert report["positions"] == list(range(1, 201))
    assert report["cursors"] == [10, 10, 10]
    assert report["turns"] > 0


def test_without_that_lock_a_switch_in_a_transaction_freezes_the_process_until_sqlite_gives_up(
    tmp_path: Path,
) -> None:
    """Should this fail one day, the lock held from BEGIN to COMMIT is no longer needed."""
    report = seen_by("writing", str(tmp_path))["bare"]
    assert report["said"] == ["database is locked"]
    assert report["turns"] <= 1


def test_the_bus_in_memory_wakes_its_consumer_and_holds_up_nobody() -> None:
    report = seen_by("carrying")
    assert report["taken"] == ["1"]
    assert report["turns"] > 3
    assert report["n_unrouted"] == 1


# --- what nameko pulls in ---------------------------------------------------------------------
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCKED = dict(
    re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
)


def test_nameko_is_the_last_stable_release() -> None:
    assert version("nameko") == "2.14.1"
    assert '"nameko==2.14.1"' in PYPROJECT


@pytest.mark.parametrize("name", ["eventlet", "kombu", "amqp", "werkzeug", "greenlet"])
def test_what_the_runtime_stands_on_has_an_upper_bound(name: str) -> None:
    assert re.search(rf'^    "{name}>=[\d.]+,<[\d.]+",', PYPROJECT, re.MULTILINE)


def test_all_that_nameko_asks_for_is_locked_since_it_sets_no_upper_bound_itself() -> None:
    needed = [requirement for requirement in requires("nameko") or () if "extra ==" not in requirement]
    assert [requirement for requirement in needed if "<" in requirement.partition(";")[0]] == [
        "dnspython (<2) "
    ] or all(
        "python_version" in requirement for requirement in needed if "<" in requirement.partition(";")[0]
    )
    names = {re.split(r"[ (;<>=]", requirement)[0].lower().replace(".", "-") for requirement in needed} - {
        "dnspython"
    }
    locked = {name.lower().replace(".", "-").replace("_", "-") for name in LOCKED}
    assert names - locked == set()


def test_reading_ahead_comes_to_its_end_in_a_green_process_and_others_have_their_turn() -> None:
    report = seen_by("reading_ahead")
    assert report["read"] == [0, 1, 2]
    assert report["turns"] > 5
