"""Does a log still begin with everything that this city signed for? Looked up wherever a checkpoint survives."""

from collections.abc import Iterable

from deploy.history.vouching import LedgerFolder
from shared.eventlog.store import SqlStore
from shared.ledger.checkpoint import origin_of
from shared.ledger.recheck import Recheck, own_keys, recheck


def recheck_log(
    store: SqlStore,
    folder: LedgerFolder,
    elsewhere: Iterable[str] = (),
    *,
    has_key: bool = True,
    goes_on: bool = False,
) -> Recheck:
    """Compute all hashes of a log from its records, and compare them with every checkpoint that is kept.

    Checkpoints are kept in the service's database, in the ledger's folder, and `elsewhere` (in a backup's manifest).
    Without its key (`has_key`) no signature can be checked, only the hashes. With `goes_on`, a restore goes on that
    stopped before it signed for the last record.
    Raises: BadNote for a key that is none; LogUnavailable.
    """
    service = store.log.service
    origins = [origin_of(folder.city_key, service, number) for number in range(1, _newest(store, folder) + 1)]
    remembered = folder.remembered()
    notes = {
        "the database": store.shelf.every_checkpoint(),
        "the ledger's folder": [note for origin in origins for note in remembered.signed(origin)],
        "the backup's manifest": list(elsewhere),
    }
    keys = own_keys(origins, folder.signer(store).key, store.shelf.every_statement()) if has_key else None
    return recheck(store.log, notes, keys, goes_on=goes_on)


def _newest(store: SqlStore, folder: LedgerFolder) -> int:
    """The newest incarnation that the log or the ledger's folder knows."""
    number, remembered = store.log.head().incarnation, folder.remembered()
    while remembered.last(origin_of(folder.city_key, store.log.service, number + 1)) is not None:
        number += 1
    return number
