"""Are sealed slots kept beside the log, together with their event or not at all, and deleted without touching it?"""

from collections.abc import Callable

import pytest

from shared.eventlog.port import Append, Conflict, Slot
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import append, draft


def slot(event_id: str, name: str = "contact", **changes: str) -> Slot:
    """A slot of an event; its sealed bytes mean nothing."""
    fields = {"subject": "person-1", "retention": "enquiry"} | changes
    return Slot(event_id=event_id, name=name, sealed=b"\x00nonce\xffciphertext", **fields)


def sealed(event_id: str, *slots: Slot, expected_version: int = 0, stream: str = "offer-1") -> Append:
    """A command that writes one event with these slots."""
    return append(stream, expected_version, events=[draft(event_id, slots=slots)])


def test_slots_are_written_with_their_event(store: SqlStore) -> None:
    store.log.append(sealed("e1", slot("e1", "name"), slot("e1")))
    assert store.slots.of_event("e1") == [slot("e1"), slot("e1", "name")]


def test_slots_are_written_by_the_guess_and_after_a_look_alike(open_store: Callable[[], SqlStore]) -> None:
    first, other = open_store(), open_store()
    for number, store in enumerate((first, first, other, first, other)):
        store.log.append(sealed(f"e{number}", slot(f"e{number}"), stream=f"offer-{number}"))
    assert first.slots.of_subject("person-1") == [slot(f"e{number}") for number in range(5)]


def test_what_is_refused_leaves_no_slot(store: SqlStore) -> None:
    store.log.append(append("offer-1", 0))
    with pytest.raises(Conflict):
        store.log.append(sealed("e1", slot("e1"), expected_version=0))
    assert store.slots.of_event("e1") == []


def test_a_command_sent_twice_keeps_its_slots_once(store: SqlStore) -> None:
    command = sealed("e1", slot("e1"))
    assert store.log.append(command) == store.log.append(command)
    assert store.slots.of_subject("person-1") == [slot("e1")]


def test_slots_are_written_in_bulk(store: SqlStore) -> None:
    with store.bulk():
        for number in range(3):
            store.log.append(sealed(f"e{number}", slot(f"e{number}"), stream=f"offer-{number}"))
    assert len(store.slots.of_subject("person-1")) == 3


def test_a_subject_is_forgotten_by_class_and_the_log_stays(store: SqlStore) -> None:
    store.log.append(sealed("e1", slot("e1"), slot("e1", "proof", retention="funding_proof")))
    store.log.append(sealed("e2", slot("e2", subject="person-2"), stream="offer-2"))
    before = store.log.read()
    with store.transaction() as tx:
        assert store.slots.forget(tx, "person-1", ["enquiry"]) == 1
    assert [slot.name for slot in store.slots.of_event("e1")] == ["proof"]
    assert store.slots.of_subject("person-2") == [slot("e2", subject="person-2")]
    assert store.log.read() == before


def test_all_slots_are_read_by_whole_events(store: SqlStore) -> None:
    for number in range(5):
        slots = (slot(f"e{number}"), slot(f"e{number}", "name"))
        store.log.append(sealed(f"e{number}", *slots, stream=f"offer-{number}"))
    first = store.slots.all(limit=2)
    assert [slot.event_id for slot in first] == ["e0", "e0", "e1", "e1"]
    rest = store.slots.all(after=first[-1].event_id)
    assert [slot.event_id for slot in rest] == ["e2", "e2", "e3", "e3", "e4", "e4"]
