"""Who is the canary? Two persons whose every personal field is a mark, used in the whole city and then erased.

What lies on the disks before is taken along, as a thief would who comes every day.
"""

import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg

from deploy.city import load_city
from deploy.demo import volunteering, work
from deploy.demo.story import COORDINATOR, COUNSELLOR, Story
from shared.events.registry import SERVICES
from shared.service import clock, ids
from shared.service.settings import VAULT
from shared.service.tables import Caller, Role
from shared.vault.epochs import Epochs
from shared.vault.rotation import EPOCH_LASTS, rotate
from shared.vault.vault import Vault
from tests.marks import disguises
from tests.system.citizen import Citizen
from tests.system.cluster import CITY, KOSILAB, Cluster

CORE = "Qxyrkanarie"
"""What is in every name and contact; nothing else in the world is called so."""

BIRTHS = {"volunteering": "1937-11-23", "employment": "1941-07-19"}
SOUGHT = [disguise for mark in (CORE, *BIRTHS.values()) for disguise in disguises(mark)]
STAFF = {"volunteering": COORDINATOR, "employment": COUNSELLOR}


class CanaryStory(Story):
    """A story whose person is known by name, contact and birth date, corrects them, and is looked up."""

    canary: Caller

    def __init__(self, name: str, citizen: Citizen) -> None:
        super().__init__(name, citizen, load_city(CITY).districts[0])
        self._citizen = citizen

    def person(self, context: str) -> Caller:
        """The canary."""
        themself = Caller(role=Role.PERSON, actor=ids.new_id())
        path = f"/actors/persons/{themself.actor}"
        personal = {
            "name": f"{CORE} Zwölf",
            "contact": f"{CORE}@kanarie.example",
            "birth_date": BIRTHS[context],
        }
        self.city.send("/actors/persons", themself, context=context, **personal)
        self.city.send(f"{path}/amend-person", themself, contact=f"neu.{CORE}@kanarie.example")
        self.city.send(f"{path}/give-consent", themself, purpose="contact")
        shown = self._citizen.sees(f"{path}/personal-data?purpose=contact", STAFF[context])
        assert (shown["name"], shown["birth_date"]) == (personal["name"], personal["birth_date"])
        assert self._citizen.sees("/actors/own-data", themself)["personal"]["contact"].startswith("neu.")
        self._citizen.refused("/actors/persons", themself, context=context, surname=f"{CORE} Zwölf")
        self._citizen.refused(f"{path}/amend-person", themself, birth_date=f"am {BIRTHS[context]} vielleicht")
        self.known_on_the_marketplace()
        self.canary = themself
        return themself


@dataclass(slots=True)
class Theft:
    """What was on the disks on a day: wrapped keys with their owners, wrapping keys, and what they opened."""

    wrapped: list[tuple[str, bytes]] = field(default_factory=list)
    wrapping: dict[int, bytes] = field(default_factory=dict)
    keys: list[bytes] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)


class Canary:
    """The canaries in their city, from the first day to the day after the epoch."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster, self.folder = cluster, folder
        self.city = Citizen(cluster)
        self.stories: list[CanaryStory] = []
        self.keys_folder = Path(cluster.environment["KOSILAB_DATA_DIR"]) / "vault" / "keys"

    def lives(self) -> None:
        """Both take part in all that the city offers; a bystander is known, too."""
        for name, story in (("volunteering", volunteering), ("work", work)):
            canary_story = CanaryStory(name, self.city)
            story.tell(canary_story)
            self.stories.append(canary_story)
        self.bystander = Caller(role=Role.PERSON, actor=ids.new_id())
        self.city.send("/actors/persons", self.bystander, context="volunteering", name="Otto Beispiel")

    def stolen(self) -> Theft:
        """What a thief takes on this day."""
        theft, epochs = Theft(), Epochs(self.keys_folder)
        theft.wrapping = {
            number: (self.keys_folder / f"epoch-{number:05d}.key").read_bytes() for number in epochs.numbers()
        }
        mine = [story.canary.actor for story in self.stories]
        with psycopg.connect(self.cluster.databases[VAULT]) as vault:
            rows = vault.execute(
                "SELECT subject, retention, epoch, wrapped FROM vault_key WHERE subject = ANY(%s)", (mine,)
            ).fetchall()
        for subject, retention, epoch, wrapped in rows:
            owner = f"{subject}|{retention}"
            theft.wrapped.append((owner, wrapped))
            theft.keys.append(epochs.unwrap(epoch, wrapped, owner))
        with psycopg.connect(self.cluster.databases["actors"]) as actors:
            slots = actors.execute("SELECT sealed FROM slot WHERE subject = ANY(%s)", (mine,))
            theft.sealed = [sealed for (sealed,) in slots]
        return theft

    def is_erased(self) -> None:
        """Each asks to be erased, and every service says that it is done."""
        for story in self.stories:
            asked = self.city.send("/actors/erasures", story.canary)
            where = f"/actors/erasures/{asked['id']}"
            self.city.await_so(where, COORDINATOR, lambda erasure: erasure["state"] == "completed")

    def epoch_ends(self) -> None:
        """The day's wrapping key is destroyed, as the loop does after 30 days; then what a server does by and by."""
        vault = Vault.open(self.cluster.databases[VAULT], self.keys_folder, clock=clock.now)
        assert rotate(vault.database, vault.epochs, clock.now() + EPOCH_LASTS + timedelta(days=1))
        vault.close()
        for url in self.cluster.databases.values():
            with psycopg.connect(url, autocommit=True) as database:
                database.execute("VACUUM")
                database.execute("CHECKPOINT")

    def places(self) -> Iterator[tuple[str, Path]]:
        """Where something might lie, by what it is; what is only shown is written down first."""
        yield "databases", self.cluster.postgres.files
        yield "broker", self.cluster.rabbit.files
        yield "data directory: vault, keys, ledger", Path(self.cluster.environment["KOSILAB_DATA_DIR"])
        yield from ((f"log of {service}", self.cluster.folder / service) for service in SERVICES)
        yield "figures", self._written("figures", self._figures())
        yield "columns, as they are read", self._written("columns", self._columns())
        yield "export", self.folder / "export"
        yield "backup of the epoch after", self.folder / "backup"

    def kosilab(self, *arguments: str) -> str:
        """What a command prints that an operator of the city calls."""
        done = subprocess.run(
            [KOSILAB, *arguments],
            env=dict(self.cluster.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _figures(self) -> Iterator[tuple[str, bytes]]:
        for service in SERVICES:
            token = self.cluster.token(Caller(role=Role.AUDITOR, actor="auditor"))
            asked = urllib.request.Request(f"{self.cluster.address(service)}/metrics")
            asked.add_header("Authorization", f"Bearer {token}")
            with urllib.request.urlopen(asked, timeout=10) as answer:
                yield service, answer.read()

    def _columns(self) -> Iterator[tuple[str, bytes]]:
        """Every table as text: what the server keeps packed in its files, it unpacks here."""
        for name, url in self.cluster.databases.items():
            yield name, subprocess.run(["pg_dump", "--inserts", url], capture_output=True, check=True).stdout

    def _written(self, name: str, parts: Iterator[tuple[str, bytes]]) -> Path:
        place = self.folder / name
        place.mkdir(exist_ok=True)
        for part, content in parts:
            (place / part).write_bytes(content)
        return place
