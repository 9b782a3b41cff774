"""The placement as evaluation knows it; without the search that it met."""

from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, day, fact
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementConverted,
    PlacementDeclined,
    PlacementEnded,
    PlacementNeverStarted,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.kernel.recorded import Happening

RetentionEvent: TypeAlias = (
    RetentionCheckFellDue
    | PlacementRetentionConfirmed
    | PlacementRetentionDenied
    | PlacementRetentionUnknown
    | PlacementRetentionCorrected
)
PlacementEvent: TypeAlias = (
    PlacementProposed
    | PlacementDeclined
    | PlacementContracted
    | PlacementStarted
    | PlacementNeverStarted
    | RetentionEvent
    | PlacementConverted
    | PlacementEnded
)


class PlacementRow(Row):
    """One placement; `retention_3`, `_6` and `_12` are the answers by milestone [months]."""

    employer_id: str | None = None
    form: str | None = None
    is_additional: int | None = None
    kldb: str | None = None
    n_term_months: int | None = None
    proposed_on: str | None = None
    declined_on: str | None = None
    contracted_on: str | None = None
    starts_on: str | None = None
    started_on: str | None = None
    never_started_on: str | None = None
    retention_3: str | None = None
    retention_6: str | None = None
    retention_12: str | None = None
    converted_on: str | None = None
    ended_on: str | None = None
    end_reason: str | None = None
    is_early_end: int | None = None


def evolve(row: PlacementRow, event: Happening[PlacementEvent]) -> None:
    """A placement is proposed, contracted, started, looked at after some months, converted or ended."""
    data = event.data
    match data:
        case PlacementProposed():
            row.employer_id, row.form, row.kldb = data.employer_id, str(data.form), data.kldb
            row.is_additional, row.proposed_on = int(data.additional), day(event)
        case PlacementDeclined():
            row.declined_on = day(event)
        case PlacementContracted():
            row.starts_on, row.n_term_months = data.starts_on.isoformat(), data.term_months
            row.contracted_on = data.contracted_on.isoformat()
        case PlacementStarted():
            row.started_on = data.started_on.isoformat()
        case PlacementNeverStarted():
            row.never_started_on = day(event)
        case (
            RetentionCheckFellDue()
            | PlacementRetentionConfirmed()
            | PlacementRetentionDenied()
            | PlacementRetentionUnknown()
            | PlacementRetentionCorrected()
        ):
            column = f"retention_{data.milestone}"
            setattr(row, column, retention(getattr(row, column), data))
        case PlacementConverted():
            row.converted_on = data.converted_on.isoformat()
        case PlacementEnded():
            row.ended_on, row.end_reason = data.ended_on.isoformat(), str(data.reason)
            row.is_early_end = int(data.early)
        case _:
            assert_never(data)


def retention(before: str | None, data: RetentionEvent) -> str:
    """The answer at a milestone: a check that falls due removes no earlier answer."""
    match data:
        case RetentionCheckFellDue():
            return before or "due"
        case PlacementRetentionConfirmed():
            return "confirmed" if data.same_employer else "confirmed_elsewhere"
        case PlacementRetentionDenied():
            return "denied"
        case PlacementRetentionUnknown():
            return "unknown"
        case PlacementRetentionCorrected():
            return str(data.answer)
        case _:
            assert_never(data)


PLACEMENT = fact(PlacementRow, name="placement", version=2, on=PlacementEvent, evolve=evolve)
