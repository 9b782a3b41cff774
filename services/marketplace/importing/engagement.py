"""What does a row about an engagement ask for? Referral, trial, engagement and end, as far as the row has dates."""

from collections.abc import Iterator, Mapping
from datetime import date

from services.marketplace.domain.engagement import (
    ENGAGEMENT,
    DeclineReferral,
    EndEngagement,
    EndTrial,
    Engagement,
    EngagementStatus,
    ReferVolunteer,
    StartEngagement,
    StartTrial,
    engagement_id_of,
)
from services.marketplace.importing.meeting import come_together, meeting_in, part
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerReferred,
)
from shared.events.vocabulary import EndReason, OfferKind, VolunteeringForm
from shared.importing.identity import noun_id
from shared.importing.kinds import Import
from shared.importing.lookup import Lookup
from shared.importing.neighbours import Meeting
from shared.importing.step import Step, needed
from shared.importing.words import END_REASON, END_REASONS, ENDED
from shared.tabular import cells
from shared.tabular.cells import OneOf
from shared.tabular.fields import About, Kind, key, may, must
from shared.tabular.rows import Row

KIND = Kind(
    name="engagements",
    about=About.PERSON,
    fields=(
        key("Einsatz | Einsatz-Nr. | Engagement"),
        must("offer", cells.line_of_text, "Angebot | Angebots-Nr. | Angebot Nr."),
        must(
            "volunteer",
            cells.own_number,
            "Freiwillige | Freiwilligen-Nr. | Freiwillige/r | FW-Nr. | Ehrenamtliche | Ehrenamtlichen-Nr.",
        ),
        must("referred_on", cells.day, "vermittelt am | Vermittlung | Vermittlung am"),
        may(
            "trial_on",
            cells.day,
            "Schnuppern am | Schnuppertermin | Schnuppern | Hospitation | Probe am | trial",
        ),
        may("started_on", cells.day, "Beginn | begonnen am | Start | Beginn am"),
        may("ended_on", cells.day, ENDED),
        may("end_reason", OneOf(END_REASONS), END_REASON),
    ),
    in_order=(
        ("referred_on", "trial_on"),
        ("referred_on", "started_on"),
        ("trial_on", "started_on"),
        ("started_on", "ended_on"),
        ("referred_on", "ended_on"),
    ),
    meanings={
        "key": "Nummer der Zeile in Ihrer Liste. Sie bleibt gleich, wenn die Zeile berichtigt wird.",
        "offer": "Nummer des Angebots, auf dem die Person eingesetzt ist.",
        "volunteer": "Nummer der Person in Ihrer Liste, kein Name.",
        "referred_on": "Tag, an dem die Person vermittelt wurde.",
        "trial_on": "Tag des Schnuppertermins.",
        "started_on": "Erster Tag des Einsatzes.",
        "ended_on": "Letzter Tag des Einsatzes.",
        "end_reason": "Grund des Endes. Leer zählt als sonstiger Grund.",
    },
    examples=("BSP-E1 | BSP-A2 | FW-001 | t-290 | t-285 | t-280 | t-30 | durch Person",),
    after=("organisations", "offers"),
)

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


def steps(row: Row, lookup: Lookup) -> Iterator[Step]:
    """The steps of one row."""
    number = needed(row.text("volunteer"), "volunteer")
    meeting = meeting_in(row, lookup, OfferKind.VOLUNTEERING, number=number, search_id=search_id_of(row.key))
    engagement_id = engagement_id_of(meeting.match_id)
    at = lookup.at(row.day("referred_on"))
    if lookup.state(ENGAGEMENT, engagement_id).referral is None:
        yield from come_together(meeting, lookup, at, "referred_on")
        volunteering = meeting.terms.volunteering
        refer = ReferVolunteer(
            engagement_id=engagement_id,
            match_id=meeting.match_id,
            offer_id=meeting.offer_id,
            search_id=meeting.search_id,
            person_id=meeting.person_id,
            host_id=meeting.organisation_id,
            form=volunteering.form if volunteering else VolunteeringForm.REGULAR,
            at=at,
        )
        yield Step(command=refer, name="referred_on")
    days = lookup.refuse_other_days(row, ENGAGEMENT, engagement_id, HAPPENED)
    yield from _begin(row, lookup, engagement_id, days)
    ended_on = row.day("ended_on")
    if ended_on and not days.keys() & set(ENDINGS):
        yield from _end(row, lookup, meeting, ended_on)


def _begin(row: Row, lookup: Lookup, engagement_id: str, days: Mapping[type, date]) -> Iterator[Step]:
    trial_on, started_on = row.day("trial_on"), row.day("started_on")
    if trial_on and TrialStarted not in days:
        trial = StartTrial(engagement_id=engagement_id, started_on=trial_on, at=lookup.at(trial_on))
        yield Step(command=trial, name="trial_on")
    if started_on and EngagementStarted not in days:
        start = StartEngagement(engagement_id=engagement_id, started_on=started_on, at=lookup.at(started_on))
        yield Step(command=start, name="started_on")


def _end(row: Row, lookup: Lookup, meeting: Meeting, ended_on: date) -> Iterator[Step]:
    engagement_id = engagement_id_of(meeting.match_id)
    engagement: Engagement = lookup.state(ENGAGEMENT, engagement_id)
    at = lookup.at(ended_on)
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


ENGAGEMENT_FILES = Import(kind=KIND, steps=steps)
