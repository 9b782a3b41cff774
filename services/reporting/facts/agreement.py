"""Agreements and their commitments as evaluation knows them."""

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, day, fact, minutes
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    CommitmentConfirmed,
)
from shared.kernel.recorded import Happening

AgreementEvent: TypeAlias = (
    AgreementSealed | AgreementContactMade | AgreementFulfilled | AgreementPartlyFulfilled | AgreementFailed
)


class AgreementRow(Row):
    """One sealed agreement."""

    party_a: str | None = None
    party_b: str | None = None
    market_day_id: str | None = None
    reciprocity: str | None = None
    n_commitments: int | None = None
    sealed_on: str | None = None
    is_contact_in_time: int | None = None
    outcome: str | None = None
    closed_on: str | None = None
    failure_reason: str | None = None


def evolve(row: AgreementRow, event: Happening[AgreementEvent]) -> None:
    """An agreement is open from its seal until it is fulfilled or fails."""
    data = event.data
    match data:
        case AgreementSealed():
            row.party_a, row.party_b, row.market_day_id = data.party_a, data.party_b, data.market_day_id
            row.reciprocity, row.n_commitments = str(data.reciprocity), len(data.commitments)
            row.sealed_on, row.outcome = day(event), "open"
        case AgreementContactMade():
            row.is_contact_in_time = int(data.in_time)
        case AgreementFulfilled():
            row.outcome, row.closed_on = "fulfilled", day(event)
        case AgreementPartlyFulfilled():
            row.outcome, row.closed_on = "partly_fulfilled", day(event)
        case AgreementFailed():
            row.outcome, row.closed_on, row.failure_reason = "failed", day(event), str(data.reason)
        case _:
            assert_never(data)


class CommitmentRow(Row):
    """One confirmed commitment."""

    agreement_id: str | None = None
    giver_id: str | None = None
    receiver_id: str | None = None
    category: str | None = None
    n_minutes: int | None = None
    confirmed_on: str | None = None


def evolve_commitment(row: CommitmentRow, event: Happening[CommitmentConfirmed]) -> None:
    """A commitment counts once it is confirmed."""
    data = event.data
    row.agreement_id, row.giver_id, row.receiver_id = event.noun_id, data.giver_id, data.receiver_id
    row.category, row.n_minutes, row.confirmed_on = str(data.category), minutes(data.hours), day(event)


def commitment_key(event: Happening[CommitmentConfirmed]) -> Iterable[str]:
    """The agreement and the commitment's number."""
    return (f"{event.noun_id}:{event.data.number}",)


AGREEMENT = fact(AgreementRow, name="agreement", version=2, on=AgreementEvent, evolve=evolve)
COMMITMENT = fact(
    CommitmentRow,
    name="commitment",
    version=2,
    on=CommitmentConfirmed,
    evolve=evolve_commitment,
    keys=commitment_key,
)
