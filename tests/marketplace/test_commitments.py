"""Is a sealed agreement contacted, delivered, disputed and closed as its rules say?"""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.marketplace.domain import commitments as rules
from services.marketplace.domain.commitments import (
    COMMITMENTS,
    CloseAgreement,
    ConfirmDelivery,
    DisputeDelivery,
    RecordContact,
    ReportDelivery,
    ReportFailure,
)
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    AgreementSigned,
    CommitmentConfirmed,
    CommitmentDelivered,
    CommitmentDisputed,
)
from shared.events.vocabulary import Category, FailureReason, Party, ReciprocityKind
from shared.testing.sentences import Given, given
from tests.marketplace.scenes import AT, DRAFTED, GIVES_A, GIVES_B

LINKS: dict[str, Any] = {"match_id": "m1", "offer_id": "of1", "need_id": "n1"}
REPORT = ReportDelivery(agreement_id="ag1", number=1, at=AT)
CONFIRM = ConfirmDelivery(agreement_id="ag1", number=1, at=AT)
DISPUTE = DisputeDelivery(agreement_id="ag1", number=1, at=AT)
CLOSE = CloseAgreement(agreement_id="ag1", at=AT)
FAIL = ReportFailure(agreement_id="ag1", reason=FailureReason.NO_RESPONSE, at=AT)
CONTACT = RecordContact(agreement_id="ag1", at=AT)
REPORTED, DISPUTED = CommitmentDelivered(number=1), CommitmentDisputed(number=1)
FIRST = CommitmentConfirmed(
    number=1, giver_id="host", receiver_id="seeker", category=Category.KNOW_HOW, hours=Decimal(8)
)
SECOND = CommitmentConfirmed(number=2, giver_id="seeker", receiver_id="host", category=Category.GOODS)
FULFILLED = AgreementFulfilled(**LINKS)
PARTLY = AgreementPartlyFulfilled(n_confirmed=1, n_commitments=2, **LINKS)
FAILED = AgreementFailed(reason=FailureReason.NO_RESPONSE, **LINKS)
WITHOUT_SEAL = (
    replace(DRAFTED, **LINKS),
    AgreementSigned(by=Party.A),
    AgreementSigned(by=Party.B),
)
SEALED = AgreementSealed(
    party_a="host",
    party_b="seeker",
    commitments=(GIVES_A, GIVES_B),
    reciprocity=ReciprocityKind.MUTUAL,
    contact_by=datetime(2026, 3, 16, tzinfo=UTC).date(),
)


def after(*events: Any) -> Given:
    """A sealed agreement of a match, and what happened since."""
    return given(COMMITMENTS, *WITHOUT_SEAL, SEALED, *events)


@pytest.mark.parametrize(
    ("at", "in_time"),
    [
        (datetime(2026, 3, 16, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 16, 23, 0, tzinfo=UTC), False),
    ],
)
def test_contact_is_in_time_within_two_weeks(at: datetime, in_time: bool) -> None:
    after().when(replace(CONTACT, at=at)).then(AgreementContactMade(in_time=in_time))


def test_contact_is_made_once_and_of_a_sealed_agreement() -> None:
    after(AgreementContactMade(in_time=True)).when(CONTACT).then_nothing_happened()
    given(COMMITMENTS, *WITHOUT_SEAL).when(CONTACT).then_refused_by(rules.agreement_is_in_delivery)
    after(FAILED).when(CONTACT).then_refused_by(rules.agreement_is_in_delivery)


def test_the_giver_reports_once() -> None:
    after().when(REPORT).then(REPORTED)
    after(REPORTED).when(REPORT).then_nothing_happened()
    after(REPORTED, FIRST).when(REPORT).then_nothing_happened()
    after(REPORTED, DISPUTED).when(REPORT).then(REPORTED)
    given(COMMITMENTS, *WITHOUT_SEAL).when(REPORT).then_refused_by(rules.agreement_is_in_delivery)


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_commitment_has_a_number_that_exists(number: int) -> None:
    for command in (REPORT, CONFIRM, DISPUTE):
        after().when(replace(command, number=number)).then_refused_by(rules.commitment_exists)


def test_a_commitment_is_delivered_when_the_receiver_confirms() -> None:
    after().when(CONFIRM).then_refused_by(rules.giver_has_reported)
    after(REPORTED).when(CONFIRM).then(FIRST)
    after(REPORTED, FIRST).when(CONFIRM).then_nothing_happened()


def test_with_the_last_confirmation_the_agreement_is_fulfilled() -> None:
    both = (REPORTED, FIRST, CommitmentDelivered(number=2))
    second = replace(CONFIRM, number=2)
    after(*both).when(second).then(SECOND, FULFILLED)
    after(*both, SECOND, FULFILLED).when(second).then_nothing_happened()


def test_the_receiver_may_dispute_and_later_confirm() -> None:
    after().when(DISPUTE).then_refused_by(rules.giver_has_reported)
    after(REPORTED).when(DISPUTE).then(DISPUTED)
    after(REPORTED, DISPUTED).when(DISPUTE).then_nothing_happened()
    after(REPORTED, DISPUTED).when(CONFIRM).then(FIRST)


def test_what_is_confirmed_is_not_disputed_any_more() -> None:
    after(REPORTED, FIRST).when(DISPUTE).then_refused_by(rules.commitment_is_not_confirmed)


def test_what_is_partly_kept_is_closed_as_partly_fulfilled() -> None:
    after(REPORTED, FIRST).when(CLOSE).then(PARTLY)
    after(REPORTED, FIRST, PARTLY).when(CLOSE).then_nothing_happened()
    after(REPORTED).when(CLOSE).then_refused_by(rules.something_was_confirmed)
    given(COMMITMENTS, *WITHOUT_SEAL).when(CLOSE).then_refused_by(rules.agreement_is_in_delivery)


def test_a_failure_has_its_reason() -> None:
    after().when(FAIL).then(FAILED)
    after(FAILED).when(FAIL).then_nothing_happened()
    after(REPORTED, FIRST).when(FAIL).then_refused_by(rules.nothing_was_confirmed)
    given(COMMITMENTS, *WITHOUT_SEAL).when(FAIL).then_refused_by(rules.agreement_is_in_delivery)


def test_an_agreement_has_one_end() -> None:
    fulfilled = (REPORTED, FIRST, CommitmentDelivered(number=2), SECOND, FULFILLED)
    after(*fulfilled).when(FAIL).then_refused_by(rules.agreement_is_in_delivery)
    after(*fulfilled).when(CLOSE).then_refused_by(rules.agreement_is_in_delivery)
    after(FAILED).when(CLOSE).then_refused_by(rules.agreement_is_in_delivery)
    after(REPORTED, FIRST, PARTLY).when(FAIL).then_refused_by(rules.agreement_is_in_delivery)
    after(FAILED).when(REPORT).then_refused_by(rules.agreement_is_in_delivery)
