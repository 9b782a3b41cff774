"""When does an offer fall due? When nobody confirms it for 90 days (M11), and when its last day is over."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from services.marketplace.domain.offer import ExpireOffer
from shared.events.marketplace.offer import (
    OfferAmended,
    OfferConfirmedCurrent,
    OfferExpired,
    OfferPosted,
    OfferWithdrawn,
)
from shared.kernel.read_model import events_of
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer

Gone: TypeAlias = OfferWithdrawn | OfferExpired
Current: TypeAlias = OfferPosted | OfferConfirmedCurrent | Gone
LastDay: TypeAlias = OfferPosted | OfferAmended | Gone


def stale_at(event: Recorded[Current]) -> datetime | None:
    """When an offer that was posted or confirmed is no longer current; never, once it is gone."""
    data = event.data
    return data.current_until if isinstance(data, OfferPosted | OfferConfirmedCurrent) else None


def over_at(event: Recorded[LastDay]) -> datetime | None:
    """When the last day of an offer has passed; never without a last day, or once the offer is gone."""
    data = event.data
    last = data.terms.available_until if isinstance(data, OfferPosted | OfferAmended) else None
    return after_last_day(event.time, last)


def after_last_day(at: datetime, last: date | None) -> datetime | None:
    """When a last day has passed, at the earliest now; None without a last day."""
    if last is None or last == date.max:
        return None
    return max(at, datetime.combine(last + timedelta(days=1), time(), UTC))


def expire(offer_id: str, due_at: datetime) -> ExpireOffer:
    """What the ticker sends: the decider judges whether the offer is stale or over."""
    return ExpireOffer(offer_id=offer_id, at=due_at)


OFFER_TIMERS = (
    Timer(
        kind="offer_goes_stale",
        on=events_of(Current),
        due=stale_at,
        command=expire,
    ),
    Timer(
        kind="offer_is_over",
        on=events_of(LastDay),
        due=over_at,
        command=expire,
    ),
)
