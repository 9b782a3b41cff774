"""When does an epoch end? After 30 days: the surviving keys are wrapped again, and the old wrapping key is destroyed.

A stop at any point leaves the old epoch's file in place, so the next check ends the epoch again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, text, update

from shared.eventlog.sql.database import Database
from shared.eventlog.sql.upsert import insert_into
from shared.vault.epochs import Epochs
from shared.vault.tables import EPOCH, KEY

EPOCH_LASTS = timedelta(days=30)


def rotate(database: Database, epochs: Epochs, now: datetime, *, after: timedelta = EPOCH_LASTS) -> bool:
    """Begin a new epoch when the present one is old enough, and end all before it; False when it is not.

    An epoch of which the database does not know when it began ends at once: a restored vault is older than it.
    Raises: LogUnavailable; EpochGone when a wrapping key is missing, and then nothing is changed.
    """
    old = epochs.numbers()
    begun = oldest_begun_at(database, old)
    if not old or (begun is not None and begun + after > now):
        return False
    new = epochs.begin()
    with database.transaction() as tx:
        _keep_makers_out(tx)
        kept = tx.execute(select(KEY.c.subject, KEY.c.retention, KEY.c.epoch, KEY.c.wrapped)).all()
        for subject, retention, epoch, wrapped in kept:
            owner = f"{subject}|{retention}"
            again = epochs.wrap(new, epochs.unwrap(epoch, wrapped, owner), owner)
            same = (KEY.c.subject == subject) & (KEY.c.retention == retention)
            tx.execute(update(KEY).where(same).values(epoch=new, wrapped=again))
        # Who has made a key since the epoch began has written this line already.
        tx.execute(insert_into(tx, EPOCH).values(number=new, begun_at=now).on_conflict_do_nothing())
    # Only after the commit: a crash before it leaves every key under an existing epoch.
    for number in old:
        epochs.destroy(number)
    return True


def oldest_begun_at(database: Database, numbers: Collection[int]) -> datetime | None:
    """Since when the oldest of these epochs has wrapped keys; None when none has.

    Raises: LogUnavailable.
    """
    with database.reading() as tx:
        there = EPOCH.c.number.in_(numbers)
        return tx.execute(select(EPOCH.c.begun_at).where(there).order_by(EPOCH.c.begun_at).limit(1)).scalar()


def epoch_for_making(tx: Connection, epochs: Epochs, now: datetime) -> int:
    """The epoch under which a new key is wrapped; the first one is begun with the first key."""
    numbers = epochs.numbers()
    number = numbers[-1] if numbers else epochs.begin()
    tx.execute(insert_into(tx, EPOCH).values(number=number, begun_at=now).on_conflict_do_nothing())
    return number


def lock_for_making(tx: Connection) -> None:
    """Keep a rotation out: a key wrapped under the old epoch after it has looked would be lost (SQLite: it is out)."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE vault_key IN ROW EXCLUSIVE MODE"))


def _keep_makers_out(tx: Connection) -> None:
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE vault_key IN EXCLUSIVE MODE"))
