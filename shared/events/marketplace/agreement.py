"""What happens to an agreement of give and take, from draft to fulfilment? Stream agreement-<id>."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from shared.events.registry import Audience, event
from shared.events.vocabulary import Category, FailureReason, Party, ReciprocityKind
from shared.kernel.quantity import AtLeastOne, Hours, Pieces
from shared.kernel.text import Id, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One performance promised by a party; counted in hours [h] or pieces, never in money (rule M01)."""

    giver: Party
    category: Category
    description: Statement
    hours: Hours | None = None
    pieces: Pieces | None = None
    due_on: date | None = None


@event("marketplace", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDrafted:
    """The draft says what two parties want to do for each other; `initiated_by` is party, broker or lab."""

    party_a: Id
    party_b: Id
    commitments: tuple[Commitment, ...]
    reciprocity: ReciprocityKind
    match_id: str | None = None
    offer_id: str | None = None
    need_id: str | None = None
    market_day_id: str | None = None
    initiated_by: str = "party"


@event("marketplace", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSigned:
    """One party signed."""

    by: Party


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSealed:
    """A notary has confirmed the written, signed agreement; from then on it counts (rule M04)."""

    party_a: Id
    party_b: Id
    commitments: tuple[Commitment, ...]
    reciprocity: ReciprocityKind
    contact_by: date
    market_day_id: str | None = None
    initiated_by: str = "party"


@event("marketplace", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSealRefused:
    """The notary did not confirm the agreement, with the reason."""

    reason: Statement


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementContactMade:
    """Party B got in touch with its partner (rule M07: within 14 days)."""

    in_time: bool


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentDelivered:
    """The giver reports that a commitment was carried out; `number` counts from 1 in the agreement."""

    number: AtLeastOne


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentConfirmed:
    """The receiver confirms what the giver reported (rule M08); `giver_id` is the organisation that gave."""

    number: AtLeastOne
    giver_id: str
    receiver_id: str
    category: Category
    hours: Hours | None = None


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentDisputed:
    """The receiver does not agree that the commitment was carried out."""

    number: AtLeastOne


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFulfilled:
    """Every commitment is confirmed."""

    match_id: str | None = None
    offer_id: str | None = None
    need_id: str | None = None


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPartlyFulfilled:
    """The agreement is closed; only some of its commitments are confirmed."""

    n_confirmed: int
    n_commitments: int
    match_id: str | None = None
    offer_id: str | None = None
    need_id: str | None = None


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFailed:
    """The agreement failed, with the reason (rule M10)."""

    reason: FailureReason
    match_id: str | None = None
    offer_id: str | None = None
    need_id: str | None = None


@event("marketplace", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementWithdrawn:
    """A party stepped back before sealing (rule M02)."""

    by: Party
    match_id: str | None = None
    offer_id: str | None = None
    need_id: str | None = None


AgreementEvent: TypeAlias = (
    AgreementDrafted
    | AgreementSigned
    | AgreementSealed
    | AgreementSealRefused
    | AgreementContactMade
    | CommitmentDelivered
    | CommitmentConfirmed
    | CommitmentDisputed
    | AgreementFulfilled
    | AgreementPartlyFulfilled
    | AgreementFailed
    | AgreementWithdrawn
)
