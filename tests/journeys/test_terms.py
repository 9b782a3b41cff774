"""Does what nobody needs any more die by itself: terms in every service, epochs in the vault, whatever stops?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.erasure_proofs import proofs_of
from services.actors.custody.term import LEASE_FOR, Custody
from services.actors.domain.person import AmendPerson
from services.marketplace.domain.need import CloseSearch, PostSearch
from shared.eventlog.port import LogUnavailable, Refusal
from shared.events.actors.erasure import (
    ErasureCompleted,
    ErasureRequested,
)
from shared.events.process import SlotsErased
from shared.events.vocabulary import ErasureBasis
from shared.kernel.sealed import Retention
from shared.vault.rotation import EPOCH_LASTS
from shared.vault.tables import ERASURE
from shared.vault.terms import TERMS
from shared.vault.vault import KeyDestroyed
from tests.journeys.town import AT, Town

KEEPS = TERMS[Retention.PROFILE].keeps


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A city in which a person is known and looks for something."""
    with Town(tmp_path / "city") as opened:
        opened.begin()
        yield opened


def custody(town: Town) -> Custody:
    """The loop in this process."""
    custody = town.instance.units["actors"].custody
    assert custody is not None
    return custody


def keep(town: Town) -> int:
    """One look of the loop, and all that follows from it."""
    n_ended = custody(town).step(town.now)
    town.instance.settle()
    return n_ended


def test_a_term_that_is_over_ends_in_every_service_and_the_log_says_so(town: Town) -> None:
    town.now = AT + KEEPS + timedelta(days=1)
    assert keep(town) == 1
    requested = [event for event in town.events() if isinstance(event.data, ErasureRequested)]
    over = ErasureRequested(basis=ErasureBasis.TERM_OVER, retentions=(Retention.PROFILE,))
    assert [event.data for event in requested] == [over]
    assert b"p1" not in requested[0].record
    erased = [event for event in town.events() if isinstance(event.data, SlotsErased)]
    assert sorted(event.service for event in erased) == ["actors", "employment", "marketplace"]
    assert sum(len(event.data.slots) for event in erased) == 3
    assert sum(isinstance(event.data, ErasureCompleted) for event in town.events()) == 1
    assert town.instance.units["actors"].store.slots.of_subject("p1") == []
    (proof,) = proofs_of(town.instance)
    assert (proof.basis, proof.keys_destroyed, proof.wrong) == ("term_over", 1, [])
    assert keep(town) == 0


def test_nothing_of_that_class_is_taken_any_more(town: Town) -> None:
    town.now = AT + KEEPS + timedelta(days=1)
    keep(town)
    late = town.instance.apps["actors"].handle(
        AmendPerson(person_id="p1", contact="erika@example.net", at=town.now),
        command_id="late",
        request_digest="late",
    )
    assert isinstance(late, Refusal)


def test_the_term_of_another_class_leaves_profile_and_searches_alone(town: Town) -> None:
    town.instance.vault.key_for_sealing("p1", Retention.ENQUIRY)
    town.now = AT + TERMS[Retention.ENQUIRY].keeps + timedelta(days=1)
    assert keep(town) == 1
    with pytest.raises(KeyDestroyed):
        town.instance.vault.key_for_reading("p1", Retention.ENQUIRY)
    assert town.instance.vault.key_for_reading("p1", Retention.PROFILE)
    assert not any(type(event.data).__name__ == "SearchClosed" for event in town.events())


def test_a_profile_is_kept_while_its_person_takes_part(town: Town) -> None:
    town.now = AT + timedelta(days=100)
    terms = next(event.data.terms for event in town.events() if type(event.data).__name__ == "SearchPosted")
    town.done("marketplace", CloseSearch(need_id="s1", at=town.now))
    town.done("marketplace", PostSearch(need_id="s2", person_id="p1", terms=terms, at=town.now))
    town.now = AT + KEEPS + timedelta(days=1)
    assert keep(town) == 0
    assert town.instance.vault.over() == []
    town.now = AT + timedelta(days=100) + KEEPS + timedelta(days=1)
    assert keep(town) == 1


@pytest.mark.parametrize("stops_at", ["append", "destroy"])
def test_wherever_it_stops_the_next_look_goes_on_under_the_same_id(
    town: Town, stops_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.now = AT + KEEPS + timedelta(days=1)

    def stopped(*_: object, **__: object) -> None:
        raise LogUnavailable("stopped here")

    with monkeypatch.context() as patched:
        if stops_at == "append":
            patched.setattr(town.instance.units["actors"].store.log, "append", stopped)
        else:
            patched.setattr(town.instance.vault, "destroy", stopped)
        with pytest.raises(LogUnavailable):
            keep(town)
    town.restart()
    town.now += LEASE_FOR
    assert keep(town) == 1
    assert sum(isinstance(event.data, ErasureRequested) for event in town.events()) == 1
    assert sum(isinstance(event.data, ErasureCompleted) for event in town.events()) == 1
    with town.instance.vault.database.reading() as tx:
        assert tx.execute(ERASURE.select()).all() == []


def test_one_process_looks_and_another_waits_for_its_lease(town: Town) -> None:
    other = Custody(town.instance.apps["actors"], town.instance.units["actors"].store)
    town.now = AT + KEEPS + timedelta(days=1)
    assert custody(town).step(town.now) == 1
    assert other.step(town.now) == 0
    assert other.step(town.now + LEASE_FOR) == 1  # the first was stopped before the erasure went on


def test_an_epoch_that_is_over_is_ended_and_who_is_known_stays_known(town: Town) -> None:
    vault = town.instance.vault
    key = vault.key_for_reading("p1", Retention.PROFILE)
    town.now = AT + EPOCH_LASTS
    assert keep(town) == 0
    assert vault.epochs.numbers() == [2]
    town.restart()
    assert town.instance.vault.key_for_reading("p1", Retention.PROFILE) == key


def test_an_epoch_that_can_not_be_ended_is_said_and_keeps_no_term_waiting(town: Town) -> None:
    town.instance.vault.epochs.begin()
    town.instance.vault.key_for_sealing("p2", Retention.ENQUIRY)  # under the second epoch
    (town.folder / "vault" / "keys" / "epoch-00001.key").write_bytes(b"\0" * 32)
    town.now = AT + KEEPS + timedelta(days=1)
    assert keep(town) == 2
    assert custody(town).failed is not None
    assert 1 in town.instance.vault.epochs.numbers()
