"""Agreements and their commitments as evaluation knows them."""

from collections.abc import Iterable
from typing import Any

from services.reporting.facts.fact import Fact, Row, day, minutes
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    CommitmentConfirmed,
)
from shared.kernel.recorded import Happening


def evolve_agreement(row: Row, event: Happening[Any]) -> Row:
    """One sealed agreement."""
    data = event.data
    match data:
        case AgreementSealed():
            parties = {"party_a": data.party_a, "party_b": data.party_b, "market_day_id": data.market_day_id}
            form = {"reciprocity": str(data.reciprocity), "n_commitments": len(data.commitments)}
            return row | parties | form | {"sealed_on": day(event), "outcome": "open"}
        case AgreementContactMade():
            return row | {"is_contact_in_time": int(data.in_time)}
        case AgreementFulfilled():
            return row | {"outcome": "fulfilled", "closed_on": day(event)}
        case AgreementPartlyFulfilled():
            return row | {"outcome": "partly_fulfilled", "closed_on": day(event)}
        case _:
            return row | {"outcome": "failed", "closed_on": day(event), "failure_reason": str(data.reason)}


def evolve_commitment(row: Row, event: Happening[Any]) -> Row:
    """One confirmed commitment."""
    data = event.data
    return row | {
        "agreement_id": event.noun_id,
        "giver_id": data.giver_id,
        "receiver_id": data.receiver_id,
        "category": str(data.category),
        "n_minutes": minutes(data.hours),
        "confirmed_on": day(event),
    }


def commitment_key(event: Happening[Any]) -> Iterable[str]:
    """The agreement and the commitment's number."""
    return (f"{event.noun_id}:{event.data.number}",)


AGREEMENT = Fact(
    name="agreement",
    version=2,
    source="marketplace",
    columns={
        "party_a": str,
        "party_b": str,
        "market_day_id": str,
        "reciprocity": str,
        "n_commitments": int,
        "sealed_on": str,
        "is_contact_in_time": int,
        "outcome": str,
        "closed_on": str,
        "failure_reason": str,
    },
    on=(AgreementSealed, AgreementContactMade, AgreementFulfilled, AgreementPartlyFulfilled, AgreementFailed),
    evolve=evolve_agreement,
)

COMMITMENT = Fact(
    name="commitment",
    version=2,
    source="marketplace",
    columns={
        "agreement_id": str,
        "giver_id": str,
        "receiver_id": str,
        "category": str,
        "n_minutes": int,
        "confirmed_on": str,
    },
    on=(CommitmentConfirmed,),
    evolve=evolve_commitment,
    keys=commitment_key,
)
