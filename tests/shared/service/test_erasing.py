"""Is a person erased in steps that may stop anywhere and be done again?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.actors.app import ACTORS
from services.actors.domain.erasure import RequestErasure
from services.actors.domain.person import AmendPerson, RegisterPerson
from shared.eventlog.migrations import migrate
from shared.eventlog.port import Done, LogUnavailable, Outcome, Refusal
from shared.eventlog.store import SqlStore
from shared.events.codec import decode, decode_envelope
from shared.events.process import ErasedSlot, SlotsErased
from shared.events.vocabulary import PersonContext
from shared.kernel.recorded import Recorded
from shared.kernel.sealed import Retention
from shared.service.app import App
from shared.service.erasing import erase_slots
from shared.service.origin import Origin
from shared.service.tables import Caller, Role
from shared.vault.erasures import subject_of
from shared.vault.migrations import VAULT_TABLES
from shared.vault.slots import open_slots
from shared.vault.vault import Vault

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ERIKA = RegisterPerson(
    person_id="p1",
    context=PersonContext.VOLUNTEERING,
    name="Erika Beispiel",
    contact="erika@example.org",
    birth_date=date(1990, 4, 1),
    at=AT,
)
REQUEST = RequestErasure(erasure_id="e1", person_id="p1", at=AT)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The service actors with a vault."""
    url = f"sqlite:///{tmp_path}/actors.db"
    migrate(url, "actors")
    store = SqlStore.open(url, service="actors", city_key="05124000", clock=lambda: AT)
    VAULT_TABLES.migrate(f"sqlite:///{tmp_path}/vault.db")
    vault = Vault.open(f"sqlite:///{tmp_path}/vault.db", tmp_path / "keys", clock=lambda: AT)
    yield App(ACTORS, store, vault)
    vault.close()
    store.close()


def send(app: App, command: object) -> Outcome:
    """Let the app judge a command."""
    name = type(command).__name__
    return app.handle(command, command_id=name, request_digest=name)


def recorded(app: App) -> list[Recorded[Any]]:
    """Everything in the log."""
    return [decode(record.record) for record in app.store.log.read()]


def requested(app: App) -> Recorded[Any]:
    """A person is registered, and their erasure is requested."""
    send(app, ERIKA)
    send(app, REQUEST)
    return next(event for event in recorded(app) if event.type == "kosilab.actors.ErasureRequested.v1")


def slots_of(app: App) -> dict[str, str | None]:
    """What is sealed of the person, opened."""
    store = app.store
    assert isinstance(store, SqlStore)
    registered = recorded(app)[0]
    return open_slots(app.vault, registered.type, store.slots.of_event(registered.id))


def test_what_is_personal_is_kept_sealed_and_stands_in_no_record(app: App) -> None:
    send(app, ERIKA)
    assert slots_of(app) == {
        "birth_date": "1990-04-01",
        "contact": "erika@example.org",
        "name": "Erika Beispiel",
    }
    (registered,) = recorded(app)
    assert b"Erika" not in registered.record
    assert b"1990" not in registered.record


def test_the_record_says_class_and_digests_of_each_slot(app: App) -> None:
    send(app, ERIKA)
    envelope = decode_envelope(recorded(app)[0].record)
    assert bytes(envelope.sealed).startswith(b'{"birth_date":{"class":"volunteer_profile","ct":"')  # type: ignore[arg-type]


def test_an_erased_person_can_not_be_read_and_the_log_says_what_is_missing(app: App) -> None:
    erase_slots(requested(app), app)
    assert slots_of(app) == {}
    (erased,) = (event.data for event in recorded(app) if isinstance(event.data, SlotsErased))
    missing = tuple(ErasedSlot(position=1, name=name) for name in ("birth_date", "contact", "name"))
    assert erased == SlotsErased(erasure_id="e1", slots=missing)


def test_erasing_twice_changes_nothing(app: App) -> None:
    request = requested(app)
    erase_slots(request, app)
    before = recorded(app)
    erase_slots(request, app)
    assert recorded(app) == before


@pytest.mark.parametrize("step", ["note", "forget"])
def test_whatever_stops_in_the_middle_nothing_can_be_read_and_the_rest_is_made_good(
    app: App, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = requested(app)
    store = app.store
    assert isinstance(store, SqlStore)

    def stopped(*_: object, **__: object) -> None:
        raise LogUnavailable("stopped here")

    with monkeypatch.context() as patched:
        patched.setattr(app if step == "note" else store.slots, step, stopped)
        with pytest.raises(LogUnavailable):
            erase_slots(request, app)
    assert set(slots_of(app).values()) == {None}
    erase_slots(request, app)
    assert slots_of(app) == {}
    (erased,) = (event.data for event in recorded(app) if isinstance(event.data, SlotsErased))
    assert len(erased.slots) == 3


def test_nothing_personal_is_taken_any_more_of_an_erased_person(app: App) -> None:
    erase_slots(requested(app), app)
    late = send(app, AmendPerson(person_id="p1", contact="erika@example.net", at=AT))
    assert isinstance(late, Refusal)
    assert late.rule == "person_is_not_erased"


def test_somebody_elses_slots_stay(app: App) -> None:
    other = replace(ERIKA, person_id="p2", name="Otto Beispiel")
    app.handle(other, command_id="other", request_digest="other")
    erase_slots(requested(app), app)
    store = app.store
    assert isinstance(store, SqlStore)
    assert len(store.slots.of_subject("p2")) == 3


def test_a_proof_obligation_keeps_its_class_and_nothing_else(app: App) -> None:
    app.vault.key_for_sealing("p1", Retention.FUNDING_PROOF)
    request = requested(app)
    assert Retention.FUNDING_PROOF not in request.data.retentions
    assert Retention.PROFILE in request.data.retentions
    erase_slots(request, app)
    assert app.vault.key_for_reading("p1", Retention.FUNDING_PROOF)


def test_no_record_joins_an_erasure_and_a_person(app: App) -> None:
    send(app, ERIKA)
    themself = Origin(caller=Caller(role=Role.PERSON, actor="p1"))
    app.handle(REQUEST, command_id="request", request_digest="request", origin=themself)
    request = next(event for event in recorded(app) if event.stream == "erasure-e1")
    assert request.auth_id == "person"
    erase_slots(request, app)
    for event in recorded(app):
        assert not (event.stream.startswith("er") and b"p1" in event.record)
    assert subject_of(app.vault, "e1") == "p1"


def test_the_request_is_done_and_a_repeat_answers_the_same(app: App) -> None:
    requested(app)
    assert isinstance(send(app, REQUEST), Done)
