"""Is a person known under a random id, in one half of the city's work only?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as all_cases
from hypothesis import strategies as st

from services.actors.domain.person import (
    PERSON,
    AmendPerson,
    DisclosePerson,
    GiveConsent,
    Person,
    RecordConsent,
    RegisterPerson,
    WithdrawConsent,
    consent_is_not_from_the_future,
    person_agreed_to_this_use,
    person_is_known_in_one_context,
    personal_data_are_new,
    role_opens_for_this_purpose,
    something_is_amended,
)
from shared.events.actors.person import (
    ConsentGiven,
    ConsentRecorded,
    ConsentWithdrawn,
    PersonAmended,
    PersonDisclosed,
    PersonRegistered,
)
from shared.events.codec import as_recorded, sealed_of
from shared.events.vocabulary import ConsentForm, PersonContext, Purpose
from shared.kernel.sealed import Retention, Sealed
from shared.testing.laws import assert_evolve_is_total, assert_laws, run
from shared.testing.sentences import given
from shared.testing.strategies import any_of

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
VOLUNTEERS = RegisterPerson(person_id="p1", context=PersonContext.VOLUNTEERING, at=AT)
LOOKS_FOR_WORK = RegisterPerson(person_id="p1", context=PersonContext.EMPLOYMENT, at=AT)
VOLUNTEER_REGISTERED = PersonRegistered(context=PersonContext.VOLUNTEERING)


def test_a_person_is_registered_with_a_context() -> None:
    given(PERSON).when(VOLUNTEERS).then(VOLUNTEER_REGISTERED)


def test_registering_again_stays_quiet() -> None:
    given(PERSON, VOLUNTEER_REGISTERED).when(VOLUNTEERS).then_nothing_happened()
    for personal in ({"name": "Erika"}, {"contact": "erika@example.org"}, {"birth_date": date(1990, 4, 1)}):
        named = replace(VOLUNTEERS, **personal)
        given(PERSON, VOLUNTEER_REGISTERED).when(named).then_refused_by(personal_data_are_new)


def test_nobody_is_known_in_both_halves_under_one_id() -> None:
    given(PERSON, VOLUNTEER_REGISTERED).when(LOOKS_FOR_WORK).then_refused_by(person_is_known_in_one_context)


def test_who_the_person_is_goes_into_sealed_slots_and_nowhere_else() -> None:
    named = replace(
        VOLUNTEERS, name="Erika Beispiel", contact="erika@example.org", birth_date=date(1990, 4, 1)
    )
    (event,) = PERSON.decide(Person(), named)
    assert {name: sealed.text for name, sealed in sealed_of(event).items()} == {
        "name": "Erika Beispiel",
        "contact": "erika@example.org",
        "birth_date": "1990-04-01",
    }
    assert {(sealed.subject, sealed.retention) for sealed in sealed_of(event).values()} == {
        ("p1", Retention.PROFILE)
    }
    assert as_recorded(event) == VOLUNTEER_REGISTERED


def test_a_correction_seals_what_it_names() -> None:
    correction = AmendPerson(person_id="p1", contact="erika@example.net", at=AT)
    sealed = Sealed("p1", Retention.PROFILE, "erika@example.net")
    given(PERSON, VOLUNTEER_REGISTERED).when(correction).then(PersonAmended(contact=sealed))


def test_a_correction_of_nothing_is_refused() -> None:
    nothing = AmendPerson(person_id="p1", at=AT)
    given(PERSON, VOLUNTEER_REGISTERED).when(nothing).then_refused_by(something_is_amended)


def test_consent_is_given_and_withdrawn_per_purpose() -> None:
    give = GiveConsent(person_id="p1", purpose=Purpose.CONTACT, at=AT)
    withdraw = WithdrawConsent(person_id="p1", purpose=Purpose.CONTACT, at=AT)
    agreed = ConsentGiven(purpose=Purpose.CONTACT)
    given(PERSON, VOLUNTEER_REGISTERED).when(give).then(agreed)
    given(PERSON, VOLUNTEER_REGISTERED, agreed).when(give).then_nothing_happened()
    given(PERSON, agreed).when(withdraw).then(ConsentWithdrawn(purpose=Purpose.CONTACT))
    given(PERSON, VOLUNTEER_REGISTERED).when(withdraw).then_nothing_happened()


def test_personal_data_are_opened_for_an_agreed_purpose_only() -> None:
    look = DisclosePerson(person_id="p1", purpose=Purpose.CONTACT, role="coordinator", at=AT)
    read = PersonDisclosed(purpose=Purpose.CONTACT, role="coordinator")
    given(PERSON, VOLUNTEER_REGISTERED).when(look).then_refused_by(person_agreed_to_this_use)
    given(PERSON, VOLUNTEER_REGISTERED, ConsentGiven(purpose=Purpose.CONTACT)).when(look).then(read)
    withdrawn = (ConsentGiven(purpose=Purpose.CONTACT), ConsentWithdrawn(purpose=Purpose.CONTACT))
    given(PERSON, VOLUNTEER_REGISTERED, *withdrawn).when(look).then_refused_by(person_agreed_to_this_use)


@pytest.mark.parametrize("purpose", [Purpose.OWN_ACCESS, Purpose.FUNDING_PROOF])
def test_what_a_role_has_no_use_for_stays_closed_even_with_consent(purpose: Purpose) -> None:
    look = DisclosePerson(person_id="p1", purpose=purpose, role="coordinator", at=AT)
    given(PERSON, VOLUNTEER_REGISTERED, ConsentGiven(purpose=purpose)).when(look).then_refused_by(
        role_opens_for_this_purpose
    )


def test_staff_record_a_consent_that_was_given_on_paper_or_by_phone() -> None:
    record = RecordConsent(
        person_id="p1",
        purpose=Purpose.CONTACT,
        given_how=ConsentForm.ON_PAPER,
        given_on=AT.date(),
        role="coordinator",
        by="anna",
        at=AT,
    )
    recorded = ConsentRecorded(
        purpose=Purpose.CONTACT,
        given_how=ConsentForm.ON_PAPER,
        given_on=AT.date(),
        role="coordinator",
        recorded_by=Sealed("p1", Retention.PROFILE, "anna"),
    )
    given(PERSON, VOLUNTEER_REGISTERED).when(record).then(recorded)
    kept = as_recorded(recorded)
    given(PERSON, VOLUNTEER_REGISTERED, kept).when(record).then_nothing_happened()
    look = DisclosePerson(person_id="p1", purpose=Purpose.CONTACT, role="coordinator", at=AT)
    read = PersonDisclosed(purpose=Purpose.CONTACT, role="coordinator")
    given(PERSON, VOLUNTEER_REGISTERED, kept).when(look).then(read)
    withdraw = WithdrawConsent(person_id="p1", purpose=Purpose.CONTACT, at=AT)
    given(PERSON, VOLUNTEER_REGISTERED, kept).when(withdraw).then(ConsentWithdrawn(purpose=Purpose.CONTACT))
    tomorrow = replace(record, given_on=AT.date() + timedelta(days=1))
    given(PERSON, VOLUNTEER_REGISTERED).when(tomorrow).then_refused_by(consent_is_not_from_the_future)
    not_theirs = replace(record, purpose=Purpose.FUNDING_PROOF)
    given(PERSON, VOLUNTEER_REGISTERED).when(not_theirs).then_refused_by(role_opens_for_this_purpose)


def test_ones_own_data_need_no_consent() -> None:
    look = DisclosePerson(person_id="p1", purpose=Purpose.OWN_ACCESS, role="person", at=AT)
    given(PERSON, VOLUNTEER_REGISTERED).when(look).then(
        PersonDisclosed(purpose=Purpose.OWN_ACCESS, role="person")
    )


COMMANDS = (RegisterPerson, AmendPerson, GiveConsent, RecordConsent, WithdrawConsent, DisclosePerson)


@all_cases(st.lists(any_of(*COMMANDS), max_size=4))
def test_the_laws_hold(commands: list[object]) -> None:
    anew = (AmendPerson, DisclosePerson, RegisterPerson)
    assert_laws(PERSON, commands, asks=(WithdrawConsent,), anew=anew, added=("by",))
    assert_evolve_is_total(PERSON, run(PERSON, commands))
