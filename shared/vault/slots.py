"""How are an event's personal values sealed into slots and opened again?"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from shared.eventlog.port import Slot
from shared.kernel.sealed import Retention, Sealed
from shared.vault.sealing import Place, seal, unseal
from shared.vault.vault import KeyDestroyed, Vault


def seal_slots(
    vault: Vault, event_id: str, type_name: str, values: Mapping[str, Sealed]
) -> tuple[list[Slot], str]:
    """The slots of one event, and the record's attribute `sealed` about them, as JSON with sorted keys.

    By slot: the retention class `class`, and the digests `ct`, `kref` and `pt` (see `sealing`).
    Raises: KeyDestroyed when the subject was erased; ValueError for two subjects; LogUnavailable.
    """
    if len({value.subject for value in values.values()}) > 1:
        # Otherwise the erasure of one person would leave a half readable record, which looks like tampering.
        msg = f"{type_name} would seal something of two people; an event for each keeps them apart"
        raise ValueError(msg)
    slots, digests_by_slot = [], {}
    for name, value in values.items():
        key = vault.key_for_sealing(value.subject, value.retention)
        sealed, digests = seal(key, Place(event_id, type_name, name), value.text)
        slots.append(
            Slot(
                event_id=event_id,
                name=name,
                subject=value.subject,
                retention=value.retention,
                sealed=sealed,
            )
        )
        digests_by_slot[name] = {"class": str(value.retention), **asdict(digests)}
    return slots, json.dumps(digests_by_slot, sort_keys=True, separators=(",", ":"))


def open_slots(vault: Vault, type_name: str, slots: Iterable[Slot]) -> dict[str, str | None]:
    """The texts of an event's slots by name; None for one whose key is gone.

    Raises: Unreadable when a slot was changed or moved; LogUnavailable.
    """
    return {slot.name: _opened(vault, type_name, slot) for slot in slots}


def _opened(vault: Vault, type_name: str, slot: Slot) -> str | None:
    try:
        key = vault.key_for_reading(slot.subject, Retention(slot.retention))
    except KeyDestroyed:
        return None
    return unseal(key, Place(slot.event_id, type_name, slot.name), slot.sealed)
