"""When does a retention check fall due? So many months after the start."""

from datetime import UTC, datetime, time
from types import EllipsisType
from typing import TypeAlias

from services.employment.domain.retention import MarkRetentionDue
from shared.events.employment.placement import MILESTONES, PlacementStarted, RetentionCheckFellDue
from shared.kernel.calendar_months import months_after
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer

SetsOrClears: TypeAlias = PlacementStarted | RetentionCheckFellDue


def retention_timer(milestone: int) -> Timer[SetsOrClears]:
    """Rings so many months after the start, unless the check has fallen due by then; `milestone` [months]."""

    def due(event: Recorded[SetsOrClears]) -> datetime | EllipsisType | None:
        match event.data:
            case PlacementStarted(started_on=started_on):
                return datetime.combine(months_after(started_on, milestone), time(), UTC)
            case RetentionCheckFellDue(milestone=due_milestone):
                return None if due_milestone == milestone else ...

    def command(placement_id: str, due_at: datetime) -> MarkRetentionDue:
        return MarkRetentionDue(placement_id=placement_id, milestone=milestone, at=due_at)

    return Timer(
        kind=f"retention_{milestone}",
        on=(PlacementStarted, RetentionCheckFellDue),
        due=due,
        command=command,
    )


RETENTION_TIMERS = tuple(retention_timer(milestone) for milestone in MILESTONES)
