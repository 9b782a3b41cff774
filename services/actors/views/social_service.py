"""Which social services are there, of whom, for what, and since when?"""

from enum import StrEnum
from operator import itemgetter
from typing import NotRequired, TypedDict, assert_never

from shared.events.actors import social_service as events
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Query


class Status(StrEnum):
    """How far a service has come."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class SocialServiceDocument(TypedDict, total=False):
    """A service as everybody may see it: without its number of users, which may be small."""

    id: NotRequired[str]
    provider_id: str
    name: str
    topic: events.SocialTopic
    district: str
    status: Status
    opened_on: str
    extensions: list[str]
    closed_on: str


def social_service(
    document: SocialServiceDocument | None, event: Happening[events.SocialServicePublic]
) -> SocialServiceDocument:
    """A service as it is now."""
    before: SocialServiceDocument = document or {"status": Status.PLANNED, "extensions": []}
    match event.data:
        case events.SocialServicePlanned(provider_id=provider, name=name, topic=topic, district=district):
            return {**before, "provider_id": provider, "name": name, "topic": topic, "district": district}
        case events.SocialServiceOpened(opened_on=day):
            return {**before, "status": Status.OPEN, "opened_on": day.isoformat()}
        case events.SocialServiceExtended(extension=extension):
            return {**before, "extensions": [*before["extensions"], extension]}
        case events.SocialServiceClosed(closed_on=day):
            return {**before, "status": Status.CLOSED, "closed_on": day.isoformat()}
        case _:
            assert_never(event.data)


FILTERS = ("status", "topic", "district", "provider_id")
SOCIAL_SERVICES = ReadModel(
    name="social_services",
    version=1,
    on=events_of(events.SocialServicePublic),
    evolve=social_service,
    columns={name: itemgetter(name) for name in FILTERS},
)
SOCIAL_SERVICE_QUERY = Query(
    nouns="social-services",
    view=SOCIAL_SERVICES,
    filters=FILTERS,
    words={"status": Status, "topic": events.SocialTopic},
)
