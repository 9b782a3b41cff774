"""One trial: somebody changes a live database and covers it up; does one checkpoint that was seen before tell?"""

import random
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, rmtree
from urllib.parse import urlsplit

from shared.eventlog.agreement import differing
from shared.eventlog.migrations import migrate
from shared.ledger.export import export
from shared.ledger.policy import parse_policy
from shared.ledger.remembered import Remembered
from shared.ledger.witness import Witness
from tests.servers import PostgresServer
from tests.shared.ledger.both import said_by_one
from tests.shared.ledger.small_city import WITNESSES, LogAtWork, policy_of
from tests.shared.ledger.tampering import WAYS, behind_the_back, sign_anew

SERVICE = "actors"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and whether it was found."""

    way: str
    covered_up: bool
    is_found: bool


class Trials:
    """A log that has lived, copied for each trial; an auditor keeps its first cosigned checkpoint.

    Its database is a SQLite file, or on a PostgreSQL server.
    """

    def __init__(self, folder: Path, server: PostgresServer | None = None) -> None:
        self.folder = folder
        self._server = server
        url = server.create_database() if server else ""
        if url:
            migrate(url, SERVICE)
        log = self._lived = LogAtWork(SERVICE, folder / "city", url=url)
        witness = Witness(
            WITNESSES["05913000"], {log.issuer.origin: [log.signer.key]}, Remembered(folder / "witness.db")
        )
        log.write(
            "person-1",
            [log.draft(name="PersonRegistered", slots=[("contact", b"made up"), ("name", b"too")])],
        )
        self.seen_size = self._grown(witness)
        self.seen = folder / "seen.txt"
        self.seen.write_text(log.newest(), encoding="utf-8")
        self._grown(witness)
        # An auditor whose policy asks for no witnesses has nothing but the checkpoint that was seen.
        self.policy = folder / "policy.txt"
        self.policy.write_text(f"log {log.signer.key}\nquorum none\n", encoding="utf-8")
        log.store.close()

    def run(self, seed: int) -> Outcome:
        """Tamper once, each way in its turn, cover it up or not, and audit."""
        chance = random.Random(seed)
        way, covers = WAYS[seed % len(WAYS)], chance.random() < 0.7
        log = self._copied(seed)
        with behind_the_back(log.where) as database:
            way(database, self.seen_size, chance)
        if covers:
            sign_anew(log)
        return Outcome(way.__name__, covers, self._audited(log))

    def clean(self, seed: int) -> bool:
        """Whether a history that merely goes on raises an alarm."""
        log = self._copied(seed)
        log.append(random.Random(seed).randrange(10))
        log.sign()
        return self._audited(log)

    def _grown(self, witness: Witness) -> int:
        """Let something happen, sign and have it cosigned; how many records there are then."""
        self._lived.append(12)
        size = self._lived.sign()
        self._lived.cosign([witness], parse_policy(policy_of([SERVICE])))
        return size

    def _copied(self, seed: int) -> LogAtWork:
        lived, place = self._lived, self.folder / f"trial-{seed}"
        url = self._server.create_database(urlsplit(lived.url).path.lstrip("/")) if self._server else ""
        log = LogAtWork(SERVICE, place, seed=seed, url=url)
        if not url:
            log.store.close()
            copyfile(lived.path, log.path)
            log.open()
        log.versions, log.now = dict(lived.versions), lived.now
        return log

    def _audited(self, log: LogAtWork) -> bool:
        """Whether anything is found; the copy is gone then."""
        differs, out = any(differing(log.store.database)), log.folder / "out"
        export([log.source()], out, self.policy.read_text(encoding="utf-8"), with_slots=True)
        log.store.close()
        code, _ = said_by_one(out, "--policy", self.policy, "--seen", self.seen, "--with-slots")
        rmtree(log.folder)
        if self._server:
            self._server.drop_database(log.url)
        return differs or code == 1
