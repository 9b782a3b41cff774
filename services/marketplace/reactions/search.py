"""When does a search fall due? When nothing was proposed to it for 60 days (P08)."""

from datetime import datetime
from types import EllipsisType
from typing import TypeAlias

from services.marketplace.domain.need import LISTED_AFTER, ListSearch
from shared.events.marketplace.need import SearchClosed, SearchHeld, SearchMet, SearchPosted, SearchReleased
from shared.events.marketplace.offer import MatchProposed
from shared.kernel.read_model import events_of
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer

Waiting: TypeAlias = SearchPosted | SearchReleased | SearchHeld | SearchMet | SearchClosed | MatchProposed


def listed_at(event: Recorded[Waiting]) -> datetime | EllipsisType | None:
    """60 days after the search began to wait, or after the last proposal; not while it is promised or over."""
    if isinstance(event.data, MatchProposed) and not event.data.is_search:
        return ...
    waits = isinstance(event.data, SearchPosted | SearchReleased | MatchProposed)
    return event.time + LISTED_AFTER if waits else None


def search_of(event: Recorded[Waiting]) -> str:
    """The search's own stream; a proposal lies in the offer's."""
    return f"need-{event.data.need_id}" if isinstance(event.data, MatchProposed) else event.stream


SEARCH_TIMERS = (
    Timer(
        kind="search_waits",
        on=events_of(Waiting),
        due=listed_at,
        command=lambda search_id, due_at: ListSearch(need_id=search_id, at=due_at),
        stream=search_of,
    ),
)
