"""How is a city's whole history exported, and how is a single record proved?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from deploy.history.vouching import LedgerFolder, policy_of
from shared.eventlog.agreement import differing
from shared.eventlog.store import SqlStore
from shared.ledger.checkpoint import origin_of, read_checkpoint
from shared.ledger.export import Progress, Source, export
from shared.ledger.issuer import BATCH, HistoryRefused
from shared.ledger.note import VerifierKey
from shared.ledger.proof import RecordProof, record_proof

MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Exported:
    """The number of records in an export, and a warning in words for each anomaly."""

    n_records: int
    warnings: tuple[str, ...]


def export_history(
    stores: Mapping[str, SqlStore],
    folder: LedgerFolder,
    directory: Path,
    now: datetime,
    *,
    with_slots: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Exported:
    """Sign for the present records, then write all of them; an interrupted export goes on.

    A log that cannot be signed is exported with its last checkpoint: the verifier then finds what was changed.
    Raises: ExportRefused, BadNote, LogUnavailable.
    """
    warnings = [sentence for store in stores.values() for sentence in _signed(store, folder, now)]
    sources = [_source(store, folder) for store in stores.values()]
    n = export(sources, directory, folder.policy(stores.values()), with_slots=with_slots, progress=progress)
    warnings += [sentence for store in stores.values() for sentence in _differing(store)]
    return Exported(n, tuple(warnings))


def prove(store: SqlStore, folder: LedgerFolder, position: int) -> RecordProof:
    """The proof for one record, as the text of a file.

    Raises: LookupError when no checkpoint covers it yet; BadSetting, LogUnavailable.
    """
    return record_proof(folder.origin(store), store.shelf, position, policy_of(folder))


def _signed(store: SqlStore, folder: LedgerFolder, now: datetime) -> list[str]:
    """Sign for all present records; returns the reason when the log is not the signed one."""
    issuer = folder.issuer(store)
    try:
        while issuer.step(now) == BATCH:
            pass
        if store.log.head().position:
            issuer.issue(now)
    except HistoryRefused as error:
        return [str(error)]
    return []


def _source(store: SqlStore, folder: LedgerFolder) -> Source:
    return Source(
        service=store.log.service,
        origin=folder.origin(store),
        log=store.log,
        shelf=store.shelf,
        slots=lambda event_id: [(slot.name, slot.sealed) for slot in store.slots.of_event(event_id)],
        earlier=_earlier(store, folder),
    )


def _earlier(store: SqlStore, folder: LedgerFolder) -> list[str]:
    """The checkpoints of earlier incarnations that today's key signed, wherever they are kept, by size."""
    key, remembered = folder.signer(store).key, folder.remembered()
    kept = dict.fromkeys(store.shelf.every_checkpoint())
    for number in range(1, store.log.head().incarnation):
        kept |= dict.fromkeys(remembered.signed(origin_of(folder.city_key, store.log.service, number)))
    return sorted(filter(partial(_is_earlier, key), kept), key=lambda note: read_checkpoint(note)[0].size)


def _is_earlier(key: VerifierKey, text: str) -> bool:
    checkpoint, note = read_checkpoint(text)
    is_signed = bool(note.signers([replace(key, name=checkpoint.origin)]))
    return checkpoint.origin != key.name and is_signed


def _differing(store: SqlStore) -> list[str]:
    """Columns are not exported, so they are checked here."""
    return [
        f"{store.log.service} {position}: the column {column} contradicts the record."
        for position, column in islice(differing(store.database), MOST_NAMED)
    ]
