"""Is each log signed, have enough witnesses cosigned it, and what do the witnesses report?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from deploy.diagnosis.finding import Finding, unseen, well, wrong
from deploy.history.marks import Marks, marks_of
from deploy.history.rechecking import recheck_log
from deploy.history.vouching import LedgerFolder, policy_of
from shared.eventlog.shelf import LedgerShelf
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import instant_of
from shared.eventlog.store import SqlStore
from shared.ledger.asking import Ask
from shared.ledger.checkpoint import origin_of
from shared.ledger.cosigning import Cosigning
from shared.ledger.issuer import EVENTS
from shared.ledger.note import BadNote
from shared.ledger.policy import NONE, Policy, Witness
from shared.ledger.witness import Reply
from shared.service.settings import BadSetting

HEAD = "SELECT position, incarnation, recorded_at FROM log_head WHERE id = 1"
UNSIGNED_FOR = timedelta(minutes=10)
UNWITNESSED_FOR = timedelta(hours=24)
"""How long a quorum may be missing without an incident (reliability 4.4)."""

ALTERED = "the database was altered: kosilab history export and verify say where"
TAKEN_BACK = "find out which (docs/operations.md, Witnesses); if it was this one: kosilab backup restore"


def examine_ledger(
    folder: LedgerFolder, service: str, database: Database, now: datetime, ask: Ask
) -> Iterator[Finding]:
    """The findings about one log's checkpoints.

    Raises: LogUnavailable.
    """
    try:
        yield from _examined(folder, service, database, now, ask)
    except BadSetting as error:
        yield wrong(f"{service}: witnesses", str(error), "correct the line")
    except BadNote as error:
        yield wrong(f"{service}: checkpoint", f"a kept checkpoint is malformed: {error}", ALTERED)


def examine_whole_log(store: SqlStore, folder: LedgerFolder, service: str) -> Finding:
    """Whether all records still lead to every checkpoint that is kept.

    Raises: BadNote, LogUnavailable.
    """
    what, result = f"{service}: whole log", recheck_log(store, folder)
    if result.contradictions:
        return wrong(what, result.contradictions[0], ALTERED)
    return well(what, f"{result.n_records} records fit {result.n_fitting} checkpoints")


def asking_once(ask: Ask) -> Ask:
    """Asks witnesses, but never waits a second time for one that did not answer."""
    away: set[str] = set()

    def asked(witness: Witness, body: bytes) -> Reply:
        if witness.name in away:
            raise TimeoutError
        away.add(witness.name)
        reply = ask(witness, body)
        away.remove(witness.name)
        return reply

    return asked


def _examined(
    folder: LedgerFolder, service: str, database: Database, now: datetime, ask: Ask
) -> Iterator[Finding]:
    ((head, incarnation, recorded_at),) = database.rows(HEAD)
    origin = origin_of(folder.city_key, service, incarnation)
    policy, shelf = policy_of(folder), LedgerShelf(database)
    marks = marks_of(origin, int(head), shelf, policy)
    yield _signed(service, marks, now - instant_of(recorded_at), now)
    yield _witnessed(service, marks, policy, now)
    if unanswered := folder.contradictions(service).unanswered():
        mend = f"stop, compare with the last export, then kosilab history answer {service} --because …"
        yield wrong(f"{service}: publishing", f"stopped: {unanswered[0].rstrip('.')}", mend)
    if policy.witnesses and marks.signed:
        yield _asked(service, policy, Cosigning(origin, shelf, policy, ask))


def _asked(service: str, policy: Policy, cosigning: Cosigning) -> Finding:
    """The witnesses' present answers; a witness that has seen another history is an alarm."""
    cosigning.look()
    what = f"{service}: witnesses"
    sentences = [cosigning.troubles.get(name, f"{name} cosigns").rstrip(".") for name in policy.witnesses]
    state = "; ".join(sentences)
    return wrong(what, state, TAKEN_BACK) if cosigning.contradicted else well(what, state)


def _signed(service: str, marks: Marks, quiet: timedelta, now: datetime) -> Finding:
    """`quiet` is the time since the last record; a checkpoint's own event does not require another checkpoint."""
    what, start = (
        f"{service}: checkpoint",
        f"run a worker (kosilab serve {service}); its log says what blocks it",
    )
    if marks.signed_at is None:
        state = f"none yet, over {marks.head} records"
        return wrong(what, state, start) if marks.head and quiet > UNSIGNED_FOR else well(what, state)
    ago = now - marks.signed_at
    state = f"over {marks.signed} of {marks.head} records, signed {_shown(ago)} ago"
    n_waiting = marks.head - marks.signed
    is_late = (quiet > UNSIGNED_FOR and n_waiting > 1) or n_waiting > 2 * EVENTS
    return wrong(what, state, start) if is_late and ago > UNSIGNED_FOR else well(what, state)


def _witnessed(service: str, marks: Marks, policy: Policy, now: datetime) -> Finding:
    what = f"{service}: witnessed up to"
    if policy.quorum == NONE:
        return unseen(what, "no witness is asked; docs/operations.md says how cities cosign each other")
    state = f"{marks.witnessed} of {marks.signed} records"
    if marks.waits_since is None:
        return well(what, state)
    state = f"{state}; the rest has waited for {_shown(now - marks.waits_since)}"
    if now - marks.waits_since > UNWITNESSED_FOR:
        return wrong(
            what,
            state,
            "make sure that the witnesses of ledger/policy.txt answer (docs/operations.md, Witnesses)",
        )
    return well(what, state)


def _shown(time: timedelta) -> str:
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 120:  # noqa: PLR2004 - two hours, above which minutes say little
        return f"{minutes} min"
    return f"{minutes // 60} h"
