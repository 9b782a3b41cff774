"""Do keys live as long as they should? Wrapping keys may be missing or too old, terms over but not ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from deploy.diagnosis.finding import Finding, well, wrong
from services.actors.domain.erasure import ERASURE
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import EVENT
from shared.vault.epochs import Epochs
from shared.vault.erasures import FORGOTTEN_AFTER, unnamed
from shared.vault.rotation import EPOCH_LASTS, oldest_begun_at
from shared.vault.tables import KEY

LATE = timedelta(days=1)
"""How long after its end an epoch or a term may still exist without a finding."""

START = "run a worker of actors (kosilab serve actors); its log says what blocks it (term_not_ended, epoch_not_ended)"
MISSING = "correct KOSILAB_VAULT_DIR, or restore the folder `vault/keys` from its copy"


def examine_keys(database: Database, keys: Path, now: datetime) -> Iterator[Finding]:
    """The findings about epochs and terms.

    Raises: LogUnavailable.
    """
    numbers = Epochs(keys).numbers() if keys.is_dir() else []
    yield _openable(database, numbers)
    begun = oldest_begun_at(database, numbers)
    age = timedelta() if begun is None else now - begun
    state = f"the oldest wrapping key is {max(0, age.days)} days old, of {EPOCH_LASTS.days}"
    is_late = age > EPOCH_LASTS + LATE
    yield wrong("vault: epoch", state, START) if is_late else well("vault: epoch", state)
    state = f"{_n_over(database, now)} keys are not destroyed although their term is over"
    yield (
        wrong("vault: terms", state, START) if _n_over(database, now - LATE) else well("vault: terms", state)
    )


def examine_requests(database: Database, actors: str, now: datetime) -> Iterator[Finding]:
    """The finding about requests in the vault that no event of actors (the URL of its database) names.

    Raises: LogUnavailable.
    """
    log = Database(actors)

    def is_named(erasure_id: str) -> bool:
        with log.reading() as tx:
            of_it = select(EVENT.c.position).where(EVENT.c.stream == ERASURE.stream(erasure_id)).limit(1)
            return tx.execute(of_it).first() is not None

    try:
        late = unnamed(database, now - FORGOTTEN_AFTER - LATE, is_named)
    finally:
        log.close()
    state = f"{len(late)} requests for an erasure that no event names, because a process died"
    yield wrong("vault: requests", state, START) if late else well("vault: requests", state)


def _openable(database: Database, numbers: list[int]) -> Finding:
    with database.reading() as tx:
        n_keys = tx.execute(select(func.count()).select_from(KEY)).scalar() or 0
        lost = select(func.count()).select_from(KEY).where(KEY.c.epoch.not_in(numbers))
        n_lost = tx.execute(lost).scalar() or 0
    state = f"{n_keys} keys, {n_lost} of them without their wrapping key"
    return wrong("vault: keys", state, MISSING) if n_lost else well("vault: keys", state)


def _n_over(database: Database, now: datetime) -> int:
    is_over = (KEY.c.expires_at <= now) & (KEY.c.obliged_until.is_(None) | (KEY.c.obliged_until <= now))
    with database.reading() as tx:
        return tx.execute(select(func.count()).select_from(KEY).where(is_over)).scalar() or 0
