"""The promise: a need or a search is held for one match, met, or open again.

This is the scarce thing that a need's stream guards: it is met once (architecture 2.2).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.marketplace.domain.need_posting import last_day_is_over, need_is_open
from services.marketplace.domain.need_state import Need, NeedStatus
from shared.events.marketplace.need import (
    NeedEvent,
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedReleased,
    SearchHeld,
    SearchMet,
    SearchReleased,
)
from shared.kernel.refusal import require


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldNeed:
    """Promise the need, or the search, to one match."""

    need_id: str
    match_id: str
    offer_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseNeed:
    """What was promised came to nothing."""

    need_id: str
    match_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetNeed:
    """What was looked for has been delivered or has started."""

    need_id: str
    match_id: str
    at: datetime


PromiseCommand: TypeAlias = HoldNeed | ReleaseNeed | MeetNeed


# --- rules ------------------------------------------------------------------------------------
def need_was_open_then(need: Need, command: HoldNeed) -> bool:
    """A need that has expired was still open on the day of which is told.

    Who met it then is known later at times: from a list that is imported, for instance.
    """
    if need.status != NeedStatus.EXPIRED or need.current_until is None:
        return True
    return command.at < need.current_until and not last_day_is_over(need, command.at)


# --- decide: one function per command ---------------------------------------------------------
def hold(need: Need, command: HoldNeed) -> list[NeedEvent]:
    """The need is promised to the first match that asks; others find it taken."""
    if need.held_by == command.match_id:
        return []
    if need.status != NeedStatus.EXPIRED:
        require(need, command, need_is_open)
    require(need, command, need_was_open_then)
    held = SearchHeld if need.is_search else NeedHeld
    return [held(match_id=command.match_id, offer_id=command.offer_id)]


def release(need: Need, command: ReleaseNeed) -> list[NeedEvent]:
    """Only the match that holds the need can give it back; after its last day a need leaves the board with that."""
    if not _is_held_by(need, command.match_id):
        return []
    if need.is_search:
        return [SearchReleased(match_id=command.match_id)]
    released = NeedReleased(match_id=command.match_id)
    return [released, NeedExpired()] if last_day_is_over(need, command.at) else [released]


def meet(need: Need, command: MeetNeed) -> list[NeedEvent]:
    """Only the match that holds the need can meet it, once."""
    if not _is_held_by(need, command.match_id):
        return []
    return [SearchMet(match_id=command.match_id) if need.is_search else NeedMet()]


def _is_held_by(need: Need, match_id: str) -> bool:
    return need.status == NeedStatus.HELD and need.held_by == match_id
