"""One made-up example of every event, by stream: what the golden samples are first written from."""

from tests.shared.events.examples import (
    of_actors,
    of_agreements,
    of_employment,
    of_engagements,
    of_every_service,
    of_needs,
    of_offers,
)

MODULES = (of_actors, of_agreements, of_employment, of_engagements, of_every_service, of_needs, of_offers)

EXAMPLES: dict[type, tuple[str, object]] = {
    type(event): (stream, event)
    for module in MODULES
    for stream, events in module.EXAMPLES.items()
    for event in events
}
"""The stream and the event, by the event's class."""
