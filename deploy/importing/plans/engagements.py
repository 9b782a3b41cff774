"""What does a row about an engagement ask for? Referred, perhaps on trial, engaged, ended: as far as its dates tell."""

from collections.abc import Iterator, Mapping
from datetime import date

from deploy.importing.identity import noun_id, person_id
from deploy.importing.known import Known
from deploy.importing.plans.coming_together import Meeting, come_together, part
from deploy.importing.steps import Step, needed
from services.marketplace.domain.engagement import ENGAGEMENT
from services.marketplace.domain.engagement_commands import (
    DeclineReferral,
    EndEngagement,
    EndTrial,
    ReferVolunteer,
    StartEngagement,
    StartTrial,
)
from services.marketplace.domain.engagement_state import Engagement, EngagementStatus
from services.marketplace.reactions import engagement_id_of
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerReferred,
)
from shared.events.vocabulary import EndReason, OfferKind, PersonContext, VolunteeringForm
from shared.tabular.rows import Row

ENDINGS: tuple[type, ...] = (EngagementEnded, TrialEnded, ReferralDeclined)
HAPPENED: dict[str, tuple[type, ...]] = {
    "referred_on": (VolunteerReferred,),
    "trial_on": (TrialStarted,),
    "started_on": (EngagementStarted,),
    "ended_on": ENDINGS,
}


def search_id_of(key: str) -> str:
    """The search that led to the engagement of this row."""
    return noun_id("engagements", key)


def steps(row: Row, known: Known) -> Iterator[Step]:
    """The steps of one row."""
    offer_id, offer = known.offer(row, OfferKind.VOLUNTEERING)
    number = needed(row.text("volunteer"), "volunteer")
    meeting = Meeting(
        person_id=person_id(known.secret, PersonContext.VOLUNTEERING, number),
        search_id=search_id_of(row.key),
        offer_id=offer_id,
        offer=offer,
    )
    engagement_id = engagement_id_of(meeting.match_id)
    at = known.at(row.day("referred_on"))
    if known.state(ENGAGEMENT, engagement_id).referral is None:
        yield from come_together(meeting, PersonContext.VOLUNTEERING, at, "referred_on")
        volunteering = offer.terms.volunteering if offer.terms else None
        refer = ReferVolunteer(
            engagement_id=engagement_id,
            match_id=meeting.match_id,
            offer_id=offer_id,
            search_id=meeting.search_id,
            person_id=meeting.person_id,
            host_id=offer.organisation_id,
            form=volunteering.form if volunteering else VolunteeringForm.REGULAR,
            at=at,
        )
        yield Step(command=refer, name="referred_on")
    days = known.refuse_other_days(row, ENGAGEMENT, engagement_id, HAPPENED)
    yield from _begin(row, known, engagement_id, days)
    ended_on = row.day("ended_on")
    if ended_on and not days.keys() & set(ENDINGS):
        yield from _end(row, known, meeting, ended_on)


def _begin(row: Row, known: Known, engagement_id: str, days: Mapping[type, date]) -> Iterator[Step]:
    trial_on, started_on = row.day("trial_on"), row.day("started_on")
    if trial_on and TrialStarted not in days:
        trial = StartTrial(engagement_id=engagement_id, started_on=trial_on, at=known.at(trial_on))
        yield Step(command=trial, name="trial_on")
    if started_on and EngagementStarted not in days:
        start = StartEngagement(engagement_id=engagement_id, started_on=started_on, at=known.at(started_on))
        yield Step(command=start, name="started_on")


def _end(row: Row, known: Known, meeting: Meeting, ended_on: date) -> Iterator[Step]:
    engagement_id = engagement_id_of(meeting.match_id)
    engagement: Engagement = known.state(ENGAGEMENT, engagement_id)
    at = known.at(ended_on)
    reason = EndReason(row.text("end_reason") or EndReason.OTHER)
    match engagement.status:
        case EngagementStatus.ENGAGED:
            end = EndEngagement(engagement_id=engagement_id, ended_on=ended_on, reason=reason, at=at)
            yield Step(command=end, name="ended_on")
            return
        case EngagementStatus.IN_TRIAL:
            over = EndTrial(engagement_id=engagement_id, ended_on=ended_on, reason=reason, at=at)
            yield Step(command=over, name="ended_on", later=True)
        case _:
            decline = DeclineReferral(engagement_id=engagement_id, at=at)
            yield Step(command=decline, name="ended_on", later=True)
    yield from part(meeting, at, "ended_on")
