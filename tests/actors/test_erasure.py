"""Is a person erased when every service has said so, and not before; and is what the law keeps kept, and no more?"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given as all_cases
from hypothesis import strategies as st

from services.actors.domain.erasure import (
    ERASURE,
    HOLDERS,
    NOBODY_ASKS,
    ApproveErasure,
    BeginErasure,
    EndErasureTerm,
    Obligation,
    RefuseErasure,
    ReportErasure,
    RequestErasure,
    both_mean_the_same_person,
    erasure_is_new,
    erasure_is_not_refused_yet,
    erasure_waits,
    erasure_was_asked_for,
    erasure_was_requested,
    nobody_asked_before,
    request_has_a_reason_of_its_own,
    second_person_says_yes,
    service_reports_once,
)
from shared.events.actors.erasure import (
    ErasureAsked,
    ErasureBlocked,
    ErasureCompleted,
    ErasureRefused,
    ErasureReported,
    ErasureRequested,
)
from shared.events.vocabulary import ErasureBasis, RefusalGround
from shared.kernel.sealed import Retention
from shared.testing.laws import assert_evolve_is_total, assert_laws, run
from shared.testing.sentences import given
from shared.testing.strategies import any_of

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
REQUEST = RequestErasure(erasure_id="e1", person_id="p1", at=AT)
REQUESTED = ErasureRequested(basis=ErasureBasis.ASKED_BY_PERSON, retentions=tuple(Retention))
BY_STAFF = replace(REQUEST, by="anna", basis=ErasureBasis.NO_LONGER_NEEDED)
ASKED = ErasureAsked(basis=ErasureBasis.NO_LONGER_NEEDED)
BEGUN_AS_ASKED = ErasureRequested(basis=ASKED.basis, retentions=tuple(Retention))
YES = ApproveErasure(erasure_id="e1", person_id="p1", by="bert", means="p1", asked_by="anna", at=AT)
REFUSED = ErasureRefused(reason=RefusalGround.LEGAL_CLAIMS)


def reported(service: str, n_slots: int) -> ErasureReported:
    """A service has reported."""
    return ErasureReported(service=service, n_slots=n_slots)


def report(service: str, n_slots: int = 0) -> ReportErasure:
    """A service reports."""
    return ReportErasure(erasure_id="e1", service=service, n_slots=n_slots, at=AT)


def test_a_request_names_the_classes_and_not_the_person() -> None:
    given(ERASURE).when(REQUEST).then(REQUESTED)
    assert "p1" not in repr(REQUESTED)


def test_a_repeat_stays_quiet() -> None:
    again = replace(REQUEST, means="p1")
    given(ERASURE, REQUESTED).when(again).then_nothing_happened()
    given(ERASURE, REQUESTED).when(replace(again, person_id="p2")).then_refused_by(erasure_is_new)


def test_a_proof_obligation_keeps_its_own_class_until_its_date_and_no_other() -> None:
    proof = Obligation(retention=Retention.FUNDING_PROOF, until=date(2036, 3, 2))
    request = RequestErasure(erasure_id="e1", person_id="p1", obligations=(proof,), at=AT)
    rest = tuple(each for each in Retention if each != Retention.FUNDING_PROOF)
    given(ERASURE).when(request).then(
        ErasureRequested(basis=ErasureBasis.ASKED_BY_PERSON, retentions=rest),
        ErasureBlocked(retention=Retention.FUNDING_PROOF, until=date(2036, 3, 2)),
    )


def test_the_end_of_a_term_erases_its_class_and_no_other() -> None:
    over = ErasureRequested(basis=ErasureBasis.TERM_OVER, retentions=(Retention.ENQUIRY,))
    begin = BeginErasure(
        erasure_id="e1", basis=ErasureBasis.TERM_OVER, retentions=(Retention.ENQUIRY,), at=AT
    )
    given(ERASURE).when(begin).then(over)
    given(ERASURE, over).when(begin).then_nothing_happened()


@pytest.mark.parametrize("basis", sorted(NOBODY_ASKS))
def test_what_nobody_asks_for_is_no_reason_of_a_request(basis: ErasureBasis) -> None:
    request = RequestErasure(erasure_id="e1", person_id="p1", basis=basis, at=AT)
    given(ERASURE).when(request).then_refused_by(request_has_a_reason_of_its_own)


def test_what_staff_ask_for_waits() -> None:
    given(ERASURE).when(BY_STAFF).then(ASKED)
    again = replace(BY_STAFF, means="p1")
    given(ERASURE, ASKED).when(again).then_nothing_happened()
    given(ERASURE, ASKED).when(replace(again, by="")).then_refused_by(nobody_asked_before)
    given(ERASURE, REQUESTED).when(YES).then_refused_by(erasure_was_asked_for)


def test_it_begins_with_the_yes_of_a_second_person_who_names_the_same_person() -> None:
    given(ERASURE, ASKED).when(YES).then(BEGUN_AS_ASKED)
    given(ERASURE, ASKED).when(replace(YES, by="anna")).then_refused_by(second_person_says_yes)
    given(ERASURE, ASKED).when(replace(YES, person_id="p2")).then_refused_by(both_mean_the_same_person)
    given(ERASURE, ASKED, BEGUN_AS_ASKED).when(YES).then_nothing_happened()
    given(ERASURE).when(YES).then_refused_by(erasure_was_asked_for)


def test_it_begins_at_the_end_of_the_term_unless_it_was_refused() -> None:
    end = EndErasureTerm(erasure_id="e1", at=AT)
    given(ERASURE, ASKED).when(end).then(BEGUN_AS_ASKED)
    for settled in ((ASKED, BEGUN_AS_ASKED), (ASKED, REFUSED), ()):
        given(ERASURE, *settled).when(end).then_nothing_happened()


@pytest.mark.parametrize("ground", RefusalGround)
def test_a_waiting_request_is_refused_on_each_ground_of_the_law(ground: RefusalGround) -> None:
    refuse = RefuseErasure(erasure_id="e1", reason=ground, at=AT)
    given(ERASURE, ASKED).when(refuse).then(ErasureRefused(reason=ground))


def test_what_has_begun_is_not_refused_any_more_nor_the_other_way_round() -> None:
    refuse = RefuseErasure(erasure_id="e1", reason=REFUSED.reason, at=AT)
    given(ERASURE, REQUESTED).when(refuse).then_refused_by(erasure_waits)
    given(ERASURE).when(refuse).then_refused_by(erasure_waits)
    another = replace(refuse, reason=RefusalGround.ARCHIVE_IN_PUBLIC_INTEREST)
    given(ERASURE, ASKED, REFUSED).when(another).then_refused_by(erasure_is_not_refused_yet)
    given(ERASURE, ASKED, REFUSED).when(REQUEST).then_refused_by(erasure_is_new)
    given(ERASURE, ASKED, REFUSED).when(YES).then_refused_by(erasure_waits)
    given(ERASURE, ASKED, REFUSED).when(refuse).then_nothing_happened()


def test_it_is_complete_with_the_last_report() -> None:
    first, second, last = sorted(HOLDERS)
    so_far = (REQUESTED, reported(first, 1))
    given(ERASURE, *so_far).when(report(second, 2)).then(reported(second, 2))
    given(ERASURE, *so_far, reported(second, 2)).when(report(last, 4)).then(
        reported(last, 4), ErasureCompleted(n_slots=7)
    )


def test_a_report_counts_once() -> None:
    given(ERASURE, REQUESTED, reported("actors", 1)).when(report("actors", 1)).then_nothing_happened()
    given(ERASURE, REQUESTED, reported("actors", 1)).when(report("actors", 2)).then_refused_by(
        service_reports_once
    )


def test_nothing_is_reported_that_was_not_requested() -> None:
    given(ERASURE).when(report("actors")).then_refused_by(erasure_was_requested)


COMMANDS = (RequestErasure, ApproveErasure, EndErasureTerm, BeginErasure, RefuseErasure, ReportErasure)


@all_cases(st.lists(any_of(*COMMANDS), max_size=6))
def test_the_laws_hold(commands: list[object]) -> None:
    assert_laws(
        ERASURE,
        commands,
        asks=(EndErasureTerm,),
        anew=(RequestErasure,),  # the vault adds whom it means, then it is quiet
        added=("obligations", "means", "asked_by"),
    )
    assert_evolve_is_total(ERASURE, run(ERASURE, commands))
