"""One example of each event of employment; made up, with every optional field filled."""

from datetime import date
from decimal import Decimal

from shared.events.employment.placement import (
    PlacementContracted,
    PlacementConverted,
    PlacementDeclined,
    PlacementEnded,
    PlacementNeverStarted,
    PlacementNotProposed,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import (
    CorrectionReason,
    EndReason,
    NeverStartedReason,
    RetentionAnswer,
    WorkForm,
)

EXAMPLES: dict[str, tuple[object, ...]] = {
    "placement-c40f": (
        PlacementProposed(
            match_id="1a2b",
            offer_id="0ffe",
            search_id="5ea4",
            employer_id="5b1d",
            form=WorkForm.ENTRY_QUALIFICATION,
            additional=True,
            hours_per_week=Decimal("38.5"),
            term_months=6,
            kldb="51312",
        ),
        PlacementNotProposed(
            match_id="1a2b",
            offer_id="0ffe",
            search_id="5ea4",
            rule="hours_are_possible",
            sentence="Weekly hours are more than 0 and at most 60, with at most four decimals.",
        ),
        PlacementDeclined(offer_id="0ffe", search_id="5ea4", match_id="1a2b", reason=EndReason.DID_NOT_FIT),
        PlacementContracted(
            contracted_on=date(2025, 8, 18),
            starts_on=date(2025, 9, 1),
            hours_per_week=Decimal("38.50"),
            term_months=6,
        ),
        PlacementStarted(
            offer_id="0ffe",
            search_id="5ea4",
            match_id="1a2b",
            employer_id="5b1d",
            form=WorkForm.ENTRY_QUALIFICATION,
            additional=True,
            started_on=date(2025, 9, 1),
        ),
        PlacementNeverStarted(
            offer_id="0ffe",
            search_id="5ea4",
            match_id="1a2b",
            reason=NeverStartedReason.PERSON_DID_NOT_APPEAR,
        ),
        RetentionCheckFellDue(milestone=3, due_on=date(2025, 12, 1)),
        PlacementRetentionConfirmed(milestone=3, same_employer=True),
        PlacementRetentionDenied(milestone=6),
        PlacementRetentionUnknown(milestone=12),
        PlacementRetentionCorrected(
            milestone=12,
            corrects=9,
            reason=CorrectionReason.LEARNT_LATER,
            answer=RetentionAnswer.CONFIRMED_ELSEWHERE,
        ),
        PlacementConverted(converted_on=date(2026, 3, 1), to_form=WorkForm.APPRENTICESHIP),
        PlacementEnded(ended_on=date(2026, 2, 28), reason=EndReason.TERM_OVER, early=False),
    ),
}
