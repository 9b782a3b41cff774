"""What history is measured? The chain of an exchange and of an engagement, again and again in streams of its own."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.eventlog.memory import MemoryEventLog
from shared.eventlog.port import Append, Draft
from shared.events.codec import encode_data
from shared.events.marketplace import agreement, engagement, need, offer
from shared.events.registry import type_of
from shared.kernel.city_day import serve_city_in
from tests.shared.events.examples import EXAMPLES

serve_city_in(ZoneInfo("Europe/Berlin"))  # no instance says it here

AT = datetime(2026, 2, 2, 9, tzinfo=UTC)
SERVICE = "marketplace"
CHAIN: tuple[type, ...] = (
    offer.OfferPosted,
    need.NeedPosted,
    offer.MatchProposed,
    offer.MatchAccepted,
    offer.PlaceHeld,
    need.NeedHeld,
    offer.MatchConfirmed,
    agreement.AgreementDrafted,
    agreement.AgreementSigned,
    agreement.AgreementSealed,
    agreement.AgreementContactMade,
    agreement.CommitmentDelivered,
    agreement.CommitmentConfirmed,
    agreement.AgreementFulfilled,
    need.NeedMet,
    engagement.VolunteerReferred,
    engagement.TrialStarted,
    engagement.EngagementStarted,
    engagement.VolunteerHoursLogged,
    engagement.VolunteerHoursConfirmed,
)


def log_of(n_events: int) -> MemoryEventLog:
    """A marketplace's log of so many events."""
    log = MemoryEventLog(service=SERVICE, city_key="05124000", clock=lambda: AT)
    versions: dict[str, int] = {}
    for number, (stream, event) in enumerate(events(n_events)):
        registered = type_of(type(event))
        draft = Draft(
            id=f"event-{number:08d}",
            type=registered.wire_name(SERVICE),
            audience=registered.audience,
            time=AT,
            data=encode_data(event),
        )
        version = versions.get(stream, 0)
        log.append(
            Append(
                stream=stream,
                expected_version=version,
                command_id=f"command-{number:08d}",
                request_digest="",
                events=(draft,),
            )
        )
        versions[stream] = version + 1
    return log


def events(n_events: int) -> Iterator[tuple[str, Any]]:
    """So many events with their streams; every chain has ids of its own."""
    for number in range(n_events):
        chain, at = divmod(number, len(CHAIN))
        stream, example = EXAMPLES[CHAIN[at]]
        yield f"{stream}{chain:06d}", _renamed(example, f"{chain:06d}")


def _renamed(event: Any, suffix: str) -> Any:
    ids = [
        field.name
        for field in fields(event)
        if field.name in {"match_id", "offer_id", "need_id", "search_id"}
    ]
    return replace(event, **{name: f"{getattr(event, name)}{suffix}" for name in ids})
