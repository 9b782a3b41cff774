"""What does a list say of those at work after 3, 6 and 12 months? Answers, and those that came late."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from services.employment.domain.placement import PLACEMENT
from services.employment.domain.retention import (
    Answer,
    ConfirmRetention,
    CorrectRetention,
    DenyRetention,
    RecordRetentionUnknown,
)
from shared.events.employment.placement import MILESTONES, PlacementRetentionUnknown
from shared.events.vocabulary import CorrectionReason, RetentionAnswer
from shared.importing.lookup import Lookup
from shared.importing.step import Step
from shared.kernel.calendar_months import months_after
from shared.tabular.cells import Labels
from shared.tabular.rows import Row


class Retention(StrEnum):
    """The answer to a retention check (rule E11)."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    UNKNOWN = "unknown"


RETENTIONS: Labels = {
    Retention.CONFIRMED: "ja | beschäftigt | bestätigt | yes | x",
    Retention.DENIED: "nein | nicht beschäftigt | nicht mehr | no",
    Retention.UNKNOWN: "unbekannt | nicht bekannt | nicht erreicht | ? | ungeklärt",
}


def answers(row: Row, lookup: Lookup, placement_id: str, started_on: date) -> Iterator[Step]:
    """The answers of a row; who is at work after the last day of the placement is so with another employer."""
    ended_on = row.day("ended_on")
    for milestone in MILESTONES:
        name = f"retention_{milestone}"
        if answer := row.text(name):
            day = months_after(started_on, milestone)
            at = lookup.at(day)
            still_there = ended_on is None or ended_on >= day
            given = _answer(Retention(answer), placement_id, milestone, at, still_there=still_there)
            yield Step(command=_late(given, lookup) or given, name=name)


def _late(given: Answer, lookup: Lookup) -> CorrectRetention | None:
    """The correction with which an answer replaces *unknown*, where the list was sent before anybody knew."""
    recorded = lookup.state(PLACEMENT, given.placement_id).retention.answers.get(given.milestone)
    if isinstance(given, RecordRetentionUnknown) or not isinstance(recorded, PlacementRetentionUnknown):
        return None
    answer = RetentionAnswer.DENIED
    if isinstance(given, ConfirmRetention):
        answer = RetentionAnswer.CONFIRMED if given.same_employer else RetentionAnswer.CONFIRMED_ELSEWHERE
    return CorrectRetention(
        placement_id=given.placement_id,
        milestone=given.milestone,
        answer=answer,
        reason=CorrectionReason.LEARNT_LATER,
        at=lookup.now,
    )


def _answer(
    answer: Retention, placement_id: str, milestone: int, at: datetime, *, still_there: bool
) -> Answer:
    match answer:
        case Retention.CONFIRMED:
            return ConfirmRetention(
                placement_id=placement_id, milestone=milestone, same_employer=still_there, at=at
            )
        case Retention.DENIED:
            return DenyRetention(placement_id=placement_id, milestone=milestone, at=at)
        case _:
            return RecordRetentionUnknown(placement_id=placement_id, milestone=milestone, at=at)
