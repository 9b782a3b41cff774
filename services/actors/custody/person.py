"""What is kept about a person? Sealed values, opened for a purpose; the consents; and, for the person, their events."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypedDict

from services.actors.domain.erasure import ERASURE
from services.actors.domain.person import PERSON, DisclosePerson
from shared.eventlog.port import Outcome, Refusal
from shared.events.actors.erasure import ErasureEvent
from shared.events.actors.person import (
    ConsentRecorded,
    PersonAmended,
    PersonEvent,
    PersonRegistered,
)
from shared.events.codec import decode, sealed_fields
from shared.events.vocabulary import ConsentForm, Purpose
from shared.kernel.recorded import Recorded
from shared.service import clock, ids
from shared.service.app import App
from shared.service.erasing import store_with_slots
from shared.service.origin import Origin
from shared.service.tables import Caller
from shared.vault.erasures import erasures_of
from shared.vault.slots import open_slots

FIELDS = sealed_fields(PersonRegistered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """A person's sealed values, opened; a value is None where there never was one, or where it was erased."""

    values: dict[str, str | None]
    is_erased: bool


def read_personal(app: App, caller: Caller, person_id: str, purpose: Purpose) -> Personal | Refusal:
    """Open a person's sealed values; the log records the disclosure before anything is shown.

    Raises: NotYours, NoSuchStream, LogUnavailable.
    """
    command = DisclosePerson(person_id=person_id, purpose=purpose, role=caller.role, at=clock.now())
    command_id = ids.new_id()
    outcome: Outcome = app.handle(
        command, command_id=command_id, request_digest=command_id, origin=Origin(caller=caller)
    )
    return outcome if isinstance(outcome, Refusal) else _opened(app, stream_of(app, person_id))


class Happened(TypedDict):
    """An event of the person's own stream, or of an erasure of theirs that is not over, as they read it."""

    type: str
    time: str
    purpose: Purpose | None
    role: str | None
    given_how: ConsentForm | None
    given_on: str | None
    recorded_by: str | None


class StoredAboutPerson(TypedDict):
    """All that actors keeps about a person."""

    person_id: str
    context: str
    personal: dict[str, str | None]
    is_erased: bool
    consents: list[str]
    events: list[Happened]


def stored_about(app: App, caller: Caller) -> StoredAboutPerson | Refusal:
    """All that actors keeps about the person who asks, to read and to take along.

    Raises: NotYours, NoSuchStream, LogUnavailable.
    """
    personal = read_personal(app, caller, caller.actor, Purpose.OWN_ACCESS)
    if isinstance(personal, Refusal):
        return personal
    _, person = app.state_of(PERSON, caller.actor)
    return {
        "person_id": caller.actor,
        "context": str(person.context),
        "personal": personal.values,
        "is_erased": personal.is_erased,
        "consents": sorted(str(purpose) for purpose in person.consents),
        "events": [
            _happened(app, event)
            for event in (*stream_of(app, caller.actor), *_erasures_of(app, caller.actor))
        ],
    }


def stream_of(app: App, person_id: str) -> list[Recorded[PersonEvent]]:
    """Everything in the person's own stream."""
    return [decode(stored.record) for stored in app.store.log.read_stream(PERSON.stream(person_id))]


def _happened(app: App, event: Recorded[Any]) -> Happened:
    """The event as the person reads it; who recorded a consent is opened for the person's eyes."""
    happened: Happened = {
        "type": type(event.data).__name__,
        "time": event.time.isoformat(),
        "purpose": getattr(event.data, "purpose", None),
        "role": getattr(event.data, "role", None),
        "given_how": None,
        "given_on": None,
        "recorded_by": None,
    }
    if isinstance(event.data, ConsentRecorded):
        slots = store_with_slots(app).slots.of_event(event.id)
        happened["given_how"] = event.data.given_how
        happened["given_on"] = event.data.given_on.isoformat()
        happened["recorded_by"] = open_slots(app.vault, event.type, slots).get("recorded_by")
    return happened


def _erasures_of(app: App, person_id: str) -> Iterator[Recorded[ErasureEvent]]:
    """What happened in the person's erasures that wait or are under way."""
    for erasure_id in erasures_of(app.vault, person_id):
        for stored in app.store.log.read_stream(ERASURE.stream(erasure_id)):
            yield decode(stored.record)


def _opened(app: App, events: list[Recorded[PersonEvent]]) -> Personal:
    store = store_with_slots(app)
    values: dict[str, str | None] = dict.fromkeys(FIELDS)
    n_sealed = n_open = 0
    for event in events:
        if isinstance(event.data, PersonRegistered | PersonAmended):
            opened = open_slots(app.vault, event.type, store.slots.of_event(event.id))
            values |= opened
            n_sealed += b'"sealed":' in event.record
            n_open += any(text is not None for text in opened.values())
    return Personal(values=values, is_erased=n_sealed > 0 and n_open == 0)
