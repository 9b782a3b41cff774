"""One example of each event of counselling and of an engagement; made up, with every optional field filled."""

from datetime import date
from decimal import Decimal

from shared.events.marketplace.engagement import (
    CounsellingCorrected,
    CounsellingHeld,
    CounsellingRequested,
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
    VolunteerHoursDisputed,
    VolunteerHoursLogged,
    VolunteerReferred,
)
from shared.events.vocabulary import CorrectionReason, DeclineReason, EndReason, VolunteeringForm

EXAMPLES: dict[str, tuple[object, ...]] = {
    "counselling-c0c0": (
        CounsellingRequested(person_id="90c2"),
        CounsellingHeld(person_id="90c2", held_on=date(2026, 1, 20)),
        CounsellingCorrected(corrects=2, reason=CorrectionReason.TYPED_WRONG, held_on=date(2026, 1, 19)),
    ),
    "engagement-e6a6": (
        VolunteerReferred(
            match_id="1a2b",
            offer_id="0ffe",
            search_id="5ea4",
            person_id="90c2",
            host_id="5b1d",
            form=VolunteeringForm.REGULAR,
        ),
        ReferralDeclined(
            offer_id="0ffe", search_id="5ea4", match_id="1a2b", reason=DeclineReason.CONTENT_DOES_NOT_FIT
        ),
        TrialStarted(started_on=date(2026, 2, 2)),
        TrialEnded(
            offer_id="0ffe",
            search_id="5ea4",
            match_id="1a2b",
            ended_on=date(2026, 2, 16),
            reason=EndReason.DID_NOT_FIT,
        ),
        EngagementStarted(
            match_id="1a2b",
            offer_id="0ffe",
            search_id="5ea4",
            host_id="5b1d",
            started_on=date(2026, 2, 17),
        ),
        VolunteerHoursLogged(entry_id="e1", worked_on=date(2026, 2, 24), hours=Decimal("2.5"), civic=True),
        VolunteerHoursConfirmed(
            entry_id="e1", worked_on=date(2026, 2, 24), hours=Decimal("2.50"), civic=True, host_id="5b1d"
        ),
        VolunteerHoursDisputed(entry_id="e2"),
        VolunteerHoursCorrected(
            entry_id="e1",
            corrects=5,
            reason=CorrectionReason.TYPED_WRONG,
            worked_on=date(2026, 2, 24),
            hours=Decimal("1.5"),
            civic=True,
        ),
        EngagementEnded(
            offer_id="0ffe",
            search_id="5ea4",
            match_id="1a2b",
            ended_on=date(2027, 2, 16),
            reason=EndReason.MOVED_ON,
        ),
    ),
}
