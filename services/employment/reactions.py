"""What does the service do on its own when a match is confirmed, and when months have passed since a start?"""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from services.employment.domain.calendar_months import months_after
from services.employment.domain.placement import ProposePlacementOfMatch
from services.employment.domain.retention import MILESTONES, MarkRetentionDue
from shared.events.employment.placement import (
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.events.marketplace.offer import MatchConfirmed
from shared.events.vocabulary import OfferKind
from shared.kernel.identity import derived_id
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer


def placement_id_of(match_id: str) -> str:
    """The id of the placement that this match leads to: the same whenever it is asked."""
    return derived_id("placement", match_id)


def propose_placement(event: Recorded[Any], _: Ask) -> Iterable[ProposePlacementOfMatch]:
    """A confirmed match of a work offer becomes a placement; the person stays with the search that they posted."""
    match: MatchConfirmed = event.data
    work = match.terms.work
    if match.terms.kind != OfferKind.WORK or work is None:
        return
    yield ProposePlacementOfMatch(
        placement_id=placement_id_of(match.match_id),
        match_id=match.match_id,
        offer_id=match.offer_id,
        search_id=match.need_id,
        employer_id=match.offer_party,
        form=work.form,
        hours_per_week=work.hours_per_week,
        term_months=work.term_months,
        kldb=work.kldb,
        additional=work.additional,
        at=event.time,
    )


REACTIONS = (Reaction(name="propose_placement", on=(MatchConfirmed,), react=propose_placement),)


# --- deadlines --------------------------------------------------------------------------------
def retention_timer(milestone: int) -> Timer[Any]:
    """Rings so many months after the start, and no more once the check fell due; `milestone` [months]."""

    def due(event: Recorded[Any]) -> Any:
        match event.data:
            case PlacementStarted(started_on=started_on):
                return datetime.combine(months_after(started_on, milestone), time(), UTC)
            case RetentionCheckFellDue(milestone=fallen) if fallen == milestone:
                return None
            case _:
                return ...

    def command(placement_id: str, due_at: datetime) -> MarkRetentionDue:
        return MarkRetentionDue(placement_id=placement_id, milestone=milestone, at=due_at)

    return Timer(
        kind=f"retention_{milestone}",
        on=(PlacementStarted, RetentionCheckFellDue),
        due=due,
        command=command,
    )


TIMERS = tuple(retention_timer(milestone) for milestone in MILESTONES)
