"""Does a city of the version before go on with today's code, without changing a word of it or doing anything twice?

How the city was made, and what is in it: `tests/fixtures/before_rooms/README.md`.
"""

import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from deploy.city import load_city
from deploy.instance import Instance
from shared.bus.memory import MemoryBus
from shared.events.registry import SERVICES
from shared.service.reading import read_record
from tests.deploy.desk import Desk
from tests.few import one_in
from tests.shared.ledger.both import said_by_both

FIXTURE = Path(__file__).parent.parent / "fixtures" / "before_rooms"
THEN = datetime(2020, 1, 10, 9, 30, tzinfo=UTC)
"""Until when that version rang the deadlines."""

BEFORE: dict[str, Any] = json.loads((FIXTURE / "expected.json").read_text(encoding="utf-8"))
WRITTEN_DOWN = ("type", "subject", "commandid", "time", "data")
"""What that version wrote down of the events that it appended next."""

CHANGED_FACTS = {"counselling", "match", "need", "offer", "organisation"}
"""Facts that differ on purpose: in their second version, days are the city's and not those of UTC (ADR 26)."""

ADDED_FIELDS = {
    "marketplace.matches": {"confirmed_by"},
    "marketplace.needs": {"money"},
    "actors.organisations": {"changed"},
    "marketplace.organisations": {"changed"},
}
"""Fields that a view's documents have since; all their other fields are as before."""

ADDED_TIMERS = {"erasure_waits"}
"""Timers that there are since: nothing of that city falls due by them."""

CHANGED_FIGURES = {
    "total": set[str](),
    "year": {"counselling_requests", "match_acceptance", "need_coverage", "time_to_match"},
}
"""Figures that differ on purpose, for the same reason, by what they are broken down."""


@dataclass(frozen=True, slots=True)
class Before:
    """The unpacked city, to be worked on, and where its export and its backup lie."""

    desk: Desk
    export: Path
    backup: Path

    def open(self) -> Instance:
        """The city with today's code; it is the moment at which the version before stopped."""
        return Instance(load_city("wuppertal"), self.desk.settings(), bus=MemoryBus(), now=lambda: THEN)

    def call(self, *arguments: str) -> Any:
        """What a command that succeeds prints for machines."""
        done = self.desk.call(*arguments)
        assert done.code == 0, done.err
        return done.data if "--json" in arguments else done.out


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive's content; nobody writes into it."""
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(FIXTURE / "city.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def city(unpacked: Path, bare_desk: Desk) -> Before:
    """The city of the version before."""
    shutil.copytree(unpacked / "data", bare_desk.folder)
    return Before(bare_desk, unpacked / "export", unpacked / "backup")


@pytest.fixture
def instance(city: Before) -> Iterator[Instance]:
    """The city, opened."""
    opened = city.open()
    yield opened
    opened.close()


def digest(rows: object) -> str:
    """The digest of something as JSON."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def records(instance: Instance, service: str) -> list[bytes]:
    """A service's log."""
    return [stored.record for stored in instance.units[service].store.log.read(limit=100_000)]


def new_events(instance: Instance) -> list[dict[str, Any]]:
    """What was appended since, as the version before wrote down what would follow; all before it is unchanged."""
    new: list[dict[str, Any]] = []
    for service in SERVICES:
        log, n_before = records(instance, service), BEFORE["n_events"][service]
        assert hashlib.sha256(b"\n".join(log[:n_before])).hexdigest() == BEFORE["logs"][service], service
        new += map(json.loads, log[n_before:])
    return [{name: event[name] for name in WRITTEN_DOWN} for event in new]


def command_ids(instance: Instance) -> set[str]:
    """The commands that the services remember."""
    return {
        str(command_id)
        for unit in instance.units.values()
        for (command_id,) in unit.store.database.rows("SELECT command_id FROM command")
    }


def documents(city: Before) -> dict[str, str]:
    """The digests of all documents, as they lie in the tables that `views list` names."""
    tables = {
        row["view"]: row["table"]
        for row in city.call("views", "list", "--json")
        if row["view"] in BEFORE["views"]
    }
    digests = {}
    instance = city.open()
    for name, table in tables.items():
        store = instance.units[name.partition(".")[0]].store
        rows = store.database.rows(f'SELECT key, document FROM "{table}"')
        digests[name] = digest({str(key): _of_then(name, json.loads(document)) for key, document in rows})
    instance.close()
    return digests


def _of_then(view: str, document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in ADDED_FIELDS.get(view, ())}


def facts(city: Before) -> dict[str, str]:
    """The digests of all facts that are kept, once they were seen to be those of a replay."""
    compared = city.call("history", "replay", "--json")
    assert [row["fact"] for row in compared if row["live"] != row["replayed"]] == []
    return {row["fact"]: row["live"] for row in compared}


def differing(kind: str, digests: dict[str, str]) -> set[str]:
    """What has another digest than in the version before, of all that this version had."""
    return {name for name, each in BEFORE[kind].items() if digests[name] != each["digest"]}


def assert_it_says_the_same(city: Before) -> None:
    """Documents and facts are those of the version before, but for those that changed on purpose."""
    assert differing("views", documents(city)) == set()
    assert differing("facts", facts(city)) == CHANGED_FACTS


# --- what was stored is read as before ---------------------------------------------------------------
def test_both_verifiers_accept_the_export(city: Before) -> None:
    code, lines = said_by_both(city.export, "--with-slots")
    assert (code, lines[-1]) == (0, "OK"), lines


def test_the_export_replays_to_the_same_facts(city: Before) -> None:
    compared = city.call("history", "replay", str(city.export), "--json")
    assert differing("facts", {row["fact"]: row["replayed"] for row in compared}) == CHANGED_FACTS


def test_documents_and_facts_are_the_same_before_and_after_they_are_built_anew(city: Before) -> None:
    assert_it_says_the_same(city)
    city.call("views", "rebuild", "all")
    assert_it_says_the_same(city)


@pytest.mark.parametrize("by", ["total", "year"])
def test_every_figure_is_the_same(city: Before, by: str) -> None:
    broken_down = [] if by == "total" else ["--by", by]
    answers = city.call("history", "as-of", *BEFORE["figures"][by], *broken_down, "--json")["figures"]
    parts = ("version", "result", "groups")
    figures = {answer["name"]: {part: answer[part] for part in parts if part in answer} for answer in answers}
    different = {name for name, expected in BEFORE["figures"][by].items() if figures[name] != expected}
    assert different == CHANGED_FIGURES[by]


def test_a_backup_comes_back_as_the_city_that_it_was_made_of(city: Before) -> None:
    city.desk.lose_databases(vault=True)
    city.call("backup", "restore", str(city.backup), "--unsigned")
    instance = city.open()
    assert new_events(instance) == BEFORE["follows"]  # `restore` lets everything follow
    instance.close()
    (proof,) = city.call("erasures", "--json")
    assert (proof["erasure_id"], proof["state"], proof["wrong"]) == ("erasure-one", "completed", [])


# --- nothing happens twice ---------------------------------------------------------------------------
def test_the_same_files_imported_again_add_no_event(city: Before, pytestconfig: pytest.Config) -> None:
    for slug in ("wuppertal", "dortmund"):
        for path in load_city(slug).samples[:: one_in(pytestconfig)]:
            report = city.call("import", str(path), "--json")
            assert (report["n_new"], report["n_amended"], report["rejected"]) == (0, 0, []), path.name
    instance = city.open()
    assert new_events(instance) == BEFORE["follows"]  # every import lets everything follow
    instance.close()


def test_the_reaction_that_waited_happens_once(instance: Instance) -> None:
    assert new_events(instance) == []
    instance.settle()
    assert new_events(instance) == BEFORE["follows"]
    assert [event["type"].split(".")[2] for event in BEFORE["follows"]] == [
        "SearchReleased",
        "PlaceReopenAsked",
    ]
    assert instance.settle() == 0


def test_reactions_that_see_everything_again_send_no_new_command(instance: Instance) -> None:
    instance.settle()
    remembered = command_ids(instance)
    for unit in instance.units.values():
        with unit.store.transaction() as tx:
            tx.execute(text("UPDATE cursor SET position = 0 WHERE name = 'own' OR name LIKE 'inbox:%'"))
    with instance.bulk():
        instance.settle(("actors", "marketplace", "employment"))
    assert new_events(instance) == BEFORE["follows"]
    assert command_ids(instance) == remembered


def test_no_deadline_that_rang_rings_again_and_none_is_moved(instance: Instance) -> None:
    for unit in instance.units.values():
        assert unit.ticker.step(THEN) == 0
    assert new_events(instance) == []
    for service, unit in instance.units.items():
        rows = unit.store.database.rows("SELECT stream, kind, due_at FROM deadline ORDER BY stream, kind")
        assert digest([list(row) for row in rows]) == BEFORE["deadlines"][service], service


def test_every_due_time_is_computed_as_before(instance: Instance) -> None:
    logs = {service: [read_record(record) for record in records(instance, service)] for service in SERVICES}
    for service, unit in instance.units.items():
        tables = unit.app.tables
        due_times = [
            [event.id, timer.kind, timer.stream(event), due and due.isoformat()]
            for source in (service, *tables.follows)
            for event in logs[source]
            for timer in tables.timers
            if isinstance(event.data, timer.on) and (due := timer.due(event)) is not ...
        ]
        assert all(due is None for _, kind, _, due in due_times if kind in ADDED_TIMERS)
        of_before = [line for line in due_times if line[1] not in ADDED_TIMERS]
        assert digest(of_before) == BEFORE["due_times"][service], service
