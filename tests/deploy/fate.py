"""What may befall a city? Persons are erased, databases backed up, lost and restored, and processes die, in any order.

Whatever comes: who was erased is never readable again. At the end, when the epoch is over too, somebody tries with all
that was ever on the disk: keys, every copy of the vault, every copy of every slot.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag

from deploy.stores import FILE
from services.actors.domain.person import AmendPerson
from shared.events.codec import decode
from shared.kernel.sealed import Retention
from shared.service import clock
from shared.service.settings import VAULT
from shared.vault.epochs import EpochGone, Epochs
from shared.vault.rotation import EPOCH_LASTS, rotate
from shared.vault.sealing import Place, Unreadable, unseal
from shared.vault.slots import open_slots
from shared.vault.vault import KeyDestroyed
from tests.deploy.desk import Desk
from tests.deploy.dying import KILLED, Died, dies_at, killed_at
from tests.deploy.restored import register_person

ONCE_AT_LEAST = ("erase", "backup", "restore")
MORE = ("register", "amend", "erase", "backup", "restore", "epoch")
LAST_STEP = 40
"""How far a process that is to die comes at most, in durable steps; some end before."""


class Fate:
    """One city, and what befalls it; the same seed, the same fate."""

    def __init__(self, city: Desk, folder: Path, seed: int, *, kills: bool = False) -> None:
        """With `kills`, processes die by SIGKILL, else by an exception that nobody catches."""
        self._city, self._folder, self._kills = city, folder, kills
        self._chance = random.Random(seed)
        self._persons: list[str] = []
        self._backups: list[Path] = []
        self._n_epochs = 0
        self._n_backups = 0
        self.n_died = 0
        self.erased: set[str] = set()
        self.told: list[str] = []

    def befalls(self, n_deeds: int) -> list[str]:
        """Let so much happen; what could be read of whom, all of which is wrong."""
        self._register()
        while not self._backups:
            self._backup()
        wrong: list[str] = []
        deeds = [*ONCE_AT_LEAST, *self._chance.choices(MORE, k=n_deeds)]
        self._chance.shuffle(deeds)
        for deed in [*deeds, "erase", "restore"]:
            self.told.append(deed)
            getattr(self, f"_{deed}")()
            wrong += self._readable()
        self._epoch()
        return wrong + list(self._cracked())

    # --- deeds ----------------------------------------------------------------------------------
    def _register(self) -> None:
        person = f"p{len(self._persons)}"
        instance = self._city.open()
        register_person(instance, person)
        instance.settle()
        instance.close()
        self._persons.append(person)

    def _amend(self) -> None:
        instance = self._city.open()
        person = self._chance.choice(self._persons)
        command = AmendPerson(person_id=person, contact=f"{person}@example.org", at=clock.now())
        command_id = f"amend-{len(self.told)}"
        with suppress(LookupError):  # a restore may have lost the person
            instance.apps["actors"].handle(command, command_id=command_id, request_digest=command_id)
        instance.settle()
        instance.close()

    def _erase(self) -> None:
        self._call("erase", self._chance.choice(self._persons), "--yes")

    def _backup(self) -> None:
        self._n_backups += 1
        copy = self._folder / f"backup-{self._n_backups}"
        if self._call("backup", "create", str(copy)):
            self._backups.append(copy)

    def _restore(self) -> None:
        copy = self._chance.choice(self._backups)
        self._city.lose_databases(vault=self._chance.random() < 1 / 3)
        while not self._call("backup", "restore", str(copy)):
            pass  # it died; the same command goes on

    def _epoch(self) -> None:
        self._n_epochs += 1
        now = clock.now() + self._n_epochs * EPOCH_LASTS
        dies = self._chance.random() < 1 / 3
        instance = self._city.open()
        with suppress(Died), dies_at(self._chance.randint(1, 8) if dies else 0):
            rotate(instance.vault.database, instance.vault.epochs, now)
        rotate(instance.vault.database, instance.vault.epochs, now)
        instance.close()

    def _call(self, *arguments: str) -> bool:
        """Call a command that may die; whether it came to its end."""
        dies = self._chance.random() < 1 / 2
        step = self._chance.randint(1, LAST_STEP)
        code = self._called(list(arguments), step if dies else 0)
        if code == KILLED:
            self.n_died += 1
            self.told.append(f"died at {step}")
            return False
        if code and arguments[0] != "erase":  # whom a restore has lost can't be erased
            raise RuntimeError(f"{arguments} ended with {code} after {self.told}")
        return True

    def _called(self, arguments: list[str], step: int) -> int:
        if step and self._kills:
            around = {"KOSILAB_DATA_DIR": str(self._city.folder), **self._city.env}
            return killed_at(step, arguments, around)
        try:
            with dies_at(step):
                return self._city.call(*arguments).code
        except Died:
            return KILLED

    # --- who can be read ------------------------------------------------------------------------
    def _readable(self) -> list[str]:
        """Of those whose keys were ever destroyed: whoever can be read in the city as it is now."""
        instance = self._city.open()
        instance.settle()
        self.erased |= {line.subject for line in instance.vault.register.all()}
        store, readable = instance.units["actors"].store, []
        for person in sorted(self.erased):
            for stored in store.log.read_stream(f"person-{person}"):
                event = decode(stored.record)
                texts = open_slots(instance.vault, event.type, store.slots.of_event(event.id)).values()
                readable += [f"{person} after {self.told}" for text in texts if text is not None]
            with suppress(KeyDestroyed):
                instance.vault.key_for_reading(person, Retention.PROFILE)
                readable.append(f"the key of {person} after {self.told}")
        instance.close()
        return readable

    def _cracked(self) -> Iterator[str]:
        """Whoever can be read by somebody who has the keys of today, and everything else of every day."""
        keys = set(self._unwrapped())
        for copy in self._copies("actors"):
            with closing(sqlite3.connect(copy)) as database:
                slots = database.execute("SELECT event_id, name, subject, sealed FROM slot").fetchall()
                types = dict(database.execute("SELECT event_id, type FROM event"))
            for event_id, name, subject, sealed in slots:
                if subject in self.erased:
                    yield from self._tried(keys, Place(event_id, types[event_id], name), subject, sealed)

    def _tried(self, keys: set[bytes], place: Place, subject: str, sealed: bytes) -> Iterator[str]:
        for key in keys:
            with suppress(Unreadable):
                unseal(key, place, sealed)
                yield f"{subject}, cracked after {self.told}"

    def _unwrapped(self) -> Iterator[bytes]:
        epochs = Epochs(self._city.folder / "vault" / "keys")
        for copy in self._copies(VAULT):
            with closing(sqlite3.connect(copy)) as database:
                rows = database.execute("SELECT subject, retention, wrapped FROM vault_key").fetchall()
            for subject, retention, wrapped in rows:
                for number in epochs.numbers():
                    with suppress(EpochGone, InvalidTag):
                        yield epochs.unwrap(number, wrapped, f"{subject}|{retention}")

    def _copies(self, name: str) -> list[Path]:
        """Every copy of a database that is a file: those in backups, and the one in use."""
        url = self._city.settings().database_url(name)
        in_use = [Path(url.removeprefix(FILE))] if url.startswith(FILE) else []
        return [*in_use, *sorted(self._folder.glob(f"backup-*/{name}.db"))]
