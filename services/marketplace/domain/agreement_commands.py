"""What can be done with an agreement? Its commands, in the order in which its life asks for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from shared.events.marketplace.agreement import Commitment
from shared.events.vocabulary import FailureReason, Party, ReciprocityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAgreement:
    """Write down, or write anew, what two parties want to do for each other."""

    agreement_id: str
    party_a: str
    party_b: str
    commitments: tuple[Commitment, ...]
    reciprocity: ReciprocityKind
    match_id: str | None = None
    offer_id: str | None = None
    need_id: str | None = None
    market_day_id: str | None = None
    initiated_by: str = "party"
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseDraft:
    """Write anew what the parties give; without a market day the agreement is one outside of it."""

    agreement_id: str
    commitments: tuple[Commitment, ...]
    reciprocity: ReciprocityKind
    market_day_id: str | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignAgreement:
    """Sign for one party."""

    agreement_id: str
    by: Party
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAgreement:
    """Confirm a signed agreement as notary; `notary` is who seals."""

    agreement_id: str
    notary: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseSeal:
    """Do not confirm a signed agreement, with the reason."""

    agreement_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact:
    """Note that party B got in touch with its partner."""

    agreement_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDelivery:
    """Report as giver that a commitment was carried out; `number` counts from 1."""

    agreement_id: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDelivery:
    """Confirm as receiver what the giver reported."""

    agreement_id: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeDelivery:
    """Say as receiver that a commitment was not carried out as promised."""

    agreement_id: str
    number: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAgreement:
    """Step back before the seal."""

    agreement_id: str
    by: Party
    at: datetime


AgreementCommand: TypeAlias = (
    DraftAgreement
    | ReviseDraft
    | SignAgreement
    | SealAgreement
    | RefuseSeal
    | RecordContact
    | ReportDelivery
    | ConfirmDelivery
    | DisputeDelivery
    | CloseAgreement
    | ReportFailure
    | WithdrawAgreement
)
