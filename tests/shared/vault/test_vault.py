"""Are keys made once, lent, kept by class, destroyed for good, whatever crashes, restores and other processes do?"""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.sealed import Retention, Sealed
from shared.vault.epochs import EpochGone
from shared.vault.erasures import begin_expiry, subject_of
from shared.vault.rotation import EPOCH_LASTS, rotate
from shared.vault.slots import seal_slots
from shared.vault.tables import EPOCH, KEY
from shared.vault.terms import TERMS
from shared.vault.vault import LENT_FOR, KeyDestroyed, Vault
from tests.contracts.log.sample import SetClock

PROFILE, ENQUIRY, PROOF = Retention.PROFILE, Retention.ENQUIRY, Retention.FUNDING_PROOF


def made(vault: Vault) -> bytes:
    """The key of person 1, made."""
    return vault.key_for_sealing("person-1", PROFILE)


def test_a_key_is_made_once(open_vault: Callable[[], Vault]) -> None:
    key = made(open_vault())
    assert len(key) == 32
    assert made(open_vault()) == key == open_vault().key_for_reading("person-1", PROFILE)


def test_subjects_and_classes_have_keys_of_their_own(vault: Vault) -> None:
    keys = {vault.key_for_sealing(subject, each) for subject in ("p1", "p2") for each in (PROFILE, ENQUIRY)}
    assert len(keys) == 4


def test_reading_makes_no_key(vault: Vault) -> None:
    with pytest.raises(KeyDestroyed):
        vault.key_for_reading("person-1", PROFILE)


def test_several_that_make_a_key_at_once_get_the_same(open_vault: Callable[[], Vault]) -> None:
    keys: list[bytes] = []
    vaults = [open_vault() for _ in range(4)]
    threads = [threading.Thread(target=lambda v=vault: keys.append(made(v))) for vault in vaults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 4
    assert len(set(keys)) == 1


def test_a_destroyed_key_is_neither_lent_nor_made_again(vault: Vault) -> None:
    made(vault)
    vault.destroy("person-1", [PROFILE], "erasure-1")
    with pytest.raises(KeyDestroyed):
        made(vault)
    with pytest.raises(KeyDestroyed):
        vault.key_for_reading("person-1", PROFILE)


def test_an_event_that_comes_late_makes_no_key_that_never_was(vault: Vault) -> None:
    vault.destroy("person-1", [PROFILE], "erasure-1")
    with pytest.raises(KeyDestroyed):
        made(vault)


def test_only_the_classes_named_are_destroyed(vault: Vault) -> None:
    proof = vault.key_for_sealing("person-1", PROOF)
    made(vault)
    vault.destroy("person-1", [PROFILE], "erasure-1")
    assert vault.key_for_reading("person-1", PROOF) == proof


def test_another_process_lends_a_destroyed_key_for_a_minute_at_most(
    open_vault: Callable[[], Vault], clock: SetClock
) -> None:
    first, other = open_vault(), open_vault()
    made(first)
    other.destroy("person-1", [PROFILE], "erasure-1")
    clock.goes_on(LENT_FOR.total_seconds() + 1)
    with pytest.raises(KeyDestroyed):
        made(first)


def test_a_crash_after_the_register_is_made_good_at_the_next_start(
    vault: Vault, open_vault: Callable[[], Vault], clock: SetClock
) -> None:
    made(vault)
    vault.register.add("erasure-1", "person-1", PROFILE, clock())
    reopened = open_vault()
    with reopened.database.reading() as tx:
        assert tx.execute(KEY.select()).all() == []


def test_a_restored_database_loses_its_erased_keys_again(vault: Vault) -> None:
    made(vault)
    with vault.database.reading() as tx:
        backup = [row._asdict() for row in tx.execute(KEY.select())]
    vault.destroy("person-1", [PROFILE], "erasure-1")
    with vault.database.transaction() as tx:
        tx.execute(KEY.insert(), backup)
    assert vault.replay_register() == 1
    with pytest.raises(KeyDestroyed):
        vault.key_for_reading("person-1", PROFILE)


def test_a_line_that_a_crash_cut_off_counts_as_not_written(vault: Vault, tmp_path: Path) -> None:
    register = tmp_path / "keys" / "erased.ndjson"
    register.write_bytes(b'{"erasure_id": "erasure-0", "subj')
    made(vault)
    vault.destroy("person-1", [PROFILE], "erasure-1")
    assert [line.erasure_id for line in vault.register.all()] == ["erasure-1"]
    with pytest.raises(KeyDestroyed):
        made(vault)


def test_the_register_holds_no_more_than_pseudonyms_and_classes(vault: Vault, tmp_path: Path) -> None:
    vault.destroy("person-1", [PROFILE], "erasure-1")
    (line,) = (tmp_path / "keys" / "erased.ndjson").read_text().splitlines()
    assert set(json.loads(line)) == {"erasure_id", "subject", "retention", "at"}


def test_a_proof_obligation_keeps_its_own_class_only(vault: Vault, clock: SetClock) -> None:
    vault.key_for_sealing("person-1", PROOF)
    made(vault)
    obliged = vault.obliged_until("person-1", [PROFILE, PROOF])
    assert list(obliged) == [PROOF]
    clock.now = obliged[PROOF] + timedelta(days=1)
    assert vault.obliged_until("person-1", [PROFILE, PROOF]) == {}


def test_a_key_expires_by_its_class_and_use_prolongs_it(vault: Vault, clock: SetClock) -> None:
    made(vault)
    vault.key_for_sealing("person-1", ENQUIRY)
    clock.now += TERMS[ENQUIRY].keeps - timedelta(days=1)
    made(vault)
    assert vault.over() == []
    clock.now += timedelta(days=2)
    assert vault.over() == [("person-1", ENQUIRY)]


def test_a_term_that_is_over_may_be_prolonged_by_a_later_use_and_by_no_earlier_one(
    vault: Vault, clock: SetClock
) -> None:
    made(vault)
    first_use = clock()
    clock.now += TERMS[PROFILE].keeps + timedelta(days=1)
    assert not vault.prolong("person-1", PROFILE, first_use)
    assert vault.over() == [("person-1", PROFILE)]
    assert vault.prolong("person-1", PROFILE, first_use + timedelta(days=30))
    assert vault.over() == []


def test_a_term_is_not_over_while_a_proof_obligation_lasts(vault: Vault, clock: SetClock) -> None:
    vault.key_for_sealing("person-1", PROOF)
    with vault.database.transaction() as tx:
        tx.execute(KEY.update().values(expires_at=clock()))
    clock.now += timedelta(days=1)
    assert vault.over() == []


def test_the_end_of_a_term_that_was_begun_is_gone_on_with_not_begun_again(vault: Vault) -> None:
    assert begin_expiry(vault, "person-1", PROFILE, "e1") == "e1"
    assert begin_expiry(vault, "person-1", PROFILE, "e2") == "e1"
    assert begin_expiry(vault, "person-1", ENQUIRY, "e3") == "e3"
    assert subject_of(vault, "e2") is None


def test_a_rotation_keeps_keys_and_destroys_what_wrapped_them(
    vault: Vault, open_vault: Callable[[], Vault], clock: SetClock
) -> None:
    key = made(vault)
    (old,) = vault.epochs.numbers()
    with vault.database.reading() as tx:
        wrapped = tx.execute(KEY.select()).one().wrapped
    assert not rotate(vault.database, vault.epochs, clock())
    clock.now += EPOCH_LASTS
    assert rotate(vault.database, vault.epochs, clock())
    assert open_vault().key_for_reading("person-1", PROFILE) == key
    assert old not in vault.epochs.numbers()
    with pytest.raises(EpochGone):
        vault.epochs.unwrap(old, wrapped, "person-1|volunteer_profile")


def test_a_rotation_that_stopped_in_the_middle_loses_nothing(
    vault: Vault, open_vault: Callable[[], Vault], clock: SetClock
) -> None:
    key = made(vault)
    vault.epochs.begin()
    clock.now += EPOCH_LASTS
    vault.key_for_sealing("person-2", PROFILE)
    assert rotate(vault.database, vault.epochs, clock() + EPOCH_LASTS)
    assert len(vault.epochs.numbers()) == 1
    assert open_vault().key_for_reading("person-1", PROFILE) == key


def test_an_epoch_that_is_newer_than_a_restored_vault_ends_at_the_next_look(
    vault: Vault, open_vault: Callable[[], Vault], clock: SetClock
) -> None:
    assert not rotate(vault.database, vault.epochs, clock())
    key = made(vault)
    with vault.database.transaction() as tx:
        tx.execute(EPOCH.delete())
    (old,) = vault.epochs.numbers()
    assert rotate(vault.database, vault.epochs, clock())
    assert old not in vault.epochs.numbers()
    assert open_vault().key_for_reading("person-1", PROFILE) == key
    assert not rotate(vault.database, vault.epochs, clock())


def test_a_key_that_another_process_makes_while_an_epoch_begins_is_kept(
    vault: Vault, open_vault: Callable[[], Vault], clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, begin, made_meanwhile = made(vault), vault.epochs.begin, []
    clock.now += EPOCH_LASTS

    def begin_while_another_makes_a_key() -> int:
        number = begin()
        made_meanwhile.append(open_vault().key_for_sealing("person-2", PROFILE))
        return number

    monkeypatch.setattr(vault.epochs, "begin", begin_while_another_makes_a_key)
    assert rotate(vault.database, vault.epochs, clock())
    assert open_vault().key_for_reading("person-1", PROFILE) == key
    assert [open_vault().key_for_reading("person-2", PROFILE)] == made_meanwhile


@pytest.mark.parametrize("stops_at", ["wrap", "destroy"])
def test_wherever_the_end_of_an_epoch_stops_the_next_look_ends_it(
    vault: Vault,
    open_vault: Callable[[], Vault],
    clock: SetClock,
    stops_at: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = made(vault)
    clock.now += EPOCH_LASTS

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(vault.epochs, stops_at, stopped)
        with pytest.raises(KeyboardInterrupt):
            rotate(vault.database, vault.epochs, clock())
    open_vault().key_for_sealing("person-2", PROFILE)  # the new epoch is in use already
    assert 1 in vault.epochs.numbers()
    assert rotate(vault.database, vault.epochs, clock())
    assert len(vault.epochs.numbers()) == 1
    assert open_vault().key_for_reading("person-1", PROFILE) == key
    assert not rotate(vault.database, vault.epochs, clock())


def test_who_reads_while_an_epoch_ends_looks_once_more(
    vault: Vault, open_vault: Callable[[], Vault], clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, reader = made(vault), open_vault()
    clock.now += EPOCH_LASTS
    unwrap = reader.epochs.unwrap

    def late(*wrapped: Any) -> bytes:
        rotate(vault.database, vault.epochs, clock())
        return unwrap(*wrapped)

    monkeypatch.setattr(reader.epochs, "unwrap", late)
    assert reader.key_for_reading("person-1", PROFILE) == key


def test_a_wrapped_key_that_was_swapped_to_another_person_does_not_open(
    vault: Vault, open_vault: Callable[[], Vault]
) -> None:
    made(vault)
    vault.key_for_sealing("person-2", PROFILE)
    with vault.database.transaction() as tx:
        theirs = tx.execute(KEY.select().where(KEY.c.subject == "person-2")).one().wrapped
        tx.execute(KEY.update().where(KEY.c.subject == "person-1").values(wrapped=theirs))
    with pytest.raises(EpochGone):
        open_vault().key_for_reading("person-1", PROFILE)


def test_two_that_begin_the_first_epoch_at_once_have_one_key(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = vault.epochs.begin()
    wrapped = vault.epochs.wrap(number, b"key", "owner")
    monkeypatch.setattr(vault.epochs, "numbers", list)  # as another process that has not seen the file yet
    assert vault.epochs.begin() == number
    assert vault.epochs.unwrap(number, wrapped, "owner") == b"key"
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "keys").iterdir()] == [0, 0]


def test_an_event_about_two_people_is_not_sealed(vault: Vault) -> None:
    two = {
        "name": Sealed(subject="p-1", retention=Retention.PROFILE, text="Erika Beispiel (made up)"),
        "contact": Sealed(subject="p-2", retention=Retention.PROFILE, text="made.up@example.org"),
    }
    with pytest.raises(ValueError, match="of two people"):
        seal_slots(vault, "event-1", "kosilab.actors.PersonRegistered.v1", two)
    assert seal_slots(vault, "event-1", "kosilab.actors.PersonRegistered.v1", {"name": two["name"]})[0]
