"""The placement as evaluation knows it; without the search that it met."""

from typing import Any

from services.reporting.facts.fact import Fact, Row, day
from shared.events.employment.placement import (
    MILESTONES,
    PlacementContracted,
    PlacementConverted,
    PlacementDeclined,
    PlacementEnded,
    PlacementNeverStarted,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.kernel.recorded import Happening


def evolve(row: Row, event: Happening[Any]) -> Row:
    """One placement."""
    data = event.data
    match data:
        case PlacementProposed():
            told = {
                "employer_id": data.employer_id,
                "form": str(data.form),
                "is_additional": int(data.additional),
            }
            return row | told | {"proposed_on": day(event), "kldb": data.kldb}
        case PlacementDeclined():
            return row | {"declined_on": day(event)}
        case PlacementContracted():
            terms = {"starts_on": data.starts_on.isoformat(), "n_term_months": data.term_months}
            return row | terms | {"contracted_on": data.contracted_on.isoformat()}
        case PlacementStarted():
            return row | {"started_on": data.started_on.isoformat()}
        case PlacementNeverStarted():
            return row | {"never_started_on": day(event)}
        case RetentionCheckFellDue():
            return row | {f"retention_{data.milestone}": row[f"retention_{data.milestone}"] or "due"}
        case PlacementRetentionConfirmed():
            same = "confirmed" if data.same_employer else "confirmed_elsewhere"
            return row | {f"retention_{data.milestone}": same}
        case PlacementRetentionDenied():
            return row | {f"retention_{data.milestone}": "denied"}
        case PlacementRetentionUnknown():
            return row | {f"retention_{data.milestone}": "unknown"}
        case PlacementConverted():
            return row | {"converted_on": data.converted_on.isoformat()}
        case PlacementEnded():
            end = {"ended_on": data.ended_on.isoformat(), "end_reason": str(data.reason)}
            return row | end | {"is_early_end": int(data.early)}
        case _:
            return row


PLACEMENT = Fact(
    name="placement",
    version=2,
    source="employment",
    columns={
        "employer_id": str,
        "form": str,
        "is_additional": int,
        "kldb": str,
        "n_term_months": int,
        "proposed_on": str,
        "declined_on": str,
        "contracted_on": str,
        "starts_on": str,
        "started_on": str,
        "never_started_on": str,
        **{f"retention_{milestone}": str for milestone in MILESTONES},
        "converted_on": str,
        "ended_on": str,
        "end_reason": str,
        "is_early_end": int,
    },
    on=(
        PlacementProposed,
        PlacementDeclined,
        PlacementContracted,
        PlacementStarted,
        PlacementNeverStarted,
        RetentionCheckFellDue,
        PlacementRetentionConfirmed,
        PlacementRetentionDenied,
        PlacementRetentionUnknown,
        PlacementConverted,
        PlacementEnded,
    ),
    evolve=evolve,
)
