"""The course of a made-up social service."""

from datetime import date
from typing import Any

from shared.events.actors import social_service as events

HOUSING = events.SocialTopic.HOUSING
COURSE: tuple[Any, ...] = (
    events.SocialServicePlanned(provider_id="5b1d", name="Wohnhilfe", topic=HOUSING, district="Barmen"),
    events.SocialServiceOpened(opened_on=date(2026, 2, 1)),
    events.SocialServiceExtended(extended_on=date(2026, 4, 1), extension="auch abends"),
    events.SocialServiceUsageReported(month="2026-03", n_users=41),
    events.SocialServiceClosed(closed_on=date(2026, 5, 1)),
)
EXAMPLES: dict[str, tuple[object, ...]] = {"social_service-5c3e": COURSE}
