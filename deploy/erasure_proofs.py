"""Is everything erased that the logs list as erased? This compares register, slots and logs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from deploy.instance import Instance
from services.actors.views.erasure import ERASURES
from shared.events.codec import decode, decode_envelope
from shared.events.process import SlotsErased
from shared.events.registry import Audience, type_of
from shared.events.vocabulary import ErasureBasis
from shared.kernel.recorded import Recorded


@dataclass(slots=True, kw_only=True)
class Proof:
    """One erasure: its state, its slots by service, and what contradicts it."""

    erasure_id: str
    state: str
    basis: str
    kept: dict[str, str] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    keys_destroyed: int = 0
    wrong: list[str] = field(default_factory=list)


def proofs_of(instance: Instance) -> list[Proof]:
    """Every erasure of the city, looked up in its logs, its slots and the vault's register.

    Raises: LogUnavailable.
    """
    proofs = {
        shown["id"]: Proof(
            erasure_id=shown["id"], state=shown["state"], basis=shown.get("basis", ""), kept=shown["kept"]
        )
        for shown in instance.units["actors"].store.ask.find(ERASURES, limit=100_000)
    }
    for line in instance.vault.register.all():
        if line.erasure_id in proofs:
            proofs[line.erasure_id].keys_destroyed += 1
    for service, event in _erased_slots(instance):
        proof = proofs.get(event.data.erasure_id)
        if proof is not None:
            proof.slots[service] = len(event.data.slots)
            proof.wrong += _still_there(instance, service, event.data)
    for proof in proofs.values():
        is_lost = proof.basis == ErasureBasis.LOST_IN_RESTORE
        if sum(proof.slots.values()) and not proof.keys_destroyed and not is_lost:
            proof.wrong.append("the register of destroyed keys does not list it")
    return list(proofs.values())


def _erased_slots(instance: Instance) -> Iterator[tuple[str, Recorded[Any]]]:
    """Every report of a service that slots are erased."""
    for service, unit in instance.units.items():
        name, at = type_of(SlotsErased).wire_name(service), 0
        while page := unit.store.log.read(after=at, limit=500, audience=Audience.INTERNAL):
            at = page[-1].position
            yield from ((service, decode(record.record)) for record in page if record.type == name)


def _still_there(instance: Instance, service: str, erased: SlotsErased) -> Iterator[str]:
    store = instance.units[service].store
    for slot in erased.slots:
        (stored,) = store.log.read(after=slot.position - 1, limit=1)
        names = {kept.name for kept in store.slots.of_event(decode_envelope(stored.record).id)}
        if slot.name in names:
            yield f"{service} still holds the slot {slot.name} of position {slot.position}"
