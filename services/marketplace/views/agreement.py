"""What was agreed, and how far is each commitment?"""

from enum import StrEnum
from typing import NotRequired, TypedDict, assert_never

from services.marketplace.domain.agreement import AgreementStatus, CommitmentStatus
from services.marketplace.views.plain import plain
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
from shared.events.vocabulary import Category, FailureReason, Party, ReciprocityKind
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Query, Role


class ContactStatus(StrEnum):
    """Whether party B got in touch after the seal (rule M07)."""

    AWAITED = "awaited"
    IN_TIME = "in_time"
    LATE = "late"


class CommitmentDocument(TypedDict):
    """One commitment; hours [h] and days are text."""

    giver: Party
    category: Category
    description: str
    hours: str | None
    pieces: int | None
    due_on: str | None
    status: CommitmentStatus


class AgreementDocument(TypedDict):
    """An agreement with its commitments; `contact` is there once it is sealed."""

    party_a: str
    party_b: str
    commitments: list[CommitmentDocument]
    reciprocity: ReciprocityKind
    match_id: str | None
    offer_id: str | None
    need_id: str | None
    market_day_id: str | None
    initiated_by: str
    status: AgreementStatus
    signed_by: list[Party]
    id: NotRequired[str]
    sealed_at: NotRequired[str]
    contact_by: NotRequired[str]
    contact: NotRequired[ContactStatus]
    seal_refused: NotRequired[str]
    closed_at: NotRequired[str]
    failure_reason: NotRequired[FailureReason]


def evolve(agreement: AgreementDocument | None, event: Happening[AgreementEvent]) -> AgreementDocument | None:
    """One agreement; drafted again, it starts anew."""
    data = event.data
    if isinstance(data, AgreementDrafted):
        return _drafted(data)
    if agreement is None:
        return None
    match data:
        case AgreementSigned():
            return agreement | {"signed_by": sorted({*agreement["signed_by"], data.by})}
        case AgreementSealed():
            return agreement | {
                "sealed_at": event.time.isoformat(),
                "contact_by": data.contact_by.isoformat(),
                "status": AgreementStatus.SEALED,
                "contact": ContactStatus.AWAITED,
            }
        case AgreementSealRefused():
            return agreement | {
                "status": AgreementStatus.DRAFTED,
                "signed_by": [],
                "seal_refused": data.reason,
            }
        case AgreementContactMade():
            return agreement | {"contact": ContactStatus.IN_TIME if data.in_time else ContactStatus.LATE}
        case CommitmentDelivered() | CommitmentConfirmed() | CommitmentDisputed():
            return _with_commitment(agreement, data)
        case AgreementFulfilled() | AgreementPartlyFulfilled() | AgreementFailed() | AgreementWithdrawn():
            return _closed(agreement, data) | {"closed_at": event.time.isoformat()}
        case _:
            assert_never(data)


def _drafted(data: AgreementDrafted) -> AgreementDocument:
    drafted: AgreementDocument = plain(data)
    commitments: list[CommitmentDocument] = [
        commitment | {"status": CommitmentStatus.PROMISED} for commitment in drafted["commitments"]
    ]
    return drafted | {"status": AgreementStatus.DRAFTED, "commitments": commitments, "signed_by": []}


def _with_commitment(
    agreement: AgreementDocument, data: CommitmentDelivered | CommitmentConfirmed | CommitmentDisputed
) -> AgreementDocument:
    match data:
        case CommitmentDelivered():
            status = CommitmentStatus.REPORTED
        case CommitmentConfirmed():
            status = CommitmentStatus.CONFIRMED
        case CommitmentDisputed():
            status = CommitmentStatus.DISPUTED
        case _:
            assert_never(data)
    commitments = list(agreement["commitments"])
    commitments[data.number - 1] = commitments[data.number - 1] | {"status": status}
    return agreement | {"commitments": commitments}


def _closed(
    agreement: AgreementDocument,
    data: AgreementFulfilled | AgreementPartlyFulfilled | AgreementFailed | AgreementWithdrawn,
) -> AgreementDocument:
    match data:
        case AgreementFulfilled():
            return agreement | {"status": AgreementStatus.FULFILLED}
        case AgreementPartlyFulfilled():
            return agreement | {"status": AgreementStatus.PARTLY_FULFILLED}
        case AgreementFailed():
            return agreement | {"status": AgreementStatus.FAILED, "failure_reason": data.reason}
        case AgreementWithdrawn():
            return agreement | {"status": AgreementStatus.WITHDRAWN}
        case _:
            assert_never(data)


AGREEMENTS = ReadModel(
    name="agreements",
    version=2,
    on=events_of(AgreementEvent),
    evolve=evolve,
    columns={
        "party_a": lambda agreement: agreement["party_a"],
        "party_b": lambda agreement: agreement["party_b"],
        "status": lambda agreement: agreement["status"],
        "contact": lambda agreement: agreement.get("contact"),
        "match_id": lambda agreement: agreement["match_id"],
        "market_day_id": lambda agreement: agreement["market_day_id"],
    },
)
AGREEMENT_QUERY = Query(
    nouns="agreements",
    view=AGREEMENTS,
    roles=frozenset({Role.COORDINATOR, Role.BROKER, Role.NOTARY, Role.ORGANISATION}),
    filters=("status", "match_id", "market_day_id", "contact"),
    words={"status": AgreementStatus, "contact": ContactStatus},
    own=("party_a", "party_b"),
)
