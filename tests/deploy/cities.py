"""Three cities and a data centre on this machine: each answers as a witness over HTTP, two of three are a quorum."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from deploy.diagnosis.finding import Finding
from deploy.diagnosis.ledger import examine_ledger
from deploy.history.marks import marks_of
from deploy.history.vouching import LedgerFolder, policy_of, vouching_for
from deploy.history.witnessing import COSIGNED, lines_for_others, witness_line, witness_signer
from deploy.launch import witness_application
from shared.ledger.asking import ask_over_http
from shared.ledger.policy import Witness
from shared.ledger.proof import consistency
from shared.ledger.witness import Reply
from shared.service.app import App
from shared.service.tables import ServiceTables
from tests.shared.ledger.small_city import LogAtWork

CITIES = ("05124000", "05913000", "05911000")
DATA_CENTRE = "data-centre"
SERVICE = "marketplace"


@dataclass
class House:
    """A witness on a port of this machine."""

    key: str
    folder: LedgerFolder
    address: str = ""
    server: Any = None
    thread: threading.Thread | None = None

    @classmethod
    def built(cls, key: str, folder: Path, *rest: Any) -> "House":
        """A house that knows no log yet."""
        made = cls(key, LedgerFolder(folder / "ledger", key), *rest)
        made.knows([])
        return made

    def knows(self, lines: list[str]) -> None:
        """Cosign these logs and no others; it reads its file when it starts."""
        self.closes()
        self.folder.path.mkdir(parents=True, exist_ok=True)
        (self.folder.path / COSIGNED).write_text("\n".join(lines), encoding="utf-8")
        self.opens()

    def opens(self) -> None:
        """Answer: on a free port at first, on the same one afterwards."""
        port = int(self.address.rpartition(":")[2]) if self.address else 0
        self.server = make_server("127.0.0.1", port, witness_application(self.folder), threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def closes(self) -> None:
        """Answer no more."""
        if self.thread is not None:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
            self.thread = None

    def asked(self, body: bytes) -> Reply:
        """What it answers to a request."""
        key = witness_signer(self.folder).key
        return ask_over_http(Witness(self.key, key, f"{self.address}/witness"), body)


@dataclass
class City(House):
    """A log at work in a city that is a witness, too."""

    logs: list[LogAtWork] = field(default_factory=list)

    @classmethod
    def with_log(cls, key: str, folder: Path, seed: int) -> "City":
        """A city in which a little happened."""
        made = cls(key, LedgerFolder(folder / "ledger", key))
        made.logs.append(LogAtWork(SERVICE, folder / "db", seed=seed))
        made.knows([])
        made.append(5)
        return made

    @property
    def log(self) -> LogAtWork:
        """Its log."""
        return self.logs[0]

    @property
    def origin(self) -> str:
        """The log's name in the world."""
        return self.folder.origin(self.log.store)

    def append(self, n: int) -> None:
        """Append so many records."""
        for number in range(n):
            self.log.write(f"offer-{number}", [self.log.draft()])

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

    def request(self, old: int) -> bytes:
        """What it would send to a witness that has seen so many records."""
        return str(consistency(self.origin, self.log.store.shelf, old)).encode()

    def first_request(self) -> bytes:
        """What it would send to a witness that has seen none."""
        _, _, note = self.request(1).partition(b"\n\n")
        return b"old 0\n\n" + note

    def marks(self) -> tuple[int, int]:
        """Over how many records it has signed, and how many of them witnesses enough have seen."""
        store = self.log.store
        marks = marks_of(self.origin, store.log.head().position, store.shelf, policy_of(self.folder))
        return marks.signed, marks.witnessed

    def doctor(self, after: timedelta = timedelta(0)) -> dict[str, Finding]:
        """What the doctor says so much later, by what it looked at."""
        now = self.log.now + after
        findings = examine_ledger(self.folder, SERVICE, self.log.store.database, now, ask_over_http)
        return {finding.what.partition(": ")[2]: finding for finding in findings}


def acquainted(cities: list[City], data_centre: House) -> None:
    """Let all tell each other their lines; each city asks the two others and the data centre, two of whom suffice."""
    lines_of_cities = {
        city.key: list(lines_for_others([city.log.store], city.folder, city.address)) for city in cities
    }
    centre = witness_line(data_centre.folder, data_centre.address)
    logs = {key: lines[0] for key, lines in lines_of_cities.items()}
    data_centre.knows(list(logs.values()))
    for city in cities:
        others = [key for key in lines_of_cities if key != city.key]
        city.knows([logs[key] for key in others])
        quorum = f"group others 2 {' '.join([*others, DATA_CENTRE])}\nquorum others\n"
        lines = [logs[city.key], *(lines_of_cities[key][-1] for key in others), centre, quorum]
        city.folder.policy_path.write_text("\n".join(lines), encoding="utf-8")
