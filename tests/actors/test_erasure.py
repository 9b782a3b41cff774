"""Is a person erased when every service has said so, and not before; and is what the law keeps kept, and no more?"""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given as all_cases
from hypothesis import strategies as st

from services.actors.domain.erasure import (
    ERASURE,
    HOLDERS,
    NOBODY_ASKS,
    BeginErasure,
    Obligation,
    RefuseErasure,
    ReportErasure,
    RequestErasure,
    erasure_is_new,
    erasure_was_requested,
    request_has_a_reason_of_its_own,
)
from shared.events.actors.erasure import (
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
    given(ERASURE, REQUESTED).when(REQUEST).then_nothing_happened()


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


def test_a_request_is_refused_for_a_reason_that_the_law_knows() -> None:
    given(ERASURE).when(RefuseErasure(erasure_id="e1", reason=REFUSED.reason, at=AT)).then(REFUSED)


def test_what_was_requested_is_not_refused_any_more_nor_the_other_way_round() -> None:
    refuse = RefuseErasure(erasure_id="e1", reason=REFUSED.reason, at=AT)
    given(ERASURE, REQUESTED).when(refuse).then_refused_by(erasure_is_new)
    given(ERASURE, REFUSED).when(REQUEST).then_refused_by(erasure_is_new)
    given(ERASURE, REFUSED).when(refuse).then_nothing_happened()


def test_it_is_complete_with_the_last_report() -> None:
    first, second, last = sorted(HOLDERS)
    so_far = (REQUESTED, reported(first, 1))
    given(ERASURE, *so_far).when(report(second, 2)).then(reported(second, 2))
    given(ERASURE, *so_far, reported(second, 2)).when(report(last, 4)).then(
        reported(last, 4), ErasureCompleted(n_slots=7)
    )


def test_a_report_counts_once() -> None:
    given(ERASURE, REQUESTED, reported("actors", 1)).when(report("actors", 1)).then_nothing_happened()


def test_nothing_is_reported_that_was_not_requested() -> None:
    given(ERASURE).when(report("actors")).then_refused_by(erasure_was_requested)


@all_cases(st.lists(any_of(RequestErasure, BeginErasure, RefuseErasure, ReportErasure), max_size=6))
def test_the_laws_hold(commands: list[object]) -> None:
    assert_laws(ERASURE, commands)
    assert_evolve_is_total(ERASURE, run(ERASURE, commands))
