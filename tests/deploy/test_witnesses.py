"""Do cities cosign each other's logs over HTTP, and is whoever takes something back left alone?"""

import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from deploy.diagnosis.ledger import examine_ledger
from deploy.history.marks import marks_of
from deploy.history.vouching import LedgerFolder, policy_of, vouching_for
from deploy.history.witnessing import COSIGNED, lines_for_others, witness_of, witness_signer
from deploy.launch import witness_application
from shared.edge.witness import PREFIX
from shared.ledger.cosigning import ask_over_http
from shared.ledger.keys import signer_of
from shared.ledger.merkle import leaf_hash
from shared.ledger.note import BadNote, encoded
from shared.ledger.policy import Policy, Witness
from shared.ledger.proof import consistency
from shared.ledger.witness import Reply
from shared.service.app import App
from shared.service.tables import ServiceTables
from tests.deploy.desk import Desk
from tests.servers import until
from tests.servers.children import Child
from tests.servers.ports import free_port
from tests.shared.ledger.small_city import LogAtWork
from tests.shared.ledger.tampering import behind_the_back
from tests.system.cluster import get_status

CITIES = ("05124000", "05913000", "05911000")
SERVICE = "marketplace"


@dataclass
class City:
    """A log at work, its ledger's folder, and its witness on a port of this machine."""

    key: str
    log: LogAtWork
    folder: LedgerFolder
    address: str = ""
    server: Any = None
    threads: list[threading.Thread] = field(default_factory=list)

    @staticmethod
    def append_to(log: LogAtWork, n: int) -> None:
        """Append so many records."""
        for number in range(n):
            log.write(f"offer-{number}", [log.draft()])

    def append(self, n: int) -> None:
        """Append so many records."""
        self.append_to(self.log, n)

    def opens(self) -> None:
        """Answer as a witness: on a free port at first, on the same one afterwards."""
        port = int(self.address.rpartition(":")[2]) if self.address else 0
        self.server = make_server("127.0.0.1", port, witness_application(self.folder))
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self.threads.append(thread)

    def closes(self) -> None:
        """Answer no more."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def vouches(self) -> int:
        """Sign for what is there, and ask the witnesses; how many cosigned."""
        loop = vouching_for(App(ServiceTables(name=SERVICE), self.log.store), self.log.store, self.folder)
        loop.begin()
        self.log.now += timedelta(minutes=2)
        issuer = self.folder.issuer(self.log.store)
        while issuer.step(self.log.now):
            pass
        return loop.cosign()

    def reopens(self) -> None:
        """Open the database again, as after a restart."""
        self.log.store.close()
        self.log.open()

    @property
    def policy(self) -> Policy:
        """Whom it asks."""
        return policy_of(self.folder, self.log.store)

    @property
    def origin(self) -> str:
        """The log's name in the world."""
        return self.folder.origin(self.log.store)

    def marks(self) -> tuple[int, int]:
        """Over how many records it has signed, and how many of them witnesses enough have seen."""
        marks = marks_of(self.origin, self.log.store.log.head().position, self.log.store.shelf, self.policy)
        return marks.signed, marks.witnessed


@pytest.fixture
def cities(tmp_path: Path) -> Iterator[list[City]]:
    """Three cities that have told each other their lines, each asking two witnesses, both of whom have to cosign."""
    made = []
    for number, key in enumerate(CITIES):
        log = LogAtWork(SERVICE, tmp_path / key / "db", seed=number)
        City.append_to(log, 5)
        made.append(City(key, log, LedgerFolder(tmp_path / key / "ledger", key)))
    for city in made:
        city.folder.path.mkdir(parents=True, exist_ok=True)
        (city.folder.path / COSIGNED).write_text("", encoding="utf-8")
        city.opens()
    lines = {one.key: list(lines_for_others([one.log.store], one.folder, one.address)) for one in made}
    for city in made:
        others = [line for key, told in lines.items() if key != city.key for line in told]
        logs = [line for line in others if line.startswith("log ")]
        witnesses = [line for line in others if line.startswith("witness ")]
        group = f"group others 2 {' '.join(key for key in CITIES if key != city.key)}\nquorum others"
        (city.folder.path / COSIGNED).write_text("\n".join(logs), encoding="utf-8")
        own = [lines[city.key][0]]
        city.folder.policy_path.write_text("\n".join([*own, *witnesses, group, ""]), encoding="utf-8")
        city.closes()
        city.opens()  # it reads its file when it starts
    yield made
    for city in made:
        city.closes()
        city.log.store.close()


def asks_for_less(city: City) -> None:
    """One of the two witnesses is enough."""
    text = city.folder.policy_path.read_text(encoding="utf-8")
    city.folder.policy_path.write_text(text.replace("group others 2", "group others 1"), encoding="utf-8")


def doctor(city: City, after: timedelta = timedelta(0)) -> dict[str, tuple[bool | None, str]]:
    """What the doctor says so much later."""
    findings = examine_ledger(city.folder, SERVICE, city.log.store.database, city.log.now + after)
    return {one.what: (one.well, one.seen) for one in findings}


def test_honest_cities_cosign_each_other(cities: list[City]) -> None:
    for city in cities:
        assert city.vouches() == 2
    assert [city.marks() for city in cities] == [(5, 5)] * 3
    first = cities[0]
    first.append(7)
    assert first.vouches() == 2
    signed, witnessed = first.marks()
    assert (signed, witnessed) == (12, 12)
    assert doctor(first)[f"{SERVICE}: witnessed up to"] == (True, "12 of 12 records")


def test_one_witness_that_is_away_stops_nobody_where_one_is_enough(cities: list[City]) -> None:
    cities[1].closes()
    asks_for_less(cities[0])
    assert cities[0].vouches() == 1
    assert cities[0].marks() == (5, 5)


def test_a_missing_quorum_stops_no_append_and_shows(cities: list[City]) -> None:
    city = cities[0]
    city.vouches()
    cities[1].closes()
    city.append(3)
    assert city.vouches() == 1
    city.append(3)
    assert city.marks() == (8, 5)
    well, seen = doctor(city)[f"{SERVICE}: witnessed up to"]
    assert (well, seen.startswith("5 of 8 records; the rest has waited")) == (True, True)
    assert doctor(city, timedelta(hours=25))[f"{SERVICE}: witnessed up to"][0] is False
    cities[1].opens()
    assert city.vouches() == 2
    assert city.marks() == (11, 11)


def test_a_log_that_was_rolled_back_gets_no_cosignature(cities: list[City]) -> None:
    city = cities[0]
    city.vouches()
    with behind_the_back(city.log.path) as database:
        database.execute("DELETE FROM event WHERE position > 3")
        database.execute("UPDATE log_head SET position = 3")
        for table in ("tile", "checkpoint"):
            database.execute(f"DELETE FROM {table}")
    (city.folder.path / "remembered.db").unlink()
    city.reopens()
    assert city.vouches() == 0
    assert city.marks()[1] == 0


def test_another_history_that_the_key_signed_gets_no_cosignature(cities: list[City]) -> None:
    city = cities[0]
    city.vouches()
    with behind_the_back(city.log.path) as database:
        database.execute(
            "UPDATE event SET record = CAST(replace(record, 'title', 'titel') AS BLOB) WHERE position = 2"
        )
        for table in ("tile", "checkpoint"):
            database.execute(f"DELETE FROM {table}")
    (city.folder.path / "remembered.db").unlink()
    city.reopens()
    city.append(4)
    assert city.vouches() == 0
    signed, witnessed = city.marks()
    assert (signed, witnessed) == (9, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"old x\n\n", 400), (b"old 0\n\n05999000.kosilab/marketplace/1\n1\n", 400)],
)
def test_what_is_no_request_is_refused_as_such(cities: list[City], body: bytes, status: int) -> None:
    assert asked(cities[1], body).status == status


def asked(witness: City, body: bytes) -> Reply:
    """What a witness answers over HTTP."""
    return ask_over_http(
        Witness("one", witness_of(witness.folder).signer.key, f"{witness.address}/witness"), body
    )


def request_of(city: City, old: int) -> bytes:
    """What the city would send."""
    return str(consistency(city.origin, city.log.store.shelf, old)).encode()


def test_a_log_that_nobody_named_and_a_key_that_is_not_the_logs_are_turned_away(cities: list[City]) -> None:
    city, witness = cities[0], cities[1]
    city.vouches()
    stranger = request_of(city, 1).replace(city.key.encode(), b"05999000")
    assert asked(witness, stranger).status == 404
    other = signer_of(witness.folder.path / "keys" / "foreign.pem", city.origin)
    made = consistency(city.origin, city.log.store.shelf, 1)
    head = str(made).partition("\n\n")[0]
    forged = f"{head}\n\n{made.note.text}\n{other.sign(made.note.text)}"
    assert asked(witness, forged.encode()).status == 403


def test_a_proof_that_does_not_lead_there_and_a_size_that_is_not_the_last_are_refused(
    cities: list[City],
) -> None:
    city, witness = cities[0], cities[1]
    city.vouches()
    known = asked(witness, request_of(city, 3))
    assert (known.status, known.body, known.content_type) == (409, "5\n", "text/x.tlog.size")
    city.append(4)
    city.folder.policy_path.unlink()
    city.vouches()
    right = request_of(city, 5).decode()
    wrong = right.replace(right.split("\n")[1], encoded(leaf_hash(b"another")))
    assert asked(witness, wrong.encode()).status == 422
    assert asked(witness, right.encode()).status == 200


def test_two_that_race_do_not_take_a_witness_back(cities: list[City]) -> None:
    city, witness = cities[0], cities[1]
    city.folder.policy_path.unlink()
    bodies: list[bytes] = []
    for _ in range(12):
        city.vouches()
        bodies.append(request_of(city, 5) if bodies else request_of(city, 1).replace(b"old 1\n", b"old 0\n"))
        city.append(2)
    first = bodies[0].partition(b"\n\n")
    assert asked(witness, b"old 0\n\n" + first[2]).status == 200
    with ThreadPoolExecutor(len(bodies)) as together:
        replies = list(together.map(partial(asked, witness), bodies[1:]))
    assert sorted({reply.status for reply in replies}) == [200, 409]
    assert sum(reply.status == 200 for reply in replies) == 1
    sizes = [int(body.split(b"\n\n")[1].split(b"\n")[1]) for body in bodies[1:]]
    answered = dict(zip(sizes, replies, strict=True))
    (won,) = (size for size, reply in answered.items() if reply.status == 200)
    assert {reply.body for reply in replies if reply.status == 409} <= {"5\n", f"{won}\n"}
    assert asked(witness, request_of(city, won)).status == 200


def test_a_file_that_is_not_what_it_should_be_is_named(cities: list[City]) -> None:
    path = cities[0].folder.path / COSIGNED
    path.write_text("log nonsense\n", encoding="utf-8")
    with pytest.raises(BadNote, match=rf"{COSIGNED}: line 1"):
        witness_of(cities[0].folder)


def test_a_witness_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    log = LogAtWork(SERVICE, tmp_path / "db")
    City.append_to(log, 3)
    city = City(CITIES[0], log, LedgerFolder(tmp_path / "ledger", CITIES[0]))
    witness = LedgerFolder(tmp_path / "witness" / "ledger", "05913000")
    own = next(lines_for_others([log.store], city.folder, ""))
    witness.path.mkdir(parents=True)
    (witness.path / COSIGNED).write_text(f"{own}\n", encoding="utf-8")
    port = free_port()
    where = ["--city", "dortmund", "--data", str(witness.path.parent), "--port", str(port)]
    child = Child([sys.executable, "-m", "deploy.cli", "serve", "witness", *where], tmp_path)
    child.start()
    try:
        until(
            lambda: get_status(f"http://127.0.0.1:{port}", "/livez") == 200, "the witness answers", within=60
        )
        line = f"witness dortmund {witness_signer(witness).key} http://127.0.0.1:{port}{PREFIX}"
        policy = f"{own}\n{line}\nquorum dortmund\n"
        city.folder.policy_path.write_text(policy, encoding="utf-8")
        assert city.vouches() == 1
        assert city.marks() == (3, 3)
    finally:
        child.stop(signal.SIGTERM, within=20)
    assert (city.vouches(), city.marks()) == (0, (3, 3))
    log.store.close()


def test_a_witness_that_nobody_told_whom_to_cosign_says_what_to_do(desk: Desk) -> None:
    said = desk.call("serve", "witness")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "kosilab history keys" in said.err
    assert desk.call("serve", "witness", "actors").code == 2
