"""The engagement: a volunteer referred to a host, on trial, engaged; hours logged and confirmed; ended.

One stream per engagement guards its hours: an entry counts once, and only when the host confirms it.
"""

from collections.abc import Sequence
from typing import assert_never

from services.marketplace.domain import hours
from services.marketplace.domain.engagement_commands import (
    ConfirmHours,
    DeclineReferral,
    DisputeHours,
    EndEngagement,
    EndTrial,
    EngagementCommand,
    LogHours,
    ReferVolunteer,
    StartEngagement,
    StartTrial,
)
from services.marketplace.domain.engagement_state import Engagement, EngagementStatus, evolve
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementEvent,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerReferred,
)
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.refusal import require


# --- rules: each reads as one sentence --------------------------------------------------------
def volunteer_was_referred(engagement: Engagement, _: EngagementCommand) -> bool:
    """The volunteer was referred to the host and has neither started nor declined."""
    return engagement.status == EngagementStatus.REFERRED


def trial_is_under_way(engagement: Engagement, _: EngagementCommand) -> bool:
    """The volunteer is on trial."""
    return engagement.status == EngagementStatus.IN_TRIAL


def volunteer_was_referred_or_is_on_trial(engagement: Engagement, _: EngagementCommand) -> bool:
    """An engagement starts from a referral or from a trial."""
    return engagement.status in {EngagementStatus.REFERRED, EngagementStatus.IN_TRIAL}


def engagement_is_under_way(engagement: Engagement, _: EngagementCommand) -> bool:
    """The volunteer is engaged."""
    return engagement.status == EngagementStatus.ENGAGED


def engagement_does_not_start_before_its_trial(engagement: Engagement, command: StartEngagement) -> bool:
    """The engagement does not start before its trial did."""
    return engagement.started_on is None or engagement.started_on <= command.started_on


def start_is_not_in_the_future(_: Engagement, command: StartTrial | StartEngagement) -> bool:
    """A start is noted once it has taken place."""
    return command.started_on <= today_in_the_city(command.at)


def end_is_between_start_and_today(engagement: Engagement, command: EndTrial | EndEngagement) -> bool:
    """The end is not before the start and not in the future."""
    started = engagement.started_on
    return started is not None and started <= command.ended_on <= today_in_the_city(command.at)


# --- decide: one function per command ---------------------------------------------------------
def refer(engagement: Engagement, command: ReferVolunteer) -> list[EngagementEvent]:
    """A confirmed match brings volunteer and host together, once."""
    if engagement.referral is not None:
        return []
    return [
        VolunteerReferred(
            match_id=command.match_id,
            offer_id=command.offer_id,
            search_id=command.search_id,
            person_id=command.person_id,
            host_id=command.host_id,
            form=command.form,
        )
    ]


def decline(engagement: Engagement, command: DeclineReferral) -> list[EngagementEvent]:
    """The referral comes to nothing; why is not kept where it was the person's choice (rule P02)."""
    if engagement.status == EngagementStatus.DECLINED:
        return []
    require(engagement, command, volunteer_was_referred)
    referral = engagement.known_referral
    return [
        ReferralDeclined(offer_id=referral.offer_id, search_id=referral.search_id, match_id=referral.match_id)
    ]


def start_trial(engagement: Engagement, command: StartTrial) -> list[EngagementEvent]:
    """The volunteer tries the work."""
    if engagement.status == EngagementStatus.IN_TRIAL:
        return []
    require(engagement, command, volunteer_was_referred, start_is_not_in_the_future)
    return [TrialStarted(started_on=command.started_on)]


def end_trial(engagement: Engagement, command: EndTrial) -> list[EngagementEvent]:
    """The trial ends without an engagement; the search is open again."""
    if engagement.status == EngagementStatus.NOT_PLACED:
        return []
    require(engagement, command, trial_is_under_way, end_is_between_start_and_today)
    referral = engagement.known_referral
    return [
        TrialEnded(
            offer_id=referral.offer_id,
            search_id=referral.search_id,
            match_id=referral.match_id,
            ended_on=command.ended_on,
            reason=command.reason,
        )
    ]


def start(engagement: Engagement, command: StartEngagement) -> list[EngagementEvent]:
    """The volunteer is engaged, with or without a trial before."""
    if engagement.status == EngagementStatus.ENGAGED:
        return []
    require(
        engagement,
        command,
        volunteer_was_referred_or_is_on_trial,
        start_is_not_in_the_future,
        engagement_does_not_start_before_its_trial,
    )
    referral = engagement.known_referral
    return [
        EngagementStarted(
            match_id=referral.match_id,
            offer_id=referral.offer_id,
            search_id=referral.search_id,
            host_id=referral.host_id,
            started_on=command.started_on,
        )
    ]


def end(engagement: Engagement, command: EndEngagement) -> list[EngagementEvent]:
    """The engagement is over; the host is asked whether the place is open again."""
    if engagement.status == EngagementStatus.ENDED:
        return []
    require(engagement, command, engagement_is_under_way, end_is_between_start_and_today)
    referral = engagement.known_referral
    return [
        EngagementEnded(
            offer_id=referral.offer_id,
            search_id=referral.search_id,
            match_id=referral.match_id,
            ended_on=command.ended_on,
            reason=command.reason,
        )
    ]


def decide(engagement: Engagement, command: EngagementCommand) -> Sequence[EngagementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case ReferVolunteer():
            return refer(engagement, command)
        case DeclineReferral():
            return decline(engagement, command)
        case StartTrial():
            return start_trial(engagement, command)
        case EndTrial():
            return end_trial(engagement, command)
        case StartEngagement():
            return start(engagement, command)
        case LogHours():
            return hours.log(engagement, command)
        case ConfirmHours():
            return hours.confirm(engagement, command)
        case DisputeHours():
            return hours.dispute(engagement, command)
        case EndEngagement():
            return end(engagement, command)
        case _:
            assert_never(command)


ENGAGEMENT = Decider(name="engagement", initial=Engagement(), decide=decide, evolve=evolve)
