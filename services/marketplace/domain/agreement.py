"""The agreement: drafted, signed by both, sealed by a notary, delivered and confirmed; fulfilled or failed.

One stream per agreement guards that what was promised is counted once, and only when the receiver says so.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from services.marketplace.domain.agreement_commands import (
    AgreementCommand,
    CloseAgreement,
    ConfirmDelivery,
    DisputeDelivery,
    DraftAgreement,
    RecordContact,
    RefuseSeal,
    ReportDelivery,
    ReportFailure,
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
)
from services.marketplace.domain.agreement_state import Agreement, AgreementStatus, CommitmentStatus, evolve
from services.marketplace.domain.money import promises_money
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementDrafted,
    AgreementEvent,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    AgreementSealRefused,
    AgreementSigned,
    AgreementWithdrawn,
    CommitmentConfirmed,
    CommitmentDelivered,
    CommitmentDisputed,
)
from shared.events.vocabulary import Party, ReciprocityKind
from shared.kernel.decider import Decider
from shared.kernel.refusal import require

CONTACT_WITHIN = timedelta(days=14)  # M07: party B contacts its partner within two weeks (handbook R12)
BOTH = frozenset({Party.A, Party.B})


# --- rules: each reads as one sentence --------------------------------------------------------
def nobody_has_signed(agreement: Agreement, _: DraftAgreement) -> bool:
    """A draft is changed only until somebody has signed it."""
    return agreement.status in {AgreementStatus.UNKNOWN, AgreementStatus.DRAFTED} and not agreement.signed_by


def parties_are_two(_: Agreement, command: DraftAgreement) -> bool:
    """An agreement has two different parties, of whichever sectors.

    Rule: M09
    """
    return command.party_a != command.party_b


def somebody_gives_something(_: Agreement, command: DraftAgreement) -> bool:
    """An agreement names at least one commitment, each with words; hours and pieces are above zero."""
    return bool(command.commitments) and all(
        one.description.strip()
        and (one.hours is None or one.hours > 0)
        and (one.pieces is None or one.pieces > 0)
        for one in command.commitments
    )


def commitments_promise_no_money(_: Agreement, command: DraftAgreement) -> bool:
    """Money is taboo: no commitment promises a sum of money.

    Rule: M01
    """
    return not any(promises_money(one.description) for one in command.commitments)


def one_sided_is_said(_: Agreement, command: DraftAgreement) -> bool:
    """A mutual agreement has commitments of both sides; one that has not says so.

    Rule: M03
    """
    givers = {one.giver for one in command.commitments}
    return command.reciprocity != ReciprocityKind.MUTUAL or givers == BOTH


def agreement_is_not_sealed_yet(agreement: Agreement, _: AgreementCommand) -> bool:
    """Before the seal, either side may step back without a reason.

    Rule: M02
    """
    return agreement.status in {AgreementStatus.DRAFTED, AgreementStatus.SIGNED}


def both_parties_signed(agreement: Agreement, _: AgreementCommand) -> bool:
    """An agreement counts only when it is written and signed by both.

    Rule: M04
    """
    return agreement.status == AgreementStatus.SIGNED


def notary_represents_no_party(agreement: Agreement, command: SealAgreement) -> bool:
    """Who seals an agreement does not represent one of its parties.

    Rule: M05
    """
    return command.notary not in {agreement.party_a, agreement.party_b}


def refusal_has_a_reason(_: Agreement, command: RefuseSeal) -> bool:
    """A notary who refuses the seal says why."""
    return bool(command.reason.strip())


def agreement_is_in_delivery(agreement: Agreement, _: AgreementCommand) -> bool:
    """The agreement is sealed and not closed."""
    return agreement.status == AgreementStatus.SEALED


def commitment_exists(
    agreement: Agreement, command: ReportDelivery | ConfirmDelivery | DisputeDelivery
) -> bool:
    """The agreement has a commitment with this number; they count from 1."""
    return 1 <= command.number <= len(agreement.commitments)


def giver_has_reported(agreement: Agreement, command: ConfirmDelivery | DisputeDelivery) -> bool:
    """A commitment is delivered when the giver reports and the receiver confirms.

    Rule: M08
    """
    return agreement.status_of(command.number) != CommitmentStatus.PROMISED


def something_was_confirmed(agreement: Agreement, _: CloseAgreement) -> bool:
    """An agreement is partly fulfilled when at least one commitment is confirmed; otherwise it has failed."""
    return agreement.n_confirmed > 0


def nothing_was_confirmed(agreement: Agreement, _: ReportFailure) -> bool:
    """An agreement of which something is confirmed is closed as partly fulfilled, not as failed.

    Rule: M10
    """
    return agreement.n_confirmed == 0


# --- decide: one function per command ---------------------------------------------------------
def draft(agreement: Agreement, command: DraftAgreement) -> list[AgreementEvent]:
    """What the parties want to do for each other is written down, and written anew until one has signed."""
    drafted = AgreementDrafted(
        party_a=command.party_a,
        party_b=command.party_b,
        commitments=command.commitments,
        reciprocity=command.reciprocity,
        match_id=command.match_id,
        offer_id=command.offer_id,
        need_id=command.need_id,
        market_day_id=command.market_day_id,
        initiated_by=command.initiated_by,
    )
    if agreement.draft == drafted:
        return []
    require(
        agreement,
        command,
        nobody_has_signed,
        parties_are_two,
        somebody_gives_something,
        commitments_promise_no_money,
        one_sided_is_said,
    )
    return [drafted]


def sign(agreement: Agreement, command: SignAgreement) -> list[AgreementEvent]:
    """A party signs once."""
    if command.by in agreement.signed_by:
        return []
    require(agreement, command, agreement_is_not_sealed_yet)
    return [AgreementSigned(by=command.by)]


def seal(agreement: Agreement, command: SealAgreement) -> list[AgreementEvent]:
    """The notary confirms; from here on the agreement counts."""
    draft = agreement.draft
    if agreement.is_sealed or draft is None:
        return []
    require(agreement, command, both_parties_signed, notary_represents_no_party)
    return [
        AgreementSealed(
            party_a=draft.party_a,
            party_b=draft.party_b,
            commitments=draft.commitments,
            reciprocity=draft.reciprocity,
            contact_by=(command.at + CONTACT_WITHIN).date(),
            market_day_id=draft.market_day_id,
            initiated_by=draft.initiated_by,
        )
    ]


def refuse_seal(agreement: Agreement, command: RefuseSeal) -> list[AgreementEvent]:
    """The parties may draft anew."""
    require(agreement, command, both_parties_signed, refusal_has_a_reason)
    return [AgreementSealRefused(reason=command.reason)]


def record_contact(agreement: Agreement, command: RecordContact) -> list[AgreementEvent]:
    """Party B got in touch; late is late, but better than never (rule M07)."""
    if agreement.contacted:
        return []
    require(agreement, command, agreement_is_in_delivery)
    in_time = agreement.contact_by is not None and command.at.date() <= agreement.contact_by
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
    require(agreement, command, agreement_is_in_delivery, giver_has_reported)
    return [CommitmentDisputed(number=command.number)]


def close(agreement: Agreement, command: CloseAgreement) -> list[AgreementEvent]:
    """What is confirmed stays, what is open will not come."""
    if agreement.status == AgreementStatus.CLOSED or agreement.draft is None:
        return []
    require(agreement, command, agreement_is_in_delivery, something_was_confirmed)
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
    if agreement.status == AgreementStatus.CLOSED or agreement.draft is None:
        return []
    require(agreement, command, agreement_is_in_delivery, nothing_was_confirmed)
    draft = agreement.draft
    return [
        AgreementFailed(
            reason=command.reason, match_id=draft.match_id, offer_id=draft.offer_id, need_id=draft.need_id
        )
    ]


def withdraw(agreement: Agreement, command: WithdrawAgreement) -> list[AgreementEvent]:
    """A party steps back before the seal."""
    if agreement.status == AgreementStatus.WITHDRAWN or agreement.draft is None:
        return []
    require(agreement, command, agreement_is_not_sealed_yet)
    draft = agreement.draft
    return [
        AgreementWithdrawn(
            by=command.by, match_id=draft.match_id, offer_id=draft.offer_id, need_id=draft.need_id
        )
    ]


def decide(agreement: Agreement, command: AgreementCommand) -> Sequence[AgreementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case DraftAgreement():
            return draft(agreement, command)
        case SignAgreement():
            return sign(agreement, command)
        case SealAgreement():
            return seal(agreement, command)
        case RefuseSeal():
            return refuse_seal(agreement, command)
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
        case WithdrawAgreement():
            return withdraw(agreement, command)
        case _:
            assert_never(command)


AGREEMENT = Decider(name="agreement", initial=Agreement(), decide=decide, evolve=evolve)
