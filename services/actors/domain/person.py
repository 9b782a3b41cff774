"""The person: a random id that belongs to one half of the city's work; personal data are sealed beside the log.

One stream per person guards which uses of their data they have agreed to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias, assert_never

from shared.events.actors.person import (
    ConsentGiven,
    ConsentRecorded,
    ConsentWithdrawn,
    PersonAmended,
    PersonDisclosed,
    PersonEvent,
    PersonRegistered,
)
from shared.events.vocabulary import ConsentForm, PersonContext, Purpose
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.refusal import require
from shared.kernel.sealed import Retention, Sealed
from shared.kernel.text import Name, Statement

THEMSELF = "person"
"""The role in which a person reads their own data, and the only one that needs no consent (GDPR Art. 15)."""

MAY_BE_OPENED: Mapping[tuple[str, PersonContext], frozenset[Purpose]] = MappingProxyType(
    {
        (THEMSELF, PersonContext.VOLUNTEERING): frozenset({Purpose.OWN_ACCESS}),
        (THEMSELF, PersonContext.EMPLOYMENT): frozenset({Purpose.OWN_ACCESS}),
        ("coordinator", PersonContext.VOLUNTEERING): frozenset(
            {Purpose.CONTACT, Purpose.COUNSELLING, Purpose.RECOGNITION, Purpose.NEWSLETTER}
        ),
        ("counsellor", PersonContext.EMPLOYMENT): frozenset(
            {Purpose.CONTACT, Purpose.COUNSELLING, Purpose.FUNDING_PROOF}
        ),
    }
)
"""Which role opens what is sealed of a person of which half, and for which purposes; everything else is denied.

A proof of funding needs consent here as well: what the law wants proved is sealed in a class of its own (handbook 11).
"""


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson:
    """Make a person known under a random id; name, contact and birth date are sealed."""

    person_id: str
    context: PersonContext
    name: Name | None = None
    contact: Statement | None = None
    birth_date: date | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendPerson:
    """Correct what is personal; what is left out stays as it is."""

    person_id: str
    name: Name | None = None
    contact: Statement | None = None
    birth_date: date | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent:
    """The person agrees to one use of their data."""

    person_id: str
    purpose: Purpose
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsent:
    """Record that the person agreed to one use on paper or by phone; `by` is the member of staff who records it."""

    person_id: str
    purpose: Purpose
    given_how: ConsentForm
    given_on: date
    role: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent:
    """The person no longer agrees to a use."""

    person_id: str
    purpose: Purpose
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosePerson:
    """Open what is sealed of the person, for a purpose."""

    person_id: str
    purpose: Purpose
    role: str
    at: datetime


PersonCommand: TypeAlias = (
    RegisterPerson | AmendPerson | GiveConsent | RecordConsent | WithdrawConsent | DisclosePerson
)


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the rules read: the half that the person belongs to, None before registration, and the consents.

    A consent that staff recorded is there with how and when it was given; one that the person gave here, without.
    """

    context: PersonContext | None = None
    consents: Mapping[Purpose, ConsentRecorded | None] = field(default_factory=lambda: MappingProxyType({}))


# --- rules: each reads as one sentence --------------------------------------------------------
def person_is_known_in_one_context(person: Person, _: RegisterPerson) -> bool:
    """Register a person either for volunteering or for employment; each half has an id of its own."""
    return person.context is None


def personal_data_are_new(person: Person, command: RegisterPerson) -> bool:
    """Amend the person to change name, contact or birth date; the person is registered, and these are sealed."""
    return person.context != command.context or not _sealed(command)


def something_is_amended(_: Person, command: AmendPerson) -> bool:
    """Name what you correct: the name, the contact or the birth date."""
    return any(value is not None for value in (command.name, command.contact, command.birth_date))


def consent_is_not_from_the_future(_: Person, command: RecordConsent) -> bool:
    """Choose today or an earlier day; a consent is recorded once it was given."""
    return command.given_on <= today_in_the_city(command.at)


def consent_is_not_recorded_otherwise(person: Person, command: RecordConsent) -> bool:
    """Withdraw the consent before you record another; how and when the person agreed to this use is recorded."""
    return command.purpose not in person.consents


def role_opens_for_this_purpose(person: Person, command: DisclosePerson | RecordConsent) -> bool:
    """Open personal data, and record a consent, only for a purpose of your role and persons whom it works with.

    Rule: D02
    """
    half = person.context
    return half is not None and command.purpose in MAY_BE_OPENED.get((command.role, half), ())


def person_agreed_to_this_use(person: Person, command: DisclosePerson) -> bool:
    """Open another person's data only for a purpose that the person has agreed to.

    Rule: D02
    """
    return command.role == THEMSELF or command.purpose in person.consents


# --- decide: one function per command ---------------------------------------------------------
def register(person: Person, command: RegisterPerson) -> list[PersonEvent]:
    """The person is known; a repeat stays quiet unless it brings personal data, which no state can compare."""
    require(person, command, personal_data_are_new)
    if person.context == command.context:
        return []
    require(person, command, person_is_known_in_one_context)
    return [PersonRegistered(context=command.context, **_sealed(command))]


def amend(person: Person, command: AmendPerson) -> list[PersonEvent]:
    """What is given is sealed anew: the decider cannot compare it with what is sealed already."""
    require(person, command, something_is_amended)
    return [PersonAmended(**_sealed(command))]


def give_consent(person: Person, command: GiveConsent) -> list[PersonEvent]:
    """One purpose, one consent."""
    return [] if command.purpose in person.consents else [ConsentGiven(purpose=command.purpose)]


def record_consent(person: Person, command: RecordConsent) -> list[PersonEvent]:
    """What was said on paper or by phone counts like what the person says here; who recorded it, they alone read."""
    require(person, command, role_opens_for_this_purpose, consent_is_not_from_the_future)
    recorded = ConsentRecorded(
        purpose=command.purpose, given_how=command.given_how, given_on=command.given_on, role=command.role
    )
    if person.consents.get(command.purpose) == recorded:
        return []
    require(person, command, consent_is_not_recorded_otherwise)
    return [replace(recorded, recorded_by=Sealed(command.person_id, Retention.PROFILE, command.by))]


def withdraw_consent(person: Person, command: WithdrawConsent) -> list[PersonEvent]:
    """Withdrawing is as easy as agreeing."""
    return [ConsentWithdrawn(purpose=command.purpose)] if command.purpose in person.consents else []


def read(person: Person, command: DisclosePerson) -> list[PersonEvent]:
    """Every look is written down before anything is shown."""
    require(person, command, role_opens_for_this_purpose, person_agreed_to_this_use)
    return [PersonDisclosed(purpose=command.purpose, role=command.role)]


def _sealed(command: RegisterPerson | AmendPerson) -> dict[str, Sealed]:
    birth_date = None if command.birth_date is None else command.birth_date.isoformat()
    given = {"name": command.name, "contact": command.contact, "birth_date": birth_date}
    return {
        field: Sealed(command.person_id, Retention.PROFILE, text)
        for field, text in given.items()
        if text is not None
    }


def decide(person: Person, command: PersonCommand) -> Sequence[PersonEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case RegisterPerson():
            return register(person, command)
        case AmendPerson():
            return amend(person, command)
        case GiveConsent():
            return give_consent(person, command)
        case RecordConsent():
            return record_consent(person, command)
        case WithdrawConsent():
            return withdraw_consent(person, command)
        case DisclosePerson():
            return read(person, command)
        case _:
            assert_never(command)


# --- evolve -----------------------------------------------------------------------------------
def evolve(person: Person, event: PersonEvent) -> Person:
    """The person after an event."""
    match event:
        case PersonRegistered():
            return replace(person, context=event.context)
        case ConsentGiven():
            return replace(person, consents=MappingProxyType({**person.consents, event.purpose: None}))
        case ConsentRecorded():
            recorded = replace(event, recorded_by=None)
            return replace(person, consents=MappingProxyType({**person.consents, event.purpose: recorded}))
        case ConsentWithdrawn():
            kept = {purpose: how for purpose, how in person.consents.items() if purpose != event.purpose}
            return replace(person, consents=MappingProxyType(kept))
        case PersonAmended() | PersonDisclosed():
            return person
        case _:
            assert_never(event)


PERSON = Decider(name="person", initial=Person(), decide=decide, evolve=evolve)
