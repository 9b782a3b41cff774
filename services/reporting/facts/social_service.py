"""The social service as evaluation knows it; its users are in no fact yet."""

from typing import assert_never

from services.reporting.facts.fact import Row, fact
from shared.events.actors import social_service as events
from shared.kernel.recorded import Happening


class SocialServiceRow(Row):
    """One service; `extended_on` is the day of its first extension."""

    provider_id: str | None = None
    topic: str | None = None
    district: str | None = None
    opened_on: str | None = None
    extended_on: str | None = None
    closed_on: str | None = None


def evolve(row: SocialServiceRow, event: Happening[events.SocialServicePublic]) -> None:
    """The plan, and the days of the service's course."""
    match event.data:
        case events.SocialServicePlanned(provider_id=provider, topic=topic, district=district):
            row.provider_id, row.topic, row.district = provider, str(topic), district
        case events.SocialServiceOpened(opened_on=day):
            row.opened_on = day.isoformat()
        case events.SocialServiceExtended(extended_on=day):
            row.extended_on = row.extended_on or day.isoformat()
        case events.SocialServiceClosed(closed_on=day):
            row.closed_on = day.isoformat()
        case _:
            assert_never(event.data)


SOCIAL_SERVICE = fact(
    SocialServiceRow, name="social_service", version=1, on=events.SocialServicePublic, evolve=evolve
)
