"""What was agreed, and how far is each commitment?"""

from typing import Any

from services.marketplace.views.plain import plain
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementDrafted,
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
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening

CLOSED = {
    AgreementFulfilled: "fulfilled",
    AgreementPartlyFulfilled: "partly_fulfilled",
    AgreementFailed: "failed",
    AgreementWithdrawn: "withdrawn",
}
DELIVERY = {CommitmentDelivered: "reported", CommitmentConfirmed: "confirmed", CommitmentDisputed: "disputed"}


def evolve(document: Document | None, event: Happening[Any]) -> Document | None:
    """One agreement."""
    agreement = document or {}
    data = event.data
    match data:
        case AgreementDrafted():
            drafted: Document = plain(data)
            commitments = [one | {"status": "promised"} for one in drafted["commitments"]]
            return drafted | {"status": "drafted", "commitments": commitments, "signed_by": []}
        case AgreementSigned():
            return agreement | {"signed_by": sorted({*agreement["signed_by"], data.by})}
        case AgreementSealed():
            sealed = {"sealed_at": event.time.isoformat(), "contact_by": data.contact_by.isoformat()}
            return agreement | sealed | {"status": "sealed", "contact": "awaited"}
        case AgreementSealRefused():
            return agreement | {"status": "drafted", "signed_by": [], "seal_refused": data.reason}
        case AgreementContactMade():
            return agreement | {"contact": "in_time" if data.in_time else "late"}
        case CommitmentDelivered() | CommitmentConfirmed() | CommitmentDisputed():
            commitments = list(agreement["commitments"])
            commitments[data.number - 1] = commitments[data.number - 1] | {"status": DELIVERY[type(data)]}
            return agreement | {"commitments": commitments}
        case _:
            reason = {"failure_reason": data.reason} if isinstance(data, AgreementFailed) else {}
            return agreement | {"status": CLOSED[type(data)], "closed_at": event.time.isoformat()} | reason


AGREEMENTS = ReadModel(
    name="agreements",
    version=2,
    on=(
        AgreementDrafted,
        AgreementSigned,
        AgreementSealed,
        AgreementSealRefused,
        AgreementContactMade,
        *DELIVERY,
        *CLOSED,
    ),
    evolve=evolve,
    columns={
        "party_a": lambda agreement: agreement.get("party_a"),
        "party_b": lambda agreement: agreement.get("party_b"),
        "status": lambda agreement: agreement.get("status"),
        "contact": lambda agreement: agreement.get("contact"),
        "match_id": lambda agreement: agreement.get("match_id"),
        "market_day_id": lambda agreement: agreement.get("market_day_id"),
    },
)
