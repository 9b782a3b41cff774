"""A city small enough to look through: two logs, synthetic events, fixed keys, a witness; alike at every run."""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import copyfile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.eventlog.migrations import migrate
from shared.eventlog.port import Append, Done, Draft, Slot
from shared.eventlog.store import SqlStore
from shared.ledger.checkpoint import origin_of
from shared.ledger.cosigning import Cosigning
from shared.ledger.export import Source, export
from shared.ledger.issuer import CheckpointIssuer
from shared.ledger.note import COSIGNATURE, SIGNATURE, Signer
from shared.ledger.policy import Policy, parse_policy, policy_text
from shared.ledger.policy import Witness as WitnessLine
from shared.ledger.remembered import Remembered
from shared.ledger.witness import Witness
from tests.scratch import scratch_folder

CITY_KEY = "05124000"
SERVICES = ("actors", "marketplace")
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TITLES = ("Fahrräder", "Werkbank", "Saal am Abend", "Schreibhilfe", "Gartenland", "Beamer")


def signer(name: str, kind: int = SIGNATURE, number: int = 1) -> Signer:
    """The key that always belongs to this name and number; made up, no secret."""
    seed = sha256(f"sample key {number} of {name}".encode()).digest()
    return Signer(name, Ed25519PrivateKey.from_private_bytes(seed), kind)


def origin(service: str, incarnation: int = 1, city_key: str = CITY_KEY) -> str:
    """The origin of a log of the sample."""
    return origin_of(city_key, service, incarnation)


WITNESSES = {name: signer(f"{name}.kosilab/witness", COSIGNATURE) for name in ("05913000", "05911000")}


def policy_of(services: Sequence[str] = SERVICES, needed: int = 1) -> str:
    """The policy of the sample: its logs, and one of the two witnesses."""
    lines = {name: WitnessLine(name, witness_signer.key) for name, witness_signer in WITNESSES.items()}
    return policy_text([signer(origin(service)).key for service in services], lines, needed)


@cache
def _migrated() -> Path:
    """A database file with the tables in it, to be copied."""
    path = scratch_folder("kosilab-ledger-") / "log.db"
    migrate(f"sqlite:///{path}", "marketplace")
    return path


@dataclass
class LogAtWork:
    """One log with its issuer, its clock, and what lies beside it."""

    service: str
    folder: Path
    seed: int = 1
    now: datetime = BEGIN
    versions: dict[str, int] = field(default_factory=dict)
    url: str = ""
    """Where its database is on a server, made ready; else it is a file."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.path = self.folder / f"{self.service}.db"
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.url:
            copyfile(_migrated(), self.path)
        self.signer = signer(origin(self.service))
        self.remembered = Remembered(self.folder / "remembered.db")
        self.open()

    @property
    def where(self) -> Path | str:
        """Its database, for `behind_the_back`."""
        return self.url or self.path

    def open(self) -> None:
        """Open the database, as a process does that begins."""
        url = self.url or f"sqlite:///{self.path}"
        self.store = SqlStore.open(url, service=self.service, city_key=CITY_KEY, clock=lambda: self.now)
        self.issuer = CheckpointIssuer(self.store.log, self.store.shelf, self.signer, self.remembered)

    def append(self, n: int) -> None:
        """Append so many commands of one to three events each, on a few streams."""
        for _ in range(n):
            stream = f"offer-{self.chance.randrange(8)}"
            drafts = [self.draft() for _ in range(self.chance.choice((1, 1, 2, 3)))]
            self.write(stream, drafts)

    def draft(
        self,
        *,
        name: str = "OfferPosted",
        data: object = None,
        slots: Sequence[tuple[str, bytes]] = (),
    ) -> Draft:
        """A synthetic event."""
        event_id = f"{self.chance.getrandbits(128):032x}"
        content = data or {"places": self.chance.randrange(1, 9), "title": self.chance.choice(TITLES)}
        sealed = {
            name: {"ct": sha256(raw).hexdigest(), "kref": "0" * 32, "pt": "0" * 64} for name, raw in slots
        }
        attributes: dict[str, str | bool] = {"sealed": json.dumps(sealed)} if sealed else {}
        return Draft(
            id=event_id,
            type=f"kosilab.{self.service}.{name}.v1",
            audience=self.chance.choice(("open", "open", "internal")),
            time=self.now,
            data=json.dumps(content, sort_keys=True).encode(),
            attributes={"synthetic": True, **attributes},
            slots=[
                Slot(event_id=event_id, name=name, subject="subject", retention="profile", sealed=raw)
                for name, raw in slots
            ],
        )

    def write(self, stream: str, drafts: Sequence[Draft]) -> None:
        """Append one command."""
        self.now += timedelta(seconds=self.chance.choice((0, 7, 61)))
        version = self.versions.get(stream, 0)
        command_id = f"{self.chance.getrandbits(128):032x}"
        request = Append(
            stream=stream, expected_version=version, command_id=command_id, request_digest="d", events=drafts
        )
        done = self.store.log.append(request)
        assert isinstance(done, Done)
        self.versions[stream] = done.version

    def sign(self) -> int:
        """Sign for all that is there; how many records that is."""
        while self.issuer.step(self.now):
            pass
        self.issuer.issue(self.now)
        return self.store.log.head().position

    def cosign(self, witnesses: Sequence[Witness], policy: Policy) -> int:
        """Have the newest checkpoint cosigned; how many did."""
        by_key = {witness.signer.key: witness for witness in witnesses}
        asked = Cosigning(
            self.issuer.origin,
            self.store.shelf,
            policy,
            lambda line, body: by_key[line.key].add_checkpoint(body, self.now),
        )
        return asked.step()

    def newest(self) -> str:
        """The note of the newest checkpoint."""
        kept = self.store.shelf.last_checkpoint(self.issuer.origin)
        assert kept is not None
        return kept[0]

    def source(self) -> Source:
        """What an export takes."""
        store = self.store
        return Source(
            service=self.service,
            origin=self.issuer.origin,
            log=store.log,
            shelf=store.shelf,
            slots=lambda event_id: [(slot.name, slot.sealed) for slot in store.slots.of_event(event_id)],
        )


class SmallCity:
    """The logs of the sample and their witness."""

    def __init__(self, folder: Path, services: Sequence[str] = SERVICES, seed: int = 1) -> None:
        self.folder = folder
        self.logs = {service: LogAtWork(service, folder, seed=seed + n) for n, service in enumerate(services)}
        self.policy = policy_of(services)
        keys = {log.issuer.origin: [log.signer.key] for log in self.logs.values()}
        self.witness = Witness(WITNESSES["05913000"], keys, Remembered(folder / "witness.db"))

    def __getitem__(self, service: str) -> LogAtWork:
        """One of its logs."""
        return self.logs[service]

    def lived(self, rounds: int = 3, commands: int = 5) -> "SmallCity":
        """Let it live a while: in each round things happen, are signed and cosigned."""
        for _ in range(rounds):
            for log in self.logs.values():
                log.append(commands)
                log.sign()
                log.cosign([self.witness], parse_policy(self.policy))
        return self

    def export(self, directory: Path, *, with_slots: bool = False) -> Path:
        """Export all of it."""
        export([log.source() for log in self.logs.values()], directory, self.policy, with_slots=with_slots)
        return directory

    def close(self) -> None:
        """Close the databases."""
        for log in self.logs.values():
            log.store.close()


@contextmanager
def small_city(folder: Path, services: Sequence[str] = SERVICES, seed: int = 1) -> Iterator[SmallCity]:
    """A city that has lived a little."""
    city = SmallCity(folder, services, seed).lived()
    try:
        yield city
    finally:
        city.close()
