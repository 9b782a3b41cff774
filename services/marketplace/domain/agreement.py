"""The agreement: drafted, signed by both, sealed by a notary, delivered and confirmed; fulfilled or failed.

One stream per agreement guards that what was promised is counted once, and only when the receiver says so. Its way to
the seal is in `sealing.py`, what follows in `delivery.py`, what the rules read in `agreement_state.py`.
"""

from collections.abc import Sequence
from typing import assert_never

from services.marketplace.domain import delivery, sealing
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
    ReviseDraft,
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
)
from services.marketplace.domain.agreement_state import Agreement, evolve
from shared.events.marketplace.agreement import AgreementEvent
from shared.kernel.decider import Decider


def decide(agreement: Agreement, command: AgreementCommand) -> Sequence[AgreementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case DraftAgreement():
            return sealing.draft(agreement, command)
        case ReviseDraft():
            return sealing.revise(agreement, command)
        case SignAgreement():
            return sealing.sign(agreement, command)
        case SealAgreement():
            return sealing.seal(agreement, command)
        case RefuseSeal():
            return sealing.refuse_seal(agreement, command)
        case RecordContact():
            return delivery.record_contact(agreement, command)
        case ReportDelivery():
            return delivery.report_delivery(agreement, command)
        case ConfirmDelivery():
            return delivery.confirm_delivery(agreement, command)
        case DisputeDelivery():
            return delivery.dispute_delivery(agreement, command)
        case CloseAgreement():
            return delivery.close(agreement, command)
        case ReportFailure():
            return delivery.report_failure(agreement, command)
        case WithdrawAgreement():
            return sealing.withdraw(agreement, command)
        case _:
            assert_never(command)


AGREEMENT = Decider(name="agreement", initial=Agreement(), decide=decide, evolve=evolve)
