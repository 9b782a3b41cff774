"""How is a city restored from a backup? Step by step; erased data stay erased, and losses become visible.

Every step may be repeated: an interrupted restore goes on when the same command runs again.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.backup.copying import FOLDER, copy_in, copy_name, is_there
from deploy.backup.creating import ORDER, check_signature, read_manifest
from deploy.backup.erasing_again import erase_again, tell_lost
from deploy.backup.unfinished import Unfinished, digest_of_manifest, finish, go_on, keep
from deploy.city import City
from deploy.erasure_proofs import proofs_of
from deploy.failed import Failed
from deploy.history.rechecking import recheck_log
from deploy.history.vouching import FOLDER as LEDGER
from deploy.history.vouching import LedgerFolder
from deploy.instance import Instance, Unit
from deploy.stores import FILE, keys_folder, roles_of
from deploy.verification import verified
from shared.access.migrations import ACCESS_TABLES
from shared.bus.memory import MemoryBus
from shared.eventlog.migrations import GuardsMissing, migrate
from shared.eventlog.migrations.foreign import ForeignFound, assert_nothing_foreign, make_functions_anew
from shared.eventlog.migrations.rights import grant_rights
from shared.eventlog.refilling import clamp_cursors, forget_after, refill
from shared.eventlog.sql.database import Database
from shared.events.codec import decode_envelope
from shared.events.process import IncarnationBegan
from shared.events.registry import SERVICES
from shared.ledger.checkpoint import origin_of, read_checkpoint
from shared.service.settings import ACCESS, VAULT, Settings
from shared.vault.epochs import Epochs
from shared.vault.migrations import VAULT_TABLES

PAGE = 500

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What the operator accepts: lost wrapping keys, lost records that witnesses know of, a missing signature."""

    keys_are_lost: bool = False
    loss: bool = False
    unsigned: bool = False


def restore(settings: Settings, city: City, directory: Path, report: Report, accepted: Accepted) -> None:
    """Restore the databases, refill, check, erase again, rebuild and compare; each step is reported.

    Raises: Failed at the first step that fails; LogUnavailable.
    """
    manifest = read_manifest(directory, city.key)
    ledger = LedgerFolder(settings.data_dir() / LEDGER, city.key)
    if not accepted.unsigned:
        check_signature(directory, ledger)
    report(f"the backup of {manifest['made_at'][:16].replace('T', ' ')} UTC is complete")
    begun = go_on(settings, manifest)
    state = begun or Unfinished(
        backup=digest_of_manifest(manifest),
        unsigned=[service for service in SERVICES if not ledger.key_path(service).exists()],
    )
    _refuse_without_signing_keys(ledger, state.unsigned, accepted)
    _put_back(settings, directory, state, report, is_resumed=begun is not None)
    instance = Instance(city, settings, bus=MemoryBus())
    try:
        if not state.heads:
            state.heads = {
                service: unit.store.log.head().position for service, unit in instance.units.items()
            }
            keep(settings, state)
        _check_keys(settings, instance, keys_are_lost=accepted.keys_are_lost)
        for service, n_refilled in _refill(instance):
            report(f"{service}: {n_refilled} records brought back from reporting's history")
        # Before anything new is appended: a history that contradicts what was signed is opened by nobody.
        n_fitting = _recheck(instance, manifest, state.unsigned, goes_on=begun is not None)
        report(f"every log fits what was signed: {n_fitting} checkpoints compared")
        _go_on_from(instance, state, report, accepted)
    finally:
        instance.close()
    for name in (*ORDER, ACCESS):
        grant_rights(settings.database_url(name), name, roles_of(settings))
    finish(settings)


def _go_on_from(instance: Instance, state: Unfinished, report: Report, accepted: Accepted) -> None:
    """From logs that fit what was signed: begin incarnations, erase again, tell losses, rebuild, compare."""
    # Before anything is appended: a reader that was further must not skip the next records.
    _put_cursors_back(instance)
    for sentence in _incarnations(instance, accepted):
        report(sentence)
    report(f"{erase_again(instance)} slots of erased persons deleted again")
    report(f"{tell_lost(instance, state)} sealed slots are lost, and the logs say which")
    _rebuild(instance)
    report("views and facts rebuilt")
    instance.settle()
    _compare(instance)
    report("views and facts agree with the logs; erasures hold")


def _put_back(
    settings: Settings, directory: Path, state: Unfinished, report: Report, *, is_resumed: bool
) -> None:
    urls = {name: settings.database_url(name) for name in ORDER}
    for name, url in urls.items():
        if not (directory / copy_name(url, name)).is_file():
            raise Failed(
                f"The backup holds no {copy_name(url, name)}: it was made with databases of another kind."
            )
    there = {name for name, url in urls.items() if is_there(url)}
    if not is_resumed and there - {VAULT}:
        raise Failed(f"The database of {min(there - {VAULT})} exists already; nothing was overwritten.")
    keep(settings, state)
    if VAULT in there:
        report("the vault exists and is newer than any copy: it stays")
    for name, url in urls.items():
        if name not in there:
            copy_in(url, directory / copy_name(url, name))
        if name == VAULT:
            VAULT_TABLES.migrate(url)
        else:
            _refuse_foreign(url, name)
            migrate(url, name)
            _make_functions_anew(url)
    access = settings.database_url(ACCESS)
    if not access.startswith(FILE):
        ACCESS_TABLES.migrate(access)  # it is in no backup, so a new server has none yet
    report(f"{FOLDER} restored")


def _refuse_without_signing_keys(ledger: LedgerFolder, unsigned: Collection[str], accepted: Accepted) -> None:
    """Opening an instance makes the keys that are missing; then nobody could tell a forged checkpoint any more."""
    if unsigned and not accepted.unsigned:
        raise Failed(
            f"There is no signing key at {ledger.key_path(next(iter(unsigned)))}: put the folder `ledger` back from "
            "where its copies are kept, then go on; if there is none, --unsigned goes on without checking signatures."
        )


def _refuse_foreign(url: str, service: str) -> None:
    """Before anything is written: a trigger that somebody put into the copy would run with the first write."""
    database = Database(url)
    try:
        with database.reading() as connection:
            assert_nothing_foreign(connection)
    except (ForeignFound, GuardsMissing) as error:
        raise Failed(f"{service}: {error}. Nothing was opened.") from error
    finally:
        database.close()


def _make_functions_anew(url: str) -> None:
    database = Database(url)
    try:
        with database.transaction() as connection:
            make_functions_anew(connection)
    finally:
        database.close()


def _check_keys(settings: Settings, instance: Instance, *, keys_are_lost: bool) -> None:
    """Refuse to go on without any wrapping key: the folder is missing, and all data would be recorded as lost."""
    has_keys = Epochs(keys_folder(settings)).numbers() or not any(
        unit.store.slots.owners() for unit in instance.units.values()
    )
    if not has_keys and not keys_are_lost:
        raise Failed(
            f"There is no wrapping key at {keys_folder(settings)}: restore the folder from its copy, "
            "then go on; if there is none, --keys-are-lost goes on without the sealed data."
        )


def _refill(instance: Instance) -> Iterator[tuple[str, int]]:
    history = instance.units["reporting"].store.history
    for service in SERVICES:
        store, n_refilled = instance.units[service].store, 0
        while records := history.records(service, after=store.log.head().position, limit=PAGE):
            n_refilled += refill(store, [record for _, record in records])
        if n_refilled:
            yield service, n_refilled


def _recheck(
    instance: Instance, manifest: dict[str, Any], unsigned: Collection[str], *, goes_on: bool
) -> int:
    """Hold every log against every checkpoint that survives, and compute its kept hashes anew; how many fitted."""
    n_fitting = 0
    for service, unit in instance.units.items():
        elsewhere = [note] if (note := manifest.get("checkpoints", {}).get(service)) else []
        looked_at = recheck_log(
            unit.store, instance.ledger, elsewhere, has_key=service not in unsigned, goes_on=goes_on
        )
        if looked_at.contradictions:
            raise Failed(f"{service}: {looked_at.contradictions[0]}. Nothing was opened.")
        instance.ledger.issuer(unit.store).take_in_anew()
        for sentence in unit.vouching.contradictions():
            raise Failed(f"{sentence} Nothing was opened.")
        n_fitting += looked_at.n_fitting
    return n_fitting


def _incarnations(instance: Instance, accepted: Accepted) -> Iterator[str]:
    """A log that is shorter than the signed one goes on under a new incarnation; one that differs does not."""
    for service, unit in instance.units.items():
        log = unit.store.log
        unit.vouching.begin()
        head, own = log.head(), _incarnation_of_the_last_record(unit)
        notes = _remembered(instance, unit, own)
        newest = max(notes.values(), key=_size, default="")
        signed = max(_size(newest), unit.vouching.seen_by_witnesses() if own == head.incarnation else 0)
        if signed <= head.position:
            if unit.vouching.refused is not None:
                raise Failed(f"{unit.vouching.refused} Nothing was opened.")
            if own > 1 and not notes:  # a stop came before the signature
                _sign(instance, unit)
            continue
        if instance.policy.witnesses and not accepted.loss:
            raise Failed(
                f"{service}: records {head.position + 1} to {signed} are lost, and witnesses may have seen them. "
                "Look for a newer backup; if there is none, --accept-loss goes on and says what is lost."
            )
        # It differs from the last record's when a stop came between the new incarnation and its first record.
        is_begun = head.incarnation > own
        number = head.incarnation if is_begun else log.begin_incarnation(beyond=max(notes, default=own))
        log.stop_appends(None)
        began = IncarnationBegan(kept=head.position, signed=signed, note=newest)
        unit.app.note(began, stream=f"incarnation-{number}", at=instance.now())
        _sign(instance, unit)
        yield f"{service}: records {head.position + 1} to {signed} are lost; incarnation {number} says so"


def _sign(instance: Instance, unit: Unit) -> None:
    """Sign for what the log says of a loss at once: what nobody signed for, nobody believes (`recheck`)."""
    issuer, now = instance.ledger.issuer(unit.store), instance.now()
    issuer.step(now)
    issuer.issue(now)


def _incarnation_of_the_last_record(unit: Unit) -> int:
    log = unit.store.log
    last = log.read(after=log.head().position - 1, limit=1)
    return int(decode_envelope(last[0].record).source.rpartition(":")[2]) if last else 1


def _remembered(instance: Instance, unit: Unit, own: int) -> dict[int, str]:
    """The last signed checkpoint by incarnation: of the log's own, and of later ones that the backup lacks."""
    remembered, service = instance.ledger.remembered(), unit.store.log.service
    notes: dict[int, str] = {}
    while note := remembered.last(origin_of(instance.city.key, service, own + len(notes))):
        notes[own + len(notes)] = note
    return notes


def _size(note: str) -> int:
    return read_checkpoint(note)[0].size if note else 0


def _put_cursors_back(instance: Instance) -> None:
    heads = {service: unit.store.log.head().position for service, unit in instance.units.items()}
    reporting = instance.units["reporting"].store
    for unit in instance.units.values():
        clamp_cursors(unit.store, heads)
    with reporting.transaction() as tx:
        for service, head in heads.items():
            forget_after(tx, service, head)


def _rebuild(instance: Instance) -> None:
    for unit in instance.units.values():
        for projection in unit.projections:
            projection.rebuild()


def _compare(instance: Instance) -> None:
    for name, n_differing in verified(instance):
        if n_differing:
            raise Failed(f"{name} disagrees with the logs ({n_differing} differ).")
    for proof in proofs_of(instance):
        if proof.wrong:
            raise Failed(f"Erasure {proof.erasure_id} does not hold: {proof.wrong[0]}.")
