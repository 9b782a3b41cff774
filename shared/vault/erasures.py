"""Whom does an erasure mean? Only the vault knows, and only until the erasure is complete."""

from sqlalchemy import delete, select

from shared.eventlog.sql.upsert import insert_into
from shared.vault.tables import ERASURE
from shared.vault.vault import Vault


def begin_erasure(vault: Vault, erasure_id: str, subject: str) -> None:
    """Remember whom the erasure means, before anything of it stands in a log; a repeat changes nothing.

    Raises: LogUnavailable.
    """
    with vault.database.transaction() as tx:
        begun = insert_into(tx, ERASURE).values(erasure_id=erasure_id, person=subject)
        tx.execute(begun.on_conflict_do_nothing())


def subject_of(vault: Vault, erasure_id: str) -> str | None:
    """Whom the erasure means; None when it is complete, or never began.

    Raises: LogUnavailable.
    """
    with vault.database.reading() as tx:
        found: str | None = tx.execute(
            select(ERASURE.c.person).where(ERASURE.c.erasure_id == erasure_id)
        ).scalar()
    return found


def end_erasure(vault: Vault, erasure_id: str) -> None:
    """Forget whom it meant: every service has erased its slots.

    Raises: LogUnavailable.
    """
    with vault.database.transaction() as tx:
        tx.execute(delete(ERASURE).where(ERASURE.c.erasure_id == erasure_id))
    vault.overwrite_old_pages()
