"""Is a person who was erased nowhere any more: on no disk, in no log, and for nobody who kept all but the keys?"""

import gzip
import subprocess
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pika
import psycopg
import pytest

from shared.vault.epochs import EpochGone, Epochs
from tests.marks import holding, holding_each
from tests.servers import until
from tests.system.canary import CORE, SOUGHT, Canary, Theft
from tests.system.cluster import ROOT, Cluster

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.system,
    pytest.mark.needs_rabbitmq,
    pytest.mark.needs_postgres,
]

VERIFIERS = (
    (sys.executable, str(ROOT / "shared" / "ledger" / "verify.py")),
    ("node", str(ROOT / "shared" / "ledger" / "verify.mjs")),
)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The city after the canaries' erasure and the end of the epoch, and what was stolen before."""

    canary: Canary
    before: Theft
    files: Mapping[str, Mapping[str, list[str]]]
    """By place: the files in which something was found, with the names of what is in them."""

    def holding(self, name: str) -> dict[str, list[str]]:
        """By place: the files in which what has this name was found."""
        places = {
            place: [path for path, names in files.items() if name in names]
            for place, files in self.files.items()
        }
        return {place: paths for place, paths in places.items() if paths}


@pytest.fixture(scope="module")
def aftermath(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """All that happens to the canaries, and what is found of them afterwards: each file is read once."""
    canary = Canary(cluster, tmp_path_factory.mktemp("canary"))
    before = passed(canary)
    keys = [*before.keys, *before.wrapping.values()]
    sought: dict[str, Sequence[bytes]] = {
        "mark": SOUGHT,
        "key": [shown for key in keys for shown in (key, key.hex().encode())],
        "wrapped key": [wrapped for _, wrapped in before.wrapped],
        "sealed": before.sealed,
    }
    places = dict(canary.places())
    assert all(any(place.rglob("*")) for place in places.values())
    return Aftermath(
        canary, before, {name: dict(holding_each(place, sought)) for name, place in places.items()}
    )


def passed(canary: Canary) -> Theft:
    """All that happens to the canaries; what was stolen before they were erased."""
    canary.lives()
    before = canary.stolen()
    canary.kosilab("backup", "create", str(canary.folder / "backup of the epoch before"))
    canary.is_erased()
    canary.epoch_ends()
    canary.kosilab("backup", "create", str(canary.folder / "backup"))
    canary.kosilab("history", "export", "--with-slots", str(canary.folder / "export"))
    return before


def test_no_mark_is_found_in_any_place(aftermath: Aftermath) -> None:
    assert aftermath.holding("mark") == {}


def test_none_of_the_keys_is_found_either(aftermath: Aftermath) -> None:
    assert len(aftermath.before.keys) == 2
    assert aftermath.holding("key") == {}


def test_what_still_lies_in_dead_rows_and_old_backups_opens_with_no_key_that_is_left(
    aftermath: Aftermath,
) -> None:
    before, epochs = aftermath.before, Epochs(aftermath.canary.keys_folder)
    assert "databases" in aftermath.holding("wrapped key")  # it does lie there, so this is no empty claim
    assert "databases" in aftermath.holding("sealed")
    assert len(epochs.numbers()) == 1
    for owner, wrapped in before.wrapped:
        for number in epochs.numbers():
            with pytest.raises(EpochGone):
                epochs.unwrap(number, wrapped, owner)


def test_both_verifiers_find_the_history_whole(aftermath: Aftermath) -> None:
    export = str(aftermath.canary.folder / "export")
    for verifier in VERIFIERS:
        done = subprocess.run(
            [*verifier, export, "--with-slots"], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "OK"), done.stdout + done.stderr


def test_who_was_not_erased_is_known_as_before(aftermath: Aftermath) -> None:
    canary = aftermath.canary
    assert canary.city.sees("/actors/own-data", canary.bystander)["personal"]["name"] == "Otto Beispiel"
    for story in canary.stories:
        assert canary.city.sees("/actors/own-data", story.canary)["personal"]["name"] is None


def test_a_mark_would_be_found_in_every_place(aftermath: Aftermath) -> None:
    canary, hidden = aftermath.canary, zlib.compress(CORE.encode("utf-16-le"))
    with psycopg.connect(canary.cluster.databases["actors"], autocommit=True) as database:
        database.execute("CREATE TABLE planted (mark bytea)")
        database.execute("INSERT INTO planted VALUES (%s)", (gzip.compress(CORE.encode()),))
        database.execute("DROP TABLE planted")  # its write-ahead log keeps it
        database.execute("CREATE TABLE planted AS SELECT repeat(%s, 1000) AS mark", (f"{CORE} ",))
    publish(canary.cluster.broker.url, CORE.encode().hex().encode())
    for name, place in canary.places():
        if name not in {"databases", "broker", "columns, as they are read"}:
            (place / "planted").write_bytes(b"before" + hidden)
    places = dict(canary.places())
    until(lambda: any(holding(places["broker"], SOUGHT)), "the broker has written the message to its disk")
    assert [name for name, place in places.items() if not any(holding(place, SOUGHT))] == []


def publish(url: str, body: bytes) -> None:
    """Leave a message in a queue that outlives the broker's process."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare("planted", durable=True)
        channel.basic_publish("", "planted", body, pika.BasicProperties(delivery_mode=2))
