"""Is each log signed for, and have witnesses enough seen it? One line for each log."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from deploy.diagnosis.finding import Finding, unseen, well, wrong
from deploy.history.marks import Marks, marks_of
from deploy.history.vouching import LedgerFolder
from shared.eventlog.shelf import LedgerShelf
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import instant_of
from shared.ledger.checkpoint import origin_of
from shared.ledger.issuer import EVENTS
from shared.ledger.note import BadNote
from shared.ledger.policy import NONE, Policy, parse_policy

HEAD = "SELECT position, incarnation, recorded_at FROM log_head WHERE id = 1"
UNSIGNED_FOR = timedelta(minutes=10)
UNWITNESSED_FOR = timedelta(hours=24)
"""How long a missing quorum is no incident (reliability 4.4)."""


def examine_ledger(
    folder: LedgerFolder, service: str, database: Database, now: datetime
) -> Iterator[Finding]:
    """What there is to say of one log's checkpoints.

    Raises: LogUnavailable.
    """
    ((head, incarnation, recorded_at),) = database.rows(HEAD)
    origin = origin_of(folder.city_key, service, incarnation)
    try:
        policy = parse_policy(folder.own_policy() or f"quorum {NONE}\n")
    except BadNote as error:
        yield wrong("witnesses", str(error), f"mend {folder.policy_path}")
        return
    marks = marks_of(origin, int(head), LedgerShelf(database), policy)
    yield _signed(service, marks, now - instant_of(recorded_at), now)
    yield _witnessed(service, marks, policy, now)


def _signed(service: str, marks: Marks, quiet: timedelta, now: datetime) -> Finding:
    """`quiet` is how long ago the last record came; a checkpoint's own event is no reason for another one."""
    what, start = (
        f"{service}: checkpoint",
        f"run a worker (kosilab serve {service}); its log says what keeps it",
    )
    if marks.signed_at is None:
        seen = f"none yet, over {marks.head} records"
        return wrong(what, seen, start) if marks.head and quiet > UNSIGNED_FOR else well(what, seen)
    ago = now - marks.signed_at
    seen = f"over {marks.signed} of {marks.head} records, signed {_shown(ago)} ago"
    n_waiting = marks.head - marks.signed
    is_late = (quiet > UNSIGNED_FOR and n_waiting > 1) or n_waiting > 2 * EVENTS
    return wrong(what, seen, start) if is_late and ago > UNSIGNED_FOR else well(what, seen)


def _witnessed(service: str, marks: Marks, policy: Policy, now: datetime) -> Finding:
    what = f"{service}: witnessed up to"
    if policy.quorum == NONE:
        return unseen(what, "no witness is asked; docs/operations.md says how cities cosign each other")
    seen = f"{marks.witnessed} of {marks.signed} records"
    if marks.waits_since is None:
        return well(what, seen)
    seen = f"{seen}; the rest has waited for {_shown(now - marks.waits_since)}"
    if now - marks.waits_since > UNWITNESSED_FOR:
        return wrong(
            what,
            seen,
            "see that the witnesses of ledger/policy.txt answer; the worker says why not (not_cosigned)",
        )
    return well(what, seen)


def _shown(time: timedelta) -> str:
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 120:  # noqa: PLR2004 - two hours, above which minutes say little
        return f"{minutes} min"
    return f"{minutes // 60} h"
