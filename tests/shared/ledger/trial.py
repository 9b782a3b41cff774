"""One trial: somebody changes a live database and covers it up; does one checkpoint that was seen before tell?"""

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, rmtree

from shared.eventlog.agreement import differing
from shared.ledger.export import export
from shared.ledger.policy import parse_policy
from tests.shared.ledger.both import said_by_one
from tests.shared.ledger.small_city import LogAtWork, SmallCity
from tests.shared.ledger.tampering import WAYS, behind_the_back, sign_anew

SERVICE = "marketplace"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and whether it was found."""

    way: str
    covered_up: bool
    found: bool


class Trials:
    """A city that has lived, copied for each trial; an auditor keeps its first cosigned checkpoint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        city = SmallCity(folder / "city", [SERVICE])
        log = city[SERVICE]
        policy = parse_policy(city.policy)
        log.write(
            "person-1",
            [log.draft(name="PersonRegistered", slots=[("contact", b"made up"), ("name", b"too")])],
        )
        log.append(12)
        self.seen_size = log.sign()
        log.cosign([city.witness], policy)
        self.seen = folder / "seen.txt"
        self.seen.write_text(log.newest(), encoding="utf-8")
        log.append(12)
        log.sign()
        log.cosign([city.witness], policy)
        # An auditor whose policy asks for no witnesses has nothing but the checkpoint that was seen.
        self.policy = folder / "policy.txt"
        self.policy.write_text(f"log {log.signer.key}\nquorum none\n", encoding="utf-8")
        self._versions, self._now = dict(log.versions), log.now
        city.close()
        self._database = folder / "lived.db"
        with closing(sqlite3.connect(log.path)) as lived, closing(sqlite3.connect(self._database)) as copy:
            lived.backup(copy)

    def one(self, seed: int) -> Outcome:
        """Tamper once, cover it up or not, and audit."""
        chance = random.Random(seed)
        way, covers = chance.choice(WAYS), chance.random() < 0.7
        log, place = self._copied(seed)
        with behind_the_back(log.path) as database:
            way(database, self.seen_size, chance)
        if covers:
            sign_anew(log)
        found = self._audited(log, place / "out")
        rmtree(place)
        return Outcome(way.__name__, covers, found)

    def clean(self, seed: int) -> bool:
        """Whether a history that merely goes on raises an alarm."""
        log, place = self._copied(seed)
        log.append(random.Random(seed).randrange(10))
        log.sign()
        found = self._audited(log, place / "out")
        rmtree(place)
        return found

    def _copied(self, seed: int) -> tuple[LogAtWork, Path]:
        place = self.folder / f"trial-{seed}"
        log = LogAtWork(SERVICE, place, seed=seed)
        log.store.close()
        copyfile(self._database, log.path)
        log.versions, log.now = dict(self._versions), self._now
        log.open()
        return log, place

    def _audited(self, log: LogAtWork, out: Path) -> bool:
        differs = any(differing(log.store.database))
        export([log.source()], out, self.policy.read_text(encoding="utf-8"), with_slots=True)
        log.store.close()
        code, _ = said_by_one(out, "--policy", self.policy, "--seen", self.seen, "--with-slots")
        return differs or code == 1
