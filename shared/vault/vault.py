"""Who holds the keys? One vault per city makes, lends and destroys them, and never makes an erased one again."""

import secrets
import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, delete, select, update

from shared.eventlog.sql.database import Database
from shared.eventlog.sql.upsert import insert_into
from shared.kernel.sealed import Retention
from shared.vault.epochs import KEY_BYTES, EpochGone, Epochs
from shared.vault.register import ErasureRegister
from shared.vault.rotation import epoch_for_making, lock_for_making
from shared.vault.tables import KEY
from shared.vault.terms import TERMS

LENT_FOR = timedelta(seconds=60)
"""How long a process may go on with a key that another one has destroyed meanwhile."""

PROLONGED_EVERY = timedelta(days=1)
"""How exactly a term counts from the last use."""

MOST_LENT = 10_000


class KeyDestroyed(Exception):  # noqa: N818 - names the situation
    """The subject was erased, or the term is over: no value of this class can be sealed or read for it again."""


class Vault:
    """The keys of one city; safe for threads and processes."""

    def __init__(
        self, database: Database, epochs: Epochs, register: ErasureRegister, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.register = register
        self.epochs = epochs
        self._clock = clock
        self._lent: dict[tuple[str, str], tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(cls, url: str, folder: Path, *, clock: Callable[[], datetime]) -> "Vault":
        """The vault in this database, its epochs' keys and register in this folder.

        After a crash or a restore, keys that the register lists as destroyed are destroyed again first.
        Raises: ValueError for another URL; LogUnavailable.
        """
        vault = cls(Database(url), Epochs(folder), ErasureRegister(folder / "erased.ndjson"), clock)
        vault.replay_register()
        return vault

    def now(self) -> datetime:
        """The time by the vault's clock."""
        return self._clock()

    def key_for_sealing(self, subject: str, retention: Retention) -> bytes:
        """The subject's key of this class, made when there is none; its term begins again.

        Raises: KeyDestroyed, LogUnavailable.
        """
        lent = self._lent_key(subject, retention)
        if lent is not None:
            return lent
        key = self._found_in_term(subject, retention) or self._found_or_made(subject, retention)
        return self._lend(subject, retention, key)

    def key_for_reading(self, subject: str, retention: Retention) -> bytes:
        """The subject's key of this class.

        Raises: KeyDestroyed, also when there never was one; LogUnavailable.
        """
        lent = self._lent_key(subject, retention)
        if lent is not None:
            return lent
        try:
            key = self._found(subject, retention)
        except EpochGone:
            key = self._found(subject, retention)  # a rotation came between the look and the unwrapping
        return self._lend(subject, retention, key)

    def obliged_until(self, subject: str, retentions: Collection[Retention]) -> dict[Retention, datetime]:
        """Which of these classes a proof obligation still keeps, and until when.

        Raises: LogUnavailable.
        """
        with self.database.reading() as tx:
            rows = tx.execute(select(KEY.c.retention, KEY.c.obliged_until).where(KEY.c.subject == subject))
            untils = {Retention(retention): until for retention, until in rows if until is not None}
        now = self._clock()
        return {
            retention: until for retention, until in untils.items() if retention in retentions and until > now
        }

    def destroy(self, subject: str, retentions: Collection[Retention], erasure_id: str) -> None:
        """Destroy the subject's keys of these classes, and never make them again; a repeat changes nothing.

        Raises: LogUnavailable.
        """
        for retention in sorted(retentions):
            # The register comes first: the next start repairs a crash after it, and a crash before it changed nothing.
            self.register.add(erasure_id, subject, retention, self._clock())
        self._delete([(subject, str(retention)) for retention in retentions])

    def over(self) -> list[tuple[str, Retention]]:
        """The keys whose term is over and that no proof obligation keeps: to be destroyed by an erasure.

        Raises: LogUnavailable.
        """
        now = self._clock()
        is_free = KEY.c.obliged_until.is_(None) | (KEY.c.obliged_until <= now)
        with self.database.reading() as tx:
            rows = tx.execute(
                select(KEY.c.subject, KEY.c.retention)
                .where((KEY.c.expires_at <= now) & is_free)
                .order_by(KEY.c.expires_at)
            ).all()
        return [(subject, Retention(retention)) for subject, retention in rows]

    def prolong(self, subject: str, retention: Retention, last_use: datetime) -> bool:
        """Count the term from this use if it is later; returns whether the term is not over.

        Raises: LogUnavailable.
        """
        until = last_use + TERMS[retention].keeps
        if until <= self._clock():
            return False
        with self.database.transaction() as tx:
            is_sooner = _is(subject, retention) & (KEY.c.expires_at < until)
            tx.execute(update(KEY).where(is_sooner).values(expires_at=until))
        return True

    def replay_register(self) -> int:
        """Destroy the keys in the register again; returns how many had come back.

        Raises: LogUnavailable.
        """
        return self._delete([(line.subject, line.retention) for line in self.register.all()])

    def openable(self) -> set[tuple[str, Retention]]:
        """The keys whose wrapping key exists; after a restore, others may belong to an epoch that has ended.

        Raises: LogUnavailable.
        """
        is_openable = KEY.c.epoch.in_(self.epochs.numbers())
        with self.database.reading() as tx:
            rows = tx.execute(select(KEY.c.subject, KEY.c.retention).where(is_openable)).all()
        return {(subject, Retention(retention)) for subject, retention in rows}

    def forget_unopenable(self) -> int:
        """Delete the keys that nobody can open any more, so that new ones are made; returns their number.

        Raises: LogUnavailable.
        """
        with self.database.transaction() as tx:
            return tx.execute(delete(KEY).where(KEY.c.epoch.not_in(self.epochs.numbers()))).rowcount

    def close(self) -> None:
        """Give back every connection."""
        self.database.close()

    def _found(self, subject: str, retention: Retention) -> bytes:
        with self.database.reading() as tx:
            row = tx.execute(select(KEY.c.epoch, KEY.c.wrapped).where(_is(subject, retention))).first()
        if row is None or self.register.holds(subject, retention):
            raise KeyDestroyed(retention)
        return self.epochs.unwrap(*row, _owner(subject, retention))

    def _found_in_term(self, subject: str, retention: Retention) -> bytes | None:
        """The key if its term was already renewed today: then no write and no commit are needed."""
        begun_today = KEY.c.expires_at > self._clock() + TERMS[retention].keeps - PROLONGED_EVERY
        with self.database.reading() as tx:
            query = select(KEY.c.epoch, KEY.c.wrapped).where(_is(subject, retention) & begun_today)
            row = tx.execute(query).first()
        if row is None or self.register.holds(subject, retention):
            return None
        try:
            return self.epochs.unwrap(*row, _owner(subject, retention))
        except EpochGone:
            return None  # a rotation came between: look again behind its lock

    def _found_or_made(self, subject: str, retention: Retention) -> bytes:
        owner, now, term = _owner(subject, retention), self._clock(), TERMS[retention]
        with self.database.transaction() as tx:
            lock_for_making(tx)
            row = tx.execute(select(KEY.c.epoch, KEY.c.wrapped).where(_is(subject, retention))).first()
            # Looked up after the lock: an erasure writes the register first, so it is seen here or deletes later.
            if self.register.holds(subject, retention):
                raise KeyDestroyed(retention)
            if row is not None:
                tx.execute(update(KEY).where(_is(subject, retention)).values(expires_at=now + term.keeps))
                return self.epochs.unwrap(*row, owner)
            key, epoch = secrets.token_bytes(KEY_BYTES), epoch_for_making(tx, self.epochs, now)
            made = insert_into(tx, KEY).values(
                subject=subject,
                retention=retention,
                epoch=epoch,
                wrapped=self.epochs.wrap(epoch, key, owner),
                made_at=now,
                expires_at=now + term.keeps,
                obliged_until=None if term.proves is None else now + term.proves,
            )
            if tx.execute(made.on_conflict_do_nothing().returning(KEY.c.subject)).first() is not None:
                return key
            row = tx.execute(select(KEY.c.epoch, KEY.c.wrapped).where(_is(subject, retention))).one()
            return self.epochs.unwrap(*row, owner)

    def _lent_key(self, subject: str, retention: Retention) -> bytes | None:
        with self._lock:
            lent = self._lent.get((subject, retention))
        return lent[0] if lent is not None and lent[1] > self._clock() else None

    def _lend(self, subject: str, retention: Retention, key: bytes) -> bytes:
        with self._lock:
            if len(self._lent) >= MOST_LENT:
                self._lent.clear()
            self._lent[subject, retention] = (key, self._clock() + LENT_FOR)
        return key

    def _delete(self, owners: Collection[tuple[str, str]]) -> int:
        if not owners:
            return 0
        with self._lock:
            for subject, retention in owners:
                self._lent.pop((subject, Retention(retention)), None)
        with self.database.transaction() as tx:
            n_gone = sum(tx.execute(delete(KEY).where(_is(*owner))).rowcount for owner in owners)
        if n_gone:
            self.overwrite_old_pages()
        return n_gone

    def overwrite_old_pages(self) -> None:
        """On SQLite the write-ahead log still holds the deleted rows: empty it. PostgreSQL's end with their epoch.

        Raises: LogUnavailable.
        """
        if not self.database.is_postgres:
            with self.database.lock:
                self.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _owner(subject: str, retention: str) -> str:
    """The owner of a wrapped key: it unwraps for nobody else."""
    return f"{subject}|{retention}"


def _is(subject: str, retention: str) -> ColumnElement[bool]:
    return (KEY.c.subject == subject) & (KEY.c.retention == str(retention))
