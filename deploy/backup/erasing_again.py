"""Which data of a restored city must not, or can no longer, be read? They are erased again, or recorded as lost.

The register of destroyed keys was not rolled back with the databases, so opening the vault has destroyed the keys. A
verifier accepts a missing slot only if the log records its erasure; so the log records it first.
"""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from deploy.backup.unfinished import Unfinished
from deploy.instance import Instance, Unit
from services.actors.domain.erasure import ERASURE, HOLDERS, BeginErasure
from shared.events.actors.erasure import ErasureCompleted
from shared.events.codec import decode, decode_envelope
from shared.events.process import ErasedSlot, SlotsErased
from shared.events.vocabulary import ErasureBasis
from shared.kernel.sealed import Retention
from shared.service import ids
from shared.vault.erasures import begin_erasure

PAGE = 500
Lost = dict[str, dict[ErasedSlot, Retention]]


def erase_again(instance: Instance) -> int:
    """Delete the slots of all persons in the register; returns how many had come back.

    An erasure whose request or end the restore lost begins again: every service receives it and reports.
    """
    lines: dict[tuple[str, str], set[Retention]] = defaultdict(set)
    for line in instance.vault.register.all():
        lines[line.erasure_id, line.subject].add(Retention(line.retention))
    n_slots = 0
    for (erasure_id, subject), retentions in lines.items():
        if not _is_complete(instance, erasure_id):
            begin_erasure(instance.vault, erasure_id, subject)
            _begin(instance, erasure_id, ErasureBasis.BEFORE_RESTORE, retentions)
        for unit in instance.units.values():
            places = unit.store.slots.places(subject, retentions)
            if places:
                _say(instance, unit, erasure_id, [ErasedSlot(position=at, name=name) for at, name in places])
                with unit.store.transaction() as tx:
                    n_slots += unit.store.slots.forget(tx, subject, retentions)
    return n_slots


def tell_lost(instance: Instance, restore: Unfinished) -> int:
    """Record which slots nobody can read any more, with the basis `lost_in_restore`; returns their number.

    These are the slots of records that came back from reporting's history, and slots whose key is missing in the vault,
    because it was restored too, from an epoch that has ended.
    """
    lost: Lost = {service: {} for service in HOLDERS}
    for service, slots in lost.items():
        slots.update(_came_without(instance.units[service], restore.heads.get(service, 0)))
        slots.update(_without_key(instance, instance.units[service]))
    n_lost = sum(map(len, lost.values()))
    if n_lost:
        retentions = {retention for slots in lost.values() for retention in slots.values()}
        _begin(instance, restore.lost, ErasureBasis.LOST_IN_RESTORE, retentions)
        for service, slots in lost.items():
            _say(instance, instance.units[service], restore.lost, list(slots))
        for service in lost:
            _forget_without_key(instance, instance.units[service])
    instance.vault.forget_unopenable()
    return n_lost


def _is_complete(instance: Instance, erasure_id: str) -> bool:
    records = instance.units["actors"].store.log.read_stream(ERASURE.stream(erasure_id))
    return any(isinstance(decode(stored.record).data, ErasureCompleted) for stored in records)


def _begin(instance: Instance, erasure_id: str, basis: ErasureBasis, retentions: set[Retention]) -> None:
    begin = BeginErasure(
        erasure_id=erasure_id, basis=basis, retentions=tuple(sorted(retentions)), at=instance.now()
    )
    command_id = ids.derived("restored", erasure_id)
    instance.apps["actors"].handle(begin, command_id=command_id, request_digest=command_id)


def _say(instance: Instance, unit: Unit, erasure_id: str, slots: list[ErasedSlot]) -> None:
    ordered = tuple(sorted(slots, key=lambda slot: (slot.position, slot.name)))
    erased = SlotsErased(erasure_id=erasure_id, slots=ordered)
    unit.app.note(erased, stream=f"erased-{erasure_id}", at=instance.now())


def _came_without(unit: Unit, head: int) -> dict[ErasedSlot, Retention]:
    """Slots that records after this position name, and that neither exist nor are erased."""
    named: dict[ErasedSlot, Retention] = {}
    erased: set[ErasedSlot] = set()
    for record in _records(unit, head):
        envelope = decode_envelope(record)
        if ".SlotsErased." in envelope.type:
            erased |= set(decode(record).data.slots)
        if not isinstance(envelope.sealed, msgspec.UnsetType):
            there = {slot.name for slot in unit.store.slots.of_event(envelope.id)}
            named |= {
                ErasedSlot(position=int(envelope.sequence), name=name): Retention(digests["class"])
                for name, digests in msgspec.json.decode(bytes(envelope.sealed)).items()
                if name not in there
            }
    return {slot: retention for slot, retention in named.items() if slot not in erased}


def _records(unit: Unit, after: int) -> Iterator[bytes]:
    while page := unit.store.log.read(after=after, limit=PAGE):
        after = page[-1].position
        yield from (stored.record for stored in page)


def _owners_without_key(instance: Instance, unit: Unit) -> list[tuple[str, Retention]]:
    openable = instance.vault.openable()
    owners = [(subject, Retention(retention)) for subject, retention in unit.store.slots.owners()]
    return [owner for owner in owners if owner not in openable]


def _without_key(instance: Instance, unit: Unit) -> dict[ErasedSlot, Retention]:
    return {
        ErasedSlot(position=position, name=name): retention
        for subject, retention in _owners_without_key(instance, unit)
        for position, name in unit.store.slots.places(subject, [retention])
    }


def _forget_without_key(instance: Instance, unit: Unit) -> None:
    owners = _owners_without_key(instance, unit)
    with unit.store.transaction() as tx:
        for subject, retention in owners:
            unit.store.slots.forget(tx, subject, [retention])
