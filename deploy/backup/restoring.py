"""How does a city come back from a backup? Step by step; what was erased stays erased, what is lost is seen."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.backup.copying import FOLDER, copy_in, copy_name
from deploy.backup.creating import ORDER, read_manifest
from deploy.city import City
from deploy.cli.failures import Failed
from deploy.erasure_proofs import proofs_of
from deploy.instance import Instance
from deploy.stores import FILE
from deploy.verification import verified
from shared.bus.memory import MemoryBus
from shared.eventlog.refilling import clamp_cursors, forget_after, refill
from shared.events.process import ErasedSlot, IncarnationBegan, SlotsErased
from shared.events.registry import SERVICES
from shared.ledger.checkpoint import read_checkpoint
from shared.service.projector import rebuild
from shared.service.settings import VAULT, Settings

PAGE = 500

Said = Callable[[str], None]


def restore(settings: Settings, city: City, directory: Path, said: Said) -> None:
    """Put the databases back, erase again, refill, check, rebuild and compare; each step is said.

    Raises: Failed at the first step that does not hold; LogUnavailable.
    """
    manifest = read_manifest(directory, city.key)
    said(f"the backup of {manifest['made_at']} is complete")
    _put_back(settings, directory, said)
    instance = Instance(city, settings, bus=MemoryBus())
    try:
        for service, n_refilled in _refill(instance):
            said(f"{service}: {n_refilled} records brought back from reporting's history")
        for sentence in _incarnations(instance):
            said(sentence)
        said(f"{_erase_again(instance)} slots of erased persons deleted again")
        _put_cursors_back(instance)
        _rebuild(instance)
        said("views and facts built anew")
        instance.settle()
        _compare(instance)
        said("views and facts are what the logs lead to; erasures hold")
    finally:
        instance.close()


def _put_back(settings: Settings, directory: Path, said: Said) -> None:
    for name in ORDER:
        url = settings.database_url(name)
        copy = directory / copy_name(url, name)
        if not copy.is_file():
            raise Failed(f"The backup holds no {copy.name}: it was made with databases of another kind.")
        if name == VAULT and url.startswith(FILE) and Path(url.removeprefix(FILE)).exists():
            said("the vault is there and newer than any copy: it stays")
            continue
        copy_in(url, copy)
    said(f"{FOLDER} put back")


def _erase_again(instance: Instance) -> int:
    """The register has not been rolled back: keys were destroyed when the vault was opened, slots are now.

    The log says so where it does not yet: to a verifier, a slot is missing by right or not at all.
    """
    lines: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in instance.vault.register.all():
        lines[line.erasure_id, line.subject].add(line.retention)
    n_slots = 0
    for (erasure_id, subject), retentions in lines.items():
        for unit in instance.units.values():
            places = unit.store.slots.places(subject, retentions)
            if places:
                slots = tuple(ErasedSlot(position=position, name=name) for position, name in places)
                said = SlotsErased(erasure_id=erasure_id, slots=slots)
                unit.app.note(said, stream=f"erased-{erasure_id}", at=instance.now())
                with unit.store.transaction() as tx:
                    n_slots += unit.store.slots.forget(tx, subject, retentions)
    return n_slots


def _refill(instance: Instance) -> Iterator[tuple[str, int]]:
    history = instance.units["reporting"].store.history
    for service in SERVICES:
        store, n_refilled = instance.units[service].store, 0
        while records := history.records(service, after=store.log.head().position, limit=PAGE):
            n_refilled += refill(store, [record for _, record in records])
        if n_refilled:
            yield service, n_refilled


def _incarnations(instance: Instance) -> Iterator[str]:
    """A log that is shorter than what was signed goes on under a new incarnation; one that differs does not go on."""
    for service, unit in instance.units.items():
        unit.vouching.begin()
        kept = unit.store.log.head().position
        note = instance.ledger.remembered().last(instance.ledger.origin(unit.store))
        signed = 0 if note is None else read_checkpoint(note)[0].size
        if unit.vouching.refused is not None and signed <= kept:
            raise Failed(f"{unit.vouching.refused} Nothing was opened.")
        if signed > kept:
            number = unit.store.log.begin_incarnation()
            unit.store.log.stop_appends(None)
            began = IncarnationBegan(kept=kept, signed=signed)
            unit.app.note(began, stream=f"incarnation-{number}", at=instance.now())
            yield f"{service}: records {kept + 1} to {signed} are lost; incarnation {number} says so"


def _put_cursors_back(instance: Instance) -> None:
    heads = {service: unit.store.log.head().position for service, unit in instance.units.items()}
    reporting = instance.units["reporting"].store
    for unit in instance.units.values():
        clamp_cursors(unit.store, heads)
    with reporting.transaction() as tx:
        for service, head in heads.items():
            forget_after(tx, service, head)


def _rebuild(instance: Instance) -> None:
    for service, unit in instance.units.items():
        for view in unit.app.tables.views:
            rebuild(unit.store, view, instance.feeds_of(service))
    facts = instance.units["reporting"].facts
    if facts is not None:
        facts.rebuild()


def _compare(instance: Instance) -> None:
    for name, n_differing in verified(instance):
        if n_differing:
            raise Failed(f"{name} is not what the logs lead to ({n_differing} differ).")
    for proof in proofs_of(instance):
        if proof.wrong:
            raise Failed(f"Erasure {proof.erasure_id} does not hold: {proof.wrong[0]}.")
