"""Which person does an erasure concern? Only the vault knows, and only until the erasure is complete."""

from sqlalchemy import delete, select

from shared.eventlog.sql.upsert import insert_into
from shared.kernel.sealed import Retention
from shared.vault.tables import ERASURE
from shared.vault.vault import Vault


def begin_erasure(vault: Vault, erasure_id: str, subject: str) -> None:
    """Remember the person of the erasure before any log mentions it; a repeat changes nothing.

    Raises: LogUnavailable.
    """
    with vault.database.transaction() as tx:
        begun = insert_into(tx, ERASURE).values(erasure_id=erasure_id, person=subject)
        tx.execute(begun.on_conflict_do_nothing())


def begin_expiry(vault: Vault, subject: str, retention: Retention, new_id: str) -> str:
    """The id of the erasure that ends this term: `new_id`, or that of an interrupted one.

    Raises: LogUnavailable.
    """
    begun = (ERASURE.c.person == subject) & (ERASURE.c.retention == str(retention))
    with vault.database.transaction() as tx:
        begun_id: str | None = tx.execute(select(ERASURE.c.erasure_id).where(begun)).scalar()
        if begun_id is not None:
            return begun_id
        tx.execute(
            insert_into(tx, ERASURE).values(erasure_id=new_id, person=subject, retention=str(retention))
        )
    return new_id


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
    """Forget the person: every service has erased its slots.

    Raises: LogUnavailable.
    """
    with vault.database.transaction() as tx:
        tx.execute(delete(ERASURE).where(ERASURE.c.erasure_id == erasure_id))
    vault.overwrite_old_pages()
