"""Is a person who was erased nowhere any more: on no disk, in no log, and for nobody who kept all but the keys?"""

import gzip
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pika
import psycopg
import pytest

from shared.vault.epochs import EpochGone, Epochs
from tests.marks import holding
from tests.servers import Unavailable, programs, running_postgres, running_rabbit, until
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


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    """Servers whose files are within reach, a process per service that says all it has to say."""
    folder = tmp_path_factory.mktemp("canary")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("KOSILAB_TEST_PROVIDER", "installed" if programs.postgres_folder() else "packages")
        try:
            with running_rabbit(own=True) as rabbit, running_postgres(own=True) as postgres:
                cluster = Cluster(rabbit, postgres, folder, KOSILAB_LOG_LEVEL="DEBUG")
                try:
                    cluster.start("actors", "marketplace", "employment", "reporting")
                    yield passed(Canary(cluster, folder))
                finally:
                    cluster.close()
                return
        except Unavailable as why:
            sentence = str(why)
    pytest.fail(sentence, pytrace=False)


def passed(canary: Canary) -> Aftermath:
    """All that happens to the canaries."""
    canary.lives()
    before = canary.stolen()
    canary.kosilab("backup", "create", str(canary.folder / "backup of the epoch before"))
    canary.is_erased()
    canary.epoch_ends()
    canary.kosilab("backup", "create", str(canary.folder / "backup"))
    canary.kosilab("history", "export", "--with-slots", str(canary.folder / "export"))
    return Aftermath(canary, before)


def test_no_mark_is_found_in_any_place(aftermath: Aftermath) -> None:
    found = {name: holding(place, SOUGHT) for name, place in aftermath.canary.places()}
    assert {name: files for name, files in found.items() if files} == {}
    assert all(any(place.rglob("*")) for _, place in aftermath.canary.places())


def test_none_of_the_keys_is_found_either(aftermath: Aftermath) -> None:
    before = aftermath.before
    keys = [shown for key in (*before.keys, *before.wrapping.values()) for shown in (key, key.hex().encode())]
    assert len(before.keys) == 2
    assert [holding(place, keys) for _, place in aftermath.canary.places() if holding(place, keys)] == []


def test_what_still_lies_in_dead_rows_and_old_backups_opens_with_no_key_that_is_left(
    aftermath: Aftermath,
) -> None:
    before, epochs = aftermath.before, Epochs(aftermath.canary.keys_folder)
    disk = aftermath.canary.cluster.postgres.files
    assert holding(
        disk, [wrapped for _, wrapped in before.wrapped]
    )  # it does lie there, so this is no empty claim
    assert holding(disk, before.sealed)
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
    until(lambda: bool(holding(places["broker"], SOUGHT)), "the broker has written the message to its disk")
    assert [name for name, place in places.items() if not holding(place, SOUGHT)] == []


def publish(url: str, body: bytes) -> None:
    """Leave a message in a queue that outlives the broker's process."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare("planted", durable=True)
        channel.basic_publish("", "planted", body, pika.BasicProperties(delivery_mode=2))
