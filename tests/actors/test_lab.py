"""Does a lab begin, take members, go through phases and end, each as its rules say?"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as all_cases
from hypothesis import strategies as st

from services.actors.domain import lab as rules
from services.actors.domain.lab import (
    LAB,
    AdmitMember,
    CloseLab,
    DefineMandate,
    EnterPhase,
    EstablishLab,
    ReleaseMember,
)
from shared.events.actors.lab import (
    LabClosed,
    LabEstablished,
    LabMandateDefined,
    LabMemberAdmitted,
    LabMemberReleased,
    LabPhaseEntered,
)
from shared.events.vocabulary import LabPhase
from shared.testing.laws import assert_evolve_is_total, assert_laws, run
from shared.testing.sentences import given
from shared.testing.strategies import any_of

AT = datetime(2016, 6, 1, 9, tzinfo=UTC)
BEGINS = date(2016, 6, 1)
ENDS = date(2019, 5, 31)
ESTABLISH = EstablishLab(
    lab_id="l1",
    name="KoSI-Lab",
    begins_on=BEGINS,
    ends_on=ENDS,
    funding_ref="033L174A",
    budget=Decimal(998_000),
    at=AT,
)
ESTABLISHED = LabEstablished(
    name="KoSI-Lab", begins_on=BEGINS, ends_on=ENDS, funding_ref="033L174A", budget=Decimal(998_000)
)
MANDATE = DefineMandate(lab_id="l1", mandate="Ein Labor für bürgerschaftliches Engagement", at=AT)
MANDATED = LabMandateDefined(mandate="Ein Labor für bürgerschaftliches Engagement")
ADMIT = AdmitMember(lab_id="l1", organisation_id="o1", joined_on=date(2016, 7, 1), at=AT)
ADMITTED = LabMemberAdmitted(organisation_id="o1", joined_on=date(2016, 7, 1))
RELEASE = ReleaseMember(lab_id="l1", organisation_id="o1", left_on=date(2018, 1, 31), at=AT)
RELEASED = LabMemberReleased(organisation_id="o1", left_on=date(2018, 1, 31))
MAP = EnterPhase(lab_id="l1", phase=LabPhase.MAPPING, at=AT)
MAPPING = LabPhaseEntered(phase=LabPhase.MAPPING)
CLOSE = CloseLab(lab_id="l1", at=AT)


def test_a_lab_is_established_once() -> None:
    given(LAB).when(ESTABLISH).then(ESTABLISHED)
    given(LAB, ESTABLISHED).when(ESTABLISH).then_nothing_happened()
    other = replace(ESTABLISH, name="Anderes Labor")
    given(LAB, ESTABLISHED).when(other).then_refused_by(rules.lab_is_not_established_yet)


@pytest.mark.parametrize("words", [{"name": " "}, {"name": "x" * 201}, {"funding_ref": "x" * 201}])
def test_a_lab_has_a_name_of_readable_length(words: dict[str, Any]) -> None:
    given(LAB).when(replace(ESTABLISH, **words)).then_refused_by(rules.lab_has_a_name)


def test_a_lab_does_not_end_before_it_begins() -> None:
    backwards = replace(ESTABLISH, ends_on=date(2016, 5, 31))
    given(LAB).when(backwards).then_refused_by(rules.lab_ends_after_it_begins)


@pytest.mark.parametrize("budget", ["-1", "0.001", "1E12", "NaN", "Infinity", "1E-9000"])
def test_a_budget_is_an_amount_in_euros_and_cents(budget: str) -> None:
    odd = replace(ESTABLISH, budget=Decimal(budget))
    given(LAB).when(odd).then_refused_by(rules.budget_is_an_amount)


def test_a_mandate_is_defined_and_defined_anew() -> None:
    given(LAB, ESTABLISHED).when(MANDATE).then(MANDATED)
    given(LAB, ESTABLISHED, MANDATED).when(MANDATE).then_nothing_happened()
    wider = replace(MANDATE, mandate="Ein Labor für alle")
    given(LAB, ESTABLISHED, MANDATED).when(wider).then(LabMandateDefined(mandate="Ein Labor für alle"))


@pytest.mark.parametrize("mandate", ["", " \n", "x" * 5_001])
def test_a_mandate_says_something(mandate: str) -> None:
    empty = replace(MANDATE, mandate=mandate)
    given(LAB, ESTABLISHED).when(empty).then_refused_by(rules.mandate_is_stated)


def test_a_member_is_admitted_once_and_may_come_back() -> None:
    given(LAB, ESTABLISHED).when(ADMIT).then(ADMITTED)
    given(LAB, ESTABLISHED, ADMITTED).when(ADMIT).then_nothing_happened()
    on_another_day = replace(ADMIT, joined_on=date(2016, 8, 1))
    given(LAB, ESTABLISHED, ADMITTED).when(on_another_day).then_refused_by(
        rules.organisation_is_no_member_yet
    )
    given(LAB, ESTABLISHED, ADMITTED, RELEASED).when(ADMIT).then(ADMITTED)


def test_a_member_is_released_once() -> None:
    given(LAB, ESTABLISHED, ADMITTED).when(RELEASE).then(RELEASED)
    given(LAB, ESTABLISHED, ADMITTED, RELEASED).when(RELEASE).then_nothing_happened()
    given(LAB, ESTABLISHED).when(RELEASE).then_refused_by(rules.organisation_is_a_member)
    later = replace(RELEASE, left_on=date(2018, 2, 28))
    given(LAB, ESTABLISHED, ADMITTED, RELEASED).when(later).then_refused_by(rules.organisation_is_a_member)


def test_a_member_that_came_back_leaves_again() -> None:
    again = replace(RELEASE, left_on=date(2019, 1, 31))
    gone = LabMemberReleased(organisation_id="o1", left_on=date(2019, 1, 31))
    given(LAB, ESTABLISHED, ADMITTED, RELEASED, ADMITTED).when(again).then(gone)
    given(LAB, ESTABLISHED, ADMITTED, RELEASED, ADMITTED).when(RELEASE).then(RELEASED)


def test_a_member_does_not_leave_before_it_joined() -> None:
    early = replace(RELEASE, left_on=date(2016, 6, 30))
    given(LAB, ESTABLISHED, ADMITTED).when(early).then_refused_by(rules.member_leaves_after_joining)


def test_a_phase_is_entered_and_may_return() -> None:
    test_phase = LabPhaseEntered(phase=LabPhase.TEST)
    given(LAB, ESTABLISHED).when(MAP).then(MAPPING)
    given(LAB, ESTABLISHED, MAPPING).when(MAP).then_nothing_happened()
    given(LAB, ESTABLISHED, MAPPING, test_phase).when(MAP).then(MAPPING)


def test_a_lab_is_closed_once_and_then_nothing_changes() -> None:
    given(LAB, ESTABLISHED).when(CLOSE).then(LabClosed())
    given(LAB, ESTABLISHED, LabClosed()).when(CLOSE).then_nothing_happened()
    for command in (MANDATE, ADMIT, MAP):
        given(LAB, ESTABLISHED, LabClosed()).when(command).then_refused_by(rules.lab_is_open)
    for command in (MANDATE, MAP):
        closed = given(LAB, ESTABLISHED, MANDATED, MAPPING, LabClosed())
        closed.when(command).then_refused_by(rules.lab_is_open)
    given(LAB, ESTABLISHED, ADMITTED, LabClosed()).when(RELEASE).then_refused_by(rules.lab_is_open)


@pytest.mark.parametrize("command", [MANDATE, ADMIT, RELEASE, MAP, CLOSE])
def test_nothing_happens_to_a_lab_that_nobody_established(command: object) -> None:
    given(LAB).when(command).then_refused_by(rules.lab_is_established)


COMMANDS = any_of(
    EstablishLab,
    DefineMandate,
    AdmitMember,
    ReleaseMember,
    EnterPhase,
    CloseLab,
    name=st.sampled_from(["KoSI-Lab", ""]),
    organisation_id=st.sampled_from(["o1", "o2"]),
    budget=st.none() | st.decimals(),
    begins_on=st.just(BEGINS),
    ends_on=st.none() | st.just(ENDS),
    funding_ref=st.none(),
    joined_on=st.sampled_from([date(2016, 7, 1), date(2018, 7, 1)]),
    left_on=st.sampled_from([date(2017, 7, 1), date(2019, 1, 1)]),
)


@all_cases(st.lists(COMMANDS, max_size=15))
def test_the_laws_hold(commands: list[object]) -> None:
    assert_laws(LAB, commands)
    assert_evolve_is_total(LAB, run(LAB, commands))


@all_cases(st.lists(COMMANDS, max_size=15), COMMANDS)
def test_what_has_just_been_done_is_not_done_again(commands: list[object], last: object) -> None:
    stream = run(LAB, [*commands, last])
    assert run(LAB, [*commands, last, last]) == stream


@all_cases(st.lists(COMMANDS, max_size=15))
def test_every_member_that_left_had_joined_before(commands: list[object]) -> None:
    members: set[str] = set()
    for event in run(LAB, commands):
        match event:
            case LabMemberAdmitted():
                assert event.organisation_id not in members
                members.add(event.organisation_id)
            case LabMemberReleased():
                members.remove(event.organisation_id)
