"""What falls due on the marketplace? What nobody confirms for 90 days (M11), answers for 28, or finds for 60 (P08)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.marketplace.domain.need import LISTED_AFTER, STALE_AFTER, ExpireNeed, ListSearch
from services.marketplace.domain.offer import ExpireOffer
from services.marketplace.domain.places import LapseMatches
from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedExpired,
    NeedMet,
    NeedPosted,
    NeedReleased,
    NeedWithdrawn,
    SearchClosed,
    SearchHeld,
    SearchMet,
    SearchPosted,
    SearchReleased,
)
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchDeclined,
    MatchLapsed,
    MatchProposed,
    OfferAmended,
    OfferConfirmedCurrent,
    OfferExpired,
    OfferPosted,
    OfferWithdrawn,
    PlaceHeld,
)
from shared.events.vocabulary import LapseReason
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer

ANSWER_WITHIN = timedelta(days=28)  # an unanswered proposal lapses after four weeks (assumed)
BETWEEN = "/"  # offer and match in the name of a match's deadline; it stands in no id


# --- offers and needs go stale, or are over -----------------------------------------------------
def stale_at(event: Recorded[Any]) -> datetime | None:
    """When what was posted or confirmed is no longer current; never, once it is gone."""
    if isinstance(event.data, NeedReleased):
        return (
            event.time + STALE_AFTER
        )  # later than its last confirmation, so the decider finds it stale then
    until: datetime | None = getattr(event.data, "current_until", None)
    return until


def over_at(event: Recorded[Any]) -> datetime | None:
    """When the last day of an offer or a need has passed; never without one, or once it is gone."""
    terms = getattr(event.data, "terms", None)
    last: date | None = getattr(terms, "available_until", None) or getattr(terms, "wanted_until", None)
    if last is None or last == date.max:
        return None
    return max(event.time, datetime.combine(last + timedelta(days=1), time(), UTC))


# --- matches that wait for an answer ------------------------------------------------------------
def unanswered_at(event: Recorded[Any]) -> datetime | None:
    """Four weeks after the proposal, or after the first yes; never, once both have answered."""
    waits = isinstance(event.data, MatchProposed | MatchAccepted)
    return event.time + ANSWER_WITHIN if waits else None


def match_of(event: Recorded[Any]) -> str:
    """The deadline of one match: an offer has many."""
    return f"match-{event.noun_id}{BETWEEN}{event.data.match_id}"


def lapse_unanswered(named: str, due_at: datetime) -> LapseMatches:
    """What the ticker sends for one match."""
    offer_id, _, match_id = named.partition(BETWEEN)
    return LapseMatches(offer_id=offer_id, match_ids=(match_id,), reason=LapseReason.NO_ANSWER, at=due_at)


# --- searches to which nothing is proposed ------------------------------------------------------
def listed_at(event: Recorded[Any]) -> Any:
    """60 days after the search began to wait, or after the last proposal; not while it is promised or over."""
    if isinstance(event.data, MatchProposed) and not event.data.is_search:
        return ...
    waits = isinstance(event.data, SearchPosted | SearchReleased | MatchProposed)
    return event.time + LISTED_AFTER if waits else None


def search_of(event: Recorded[Any]) -> str:
    """The search's own stream; a proposal lies in the offer's."""
    return f"need-{event.data.need_id}" if isinstance(event.data, MatchProposed) else event.stream


TIMERS = (
    Timer(
        kind="offer_goes_stale",
        on=(OfferPosted, OfferConfirmedCurrent, OfferWithdrawn, OfferExpired),
        due=stale_at,
        command=lambda noun_id, due_at: ExpireOffer(offer_id=noun_id, at=due_at),
    ),
    Timer(
        kind="offer_is_over",
        on=(OfferPosted, OfferAmended, OfferWithdrawn, OfferExpired),
        due=over_at,
        command=lambda noun_id, due_at: ExpireOffer(offer_id=noun_id, at=due_at),
    ),
    Timer(
        kind="need_goes_stale",
        on=(NeedPosted, NeedConfirmedCurrent, NeedReleased, NeedWithdrawn, NeedExpired, NeedMet),
        due=stale_at,
        command=lambda noun_id, due_at: ExpireNeed(need_id=noun_id, at=due_at),
    ),
    Timer(
        kind="need_is_over",
        on=(NeedPosted, NeedAmended, NeedWithdrawn, NeedExpired, NeedMet),
        due=over_at,
        command=lambda noun_id, due_at: ExpireNeed(need_id=noun_id, at=due_at),
    ),
    Timer(
        kind="match_goes_unanswered",
        on=(MatchProposed, MatchAccepted, MatchDeclined, MatchLapsed, PlaceHeld),
        due=unanswered_at,
        command=lapse_unanswered,
        stream=match_of,
    ),
    Timer(
        kind="search_waits",
        on=(SearchPosted, SearchReleased, SearchHeld, SearchMet, SearchClosed, MatchProposed),
        due=listed_at,
        command=lambda noun_id, due_at: ListSearch(need_id=noun_id, at=due_at),
        stream=search_of,
    ),
)
