"""Who starts and ends an engagement, and who logs and confirms its hours?"""

from services.marketplace.domain.engagement import (
    ENGAGEMENT,
    DeclineReferral,
    EndEngagement,
    EndTrial,
    Engagement,
    ReferVolunteer,
    StartEngagement,
    StartTrial,
)
from services.marketplace.domain.hours import HOURS, ConfirmHours, CorrectHours, DisputeHours, LogHours
from services.marketplace.routes.callers import HOSTS, SERVICE_ONLY, VOLUNTEERS
from shared.service.tables import Actor, CommandRoute, organisations, persons


def host(engagement: Engagement, _: object) -> tuple[Actor, ...]:
    """The host organisation."""
    return organisations(engagement.known_referral.host_id)


def volunteer(engagement: Engagement, _: object) -> tuple[Actor, ...]:
    """The volunteer."""
    return persons(engagement.known_referral.person_id)


ENGAGEMENT_COMMANDS = (
    CommandRoute(command=ReferVolunteer, decider=ENGAGEMENT, nouns="engagements", roles=SERVICE_ONLY),
    CommandRoute(command=DeclineReferral, decider=ENGAGEMENT, nouns="engagements", roles=VOLUNTEERS, parties=volunteer),
    CommandRoute(command=StartTrial, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=EndTrial, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=StartEngagement, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=LogHours, decider=HOURS, nouns="engagements", roles=VOLUNTEERS, parties=volunteer),
    CommandRoute(command=ConfirmHours, decider=HOURS, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=DisputeHours, decider=HOURS, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=CorrectHours, decider=HOURS, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=EndEngagement, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
)  # fmt: skip
