"""Which person does an erasure concern? Only the vault knows, and only until the erasure is complete."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from shared.eventlog.sql.database import Database
from shared.eventlog.sql.upsert import insert_into
from shared.kernel.sealed import Retention
from shared.vault.tables import ERASURE
from shared.vault.vault import Vault

FORGOTTEN_AFTER = timedelta(days=1)
"""How long a request waits for its event: much longer than any append takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom an erasure means, and which member of staff asked for it; empty when the person did."""

    person_id: str
    by: str


def begin_erasure(vault: Vault, erasure_id: str, subject: str, asked_by: str = "") -> None:
    """Remember the person of the erasure, and who asked, before any log mentions it; a repeat changes nothing.

    Raises: LogUnavailable.
    """
    with vault.database.transaction() as tx:
        now = vault.now()
        begun = insert_into(tx, ERASURE).values(
            erasure_id=erasure_id, person=subject, asked_by=asked_by or None, begun_at=now
        )
        # Sent again: the event may follow only now, so the row must not be forgotten meanwhile.
        tx.execute(begun.on_conflict_do_update(index_elements=[ERASURE.c.erasure_id], set_={"begun_at": now}))


def begin_expiry(vault: Vault, subject: str, retention: Retention, new_id: str) -> str:
    """The id of the erasure that ends this term: `new_id`, or that of an interrupted one.

    Raises: LogUnavailable.
    """
    begun = (ERASURE.c.person == subject) & (ERASURE.c.retention == str(retention))
    with vault.database.transaction() as tx:
        begun_id: str | None = tx.execute(select(ERASURE.c.erasure_id).where(begun)).scalar()
        if begun_id is not None:
            tx.execute(update(ERASURE).where(begun).values(begun_at=vault.now()))
            return begun_id
        made = insert_into(tx, ERASURE).values(
            erasure_id=new_id, person=subject, retention=str(retention), begun_at=vault.now()
        )
        tx.execute(made)
    return new_id


def unnamed(database: Database, before: datetime, is_named: Callable[[str], bool]) -> list[str]:
    """The requests from before this time that no event names: the process died between the vault and the log.

    Raises: LogUnavailable.
    """
    with database.reading() as tx:
        ids = tx.execute(select(ERASURE.c.erasure_id).where(_begun(before))).scalars().all()
    return sorted(erasure_id for erasure_id in ids if not is_named(erasure_id))


def forget_unnamed(vault: Vault, before: datetime, is_named: Callable[[str], bool]) -> int:
    """Forget such requests: they never took effect, and who sends one again begins it anew; returns their number.

    Raises: LogUnavailable.
    """
    n_forgotten = 0
    for erasure_id in unnamed(vault.database, before, is_named):
        with vault.database.transaction() as tx:
            still = (ERASURE.c.erasure_id == erasure_id) & _begun(before)
            n_forgotten += tx.execute(delete(ERASURE).where(still)).rowcount
    if n_forgotten:
        vault.overwrite_old_pages()
    return n_forgotten


def _begun(before: datetime) -> ColumnElement[bool]:
    return ERASURE.c.begun_at.is_(None) | (ERASURE.c.begun_at < before)


def asked(vault: Vault, erasure_id: str) -> Asked | None:
    """Whom the erasure means and who asked for it; None when it is complete, refused or never began.

    Raises: LogUnavailable.
    """
    with vault.database.reading() as tx:
        query = select(ERASURE.c.person, ERASURE.c.asked_by).where(ERASURE.c.erasure_id == erasure_id)
        row = tx.execute(query).first()
    return None if row is None else Asked(person_id=row.person, by=row.asked_by or "")


def erasures_of(vault: Vault, subject: str) -> list[str]:
    """The erasures of a person that wait or are under way; completed and refused ones are forgotten.

    Raises: LogUnavailable.
    """
    with vault.database.reading() as tx:
        query = select(ERASURE.c.erasure_id).where(ERASURE.c.person == subject)
        return sorted(tx.execute(query).scalars())


def subject_of(vault: Vault, erasure_id: str) -> str | None:
    """The person of the erasure; None when it is complete or never began.

    Raises: LogUnavailable.
    """
    with vault.database.reading() as tx:
        subject: str | None = tx.execute(
            select(ERASURE.c.person).where(ERASURE.c.erasure_id == erasure_id)
        ).scalar()
    return subject


def end_erasure(vault: Vault, erasure_id: str) -> None:
    """Forget the person: every service has erased its slots, or the request was refused.

    Raises: LogUnavailable.
    """
    with vault.database.transaction() as tx:
        tx.execute(delete(ERASURE).where(ERASURE.c.erasure_id == erasure_id))
    vault.overwrite_old_pages()
