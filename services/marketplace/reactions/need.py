"""When does a need fall due? When nobody confirms it for 90 days (M11), and when its last day is over."""

from datetime import datetime
from typing import TypeAlias

from services.marketplace.domain.need import STALE_AFTER, ExpireNeed
from services.marketplace.reactions.offer import after_last_day
from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedExpired,
    NeedMet,
    NeedPosted,
    NeedReleased,
    NeedWithdrawn,
)
from shared.kernel.read_model import events_of
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer

Gone: TypeAlias = NeedWithdrawn | NeedExpired | NeedMet
Current: TypeAlias = NeedPosted | NeedConfirmedCurrent | NeedReleased | Gone
LastDay: TypeAlias = NeedPosted | NeedAmended | Gone


def stale_at(event: Recorded[Current]) -> datetime | None:
    """When a need that was posted, confirmed or released is no longer current; never, once it is gone."""
    data = event.data
    if isinstance(data, NeedReleased):
        return (
            event.time + STALE_AFTER
        )  # after its last confirmation has run out: then the decider finds it stale
    return data.current_until if isinstance(data, NeedPosted | NeedConfirmedCurrent) else None


def over_at(event: Recorded[LastDay]) -> datetime | None:
    """When the last day of a need has passed; never without a last day, or once the need is gone."""
    data = event.data
    last = data.terms.wanted_until if isinstance(data, NeedPosted | NeedAmended) else None
    return after_last_day(event.time, last)


def expire(need_id: str, due_at: datetime) -> ExpireNeed:
    """What the ticker sends: the decider judges whether the need is stale or over."""
    return ExpireNeed(need_id=need_id, at=due_at)


NEED_TIMERS = (
    Timer(
        kind="need_goes_stale",
        on=events_of(Current),
        due=stale_at,
        command=expire,
    ),
    Timer(
        kind="need_is_over",
        on=events_of(LastDay),
        due=over_at,
        command=expire,
    ),
)
