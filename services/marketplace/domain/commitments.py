"""The commitments of a sealed agreement: contact made, delivery reported and confirmed; fulfilled, partly, or failed.

The agreement's stream guards that a commitment counts once, and only when the receiver says so; what comes before the
seal is decided in `agreement.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from services.marketplace.domain.agreement import AGREEMENT, Agreement, AgreementStatus, CommitmentStatus
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementEvent,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    CommitmentConfirmed,
    CommitmentDelivered,
    CommitmentDisputed,
)
from shared.events.vocabulary import FailureReason, Party
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.quantity import AtLeastOne
from shared.kernel.refusal import require


# --- commands -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact:
    """Note that party B got in touch with its partner."""

    agreement_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDelivery:
    """Report as giver that a commitment was carried out; `number` counts from 1."""

    agreement_id: str
    number: AtLeastOne
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDelivery:
    """Confirm as receiver what the giver reported."""

    agreement_id: str
    number: AtLeastOne
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeDelivery:
    """Say as receiver that a commitment was not carried out as promised."""

    agreement_id: str
    number: AtLeastOne
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAgreement:
    """Close an agreement of which only some commitments were kept."""

    agreement_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFailure:
    """Say that nothing came of the agreement, and why."""

    agreement_id: str
    reason: FailureReason
    at: datetime


CommitmentsCommand: TypeAlias = (
    RecordContact | ReportDelivery | ConfirmDelivery | DisputeDelivery | CloseAgreement | ReportFailure
)


# --- rules: each reads as one sentence ----------------------------------------------------------
def agreement_is_in_delivery(agreement: Agreement, _: CommitmentsCommand) -> bool:
    """Choose an agreement that is sealed and not closed."""
    return agreement.status == AgreementStatus.SEALED


def commitment_exists(
    agreement: Agreement, command: ReportDelivery | ConfirmDelivery | DisputeDelivery
) -> bool:
    """Name a commitment of the agreement by its number; numbers count from 1."""
    return 1 <= command.number <= len(agreement.commitments)


def giver_has_reported(agreement: Agreement, command: ConfirmDelivery | DisputeDelivery) -> bool:
    """Wait until the giver has reported; a commitment is delivered when the receiver confirms that report.

    Rule: M08
    """
    return agreement.status_of(command.number) != CommitmentStatus.PROMISED


def commitment_is_not_confirmed(agreement: Agreement, command: DisputeDelivery) -> bool:
    """Dispute a commitment before you confirm it; a confirmed commitment stays confirmed."""
    return agreement.status_of(command.number) != CommitmentStatus.CONFIRMED


def failure_is_not_recorded_yet(agreement: Agreement, _: ReportFailure) -> bool:
    """Leave the failure as it is; it is recorded with another reason."""
    return agreement.failed_for is None


def something_was_confirmed(agreement: Agreement, _: CloseAgreement) -> bool:
    """Report a failure instead; only an agreement with a confirmed commitment is partly fulfilled."""
    return agreement.n_confirmed > 0


def nothing_was_confirmed(agreement: Agreement, _: ReportFailure) -> bool:
    """Close the agreement instead; with a confirmed commitment it is partly fulfilled, not failed.

    Rule: M10
    """
    return agreement.n_confirmed == 0


# --- decide: one function per command -----------------------------------------------------------
def record_contact(agreement: Agreement, command: RecordContact) -> list[AgreementEvent]:
    """Party B got in touch, in time or late (rule M07)."""
    if agreement.contacted:
        return []
    require(agreement, command, agreement_is_in_delivery)
    in_time = agreement.contact_by is not None and today_in_the_city(command.at) <= agreement.contact_by
    return [AgreementContactMade(in_time=in_time)]


def report_delivery(agreement: Agreement, command: ReportDelivery) -> list[AgreementEvent]:
    """The giver reports; a report stays a report until the receiver confirms."""
    require(agreement, command, commitment_exists)
    if agreement.status_of(command.number) in {CommitmentStatus.REPORTED, CommitmentStatus.CONFIRMED}:
        return []
    require(agreement, command, agreement_is_in_delivery)
    return [CommitmentDelivered(number=command.number)]


def confirm_delivery(agreement: Agreement, command: ConfirmDelivery) -> list[AgreementEvent]:
    """The receiver confirms; with the last confirmation the agreement is fulfilled."""
    require(agreement, command, commitment_exists)
    if agreement.status_of(command.number) == CommitmentStatus.CONFIRMED or agreement.draft is None:
        return []
    require(agreement, command, agreement_is_in_delivery, giver_has_reported)
    commitment = agreement.commitments[command.number - 1]
    parties = {Party.A: agreement.party_a, Party.B: agreement.party_b}
    giver, receiver = (Party.A, Party.B) if commitment.giver == Party.A else (Party.B, Party.A)
    confirmed = CommitmentConfirmed(
        number=command.number,
        giver_id=parties[giver],
        receiver_id=parties[receiver],
        category=commitment.category,
        hours=commitment.hours,
    )
    if agreement.n_confirmed + 1 < len(agreement.commitments):
        return [confirmed]
    draft = agreement.draft
    return [
        confirmed,
        AgreementFulfilled(match_id=draft.match_id, offer_id=draft.offer_id, need_id=draft.need_id),
    ]


def dispute_delivery(agreement: Agreement, command: DisputeDelivery) -> list[AgreementEvent]:
    """The receiver does not agree; the giver may report again."""
    require(agreement, command, commitment_exists)
    if agreement.status_of(command.number) == CommitmentStatus.DISPUTED:
        return []
    require(agreement, command, agreement_is_in_delivery, giver_has_reported, commitment_is_not_confirmed)
    return [CommitmentDisputed(number=command.number)]


def close(agreement: Agreement, command: CloseAgreement) -> list[AgreementEvent]:
    """Confirmed commitments stay confirmed; the others are given up."""
    if agreement.status == AgreementStatus.PARTLY_FULFILLED:
        return []
    require(agreement, command, agreement_is_in_delivery, something_was_confirmed)
    if agreement.draft is None:
        return []
    return [
        AgreementPartlyFulfilled(
            n_confirmed=agreement.n_confirmed,
            n_commitments=len(agreement.commitments),
            match_id=agreement.draft.match_id,
            offer_id=agreement.draft.offer_id,
            need_id=agreement.draft.need_id,
        )
    ]


def report_failure(agreement: Agreement, command: ReportFailure) -> list[AgreementEvent]:
    """Nothing came of it, with the reason that the evaluator asks for."""
    if agreement.failed_for == command.reason:
        return []
    require(agreement, command, failure_is_not_recorded_yet, agreement_is_in_delivery, nothing_was_confirmed)
    draft = agreement.draft
    if draft is None:
        return []
    return [
        AgreementFailed(
            reason=command.reason, match_id=draft.match_id, offer_id=draft.offer_id, need_id=draft.need_id
        )
    ]


def decide(agreement: Agreement, command: CommitmentsCommand) -> Sequence[AgreementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case RecordContact():
            return record_contact(agreement, command)
        case ReportDelivery():
            return report_delivery(agreement, command)
        case ConfirmDelivery():
            return confirm_delivery(agreement, command)
        case DisputeDelivery():
            return dispute_delivery(agreement, command)
        case CloseAgreement():
            return close(agreement, command)
        case ReportFailure():
            return report_failure(agreement, command)
        case _:
            assert_never(command)


COMMITMENTS = Decider(name=AGREEMENT.name, initial=AGREEMENT.initial, decide=decide, evolve=AGREEMENT.evolve)
