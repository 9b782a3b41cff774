"""Is a person known under a random id, in one half of the city's work only?"""

from dataclasses import fields
from datetime import UTC, datetime

from hypothesis import given as all_cases
from hypothesis import strategies as st

from services.actors.domain.person import PERSON, RegisterPerson, person_is_known_in_one_context
from shared.events.actors import PersonRegistered
from shared.events.vocabulary import PersonContext
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


def test_nobody_is_known_in_both_halves_under_one_id() -> None:
    given(PERSON, VOLUNTEER_REGISTERED).when(LOOKS_FOR_WORK).then_refused_by(person_is_known_in_one_context)


def test_nothing_personal_is_asked_for() -> None:
    assert {field.name for field in fields(RegisterPerson)} == {"person_id", "context", "at"}


@all_cases(st.lists(any_of(RegisterPerson), max_size=4))
def test_the_laws_hold(commands: list[object]) -> None:
    assert_laws(PERSON, commands)
    assert_evolve_is_total(PERSON, run(PERSON, commands))
