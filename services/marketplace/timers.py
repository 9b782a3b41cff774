"""What falls due on the marketplace? Offers and needs that nobody has confirmed for 90 days (rule M11)."""

from datetime import datetime

from services.marketplace.domain.need import ExpireNeed
from services.marketplace.domain.posting import ExpireOffer
from shared.events.marketplace.need import (
    NeedConfirmedCurrent,
    NeedExpired,
    NeedMet,
    NeedPosted,
    NeedWithdrawn,
)
from shared.events.marketplace.offer import OfferConfirmedCurrent, OfferExpired, OfferPosted, OfferWithdrawn
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer


def stale_at(event: Recorded) -> datetime | None:
    """When what was posted or confirmed is no longer current; never, once it is gone."""
    until: datetime | None = getattr(event.data, "current_until", None)
    return until


TIMERS = (
    Timer(
        kind="offer_goes_stale",
        on=(OfferPosted, OfferConfirmedCurrent, OfferWithdrawn, OfferExpired),
        due=stale_at,
        command=lambda noun_id, due_at: ExpireOffer(offer_id=noun_id, at=due_at),
    ),
    Timer(
        kind="need_goes_stale",
        on=(NeedPosted, NeedConfirmedCurrent, NeedWithdrawn, NeedExpired, NeedMet),
        due=stale_at,
        command=lambda noun_id, due_at: ExpireNeed(need_id=noun_id, at=due_at),
    ),
)
