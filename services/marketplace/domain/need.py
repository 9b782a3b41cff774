"""The need: posted by an organisation, or a person's search; held for one match, met, or open again.

One stream per need guards the one scarce thing here: that it is met once. A search is judged by the same rules but
writes event types of its own, all internal (architecture 2.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from services.marketplace.domain.money import promises_money
from services.marketplace.domain.need_state import Need, NeedStatus, evolve
from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedEvent,
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedPosted,
    NeedReleased,
    NeedTerms,
    NeedWithdrawn,
    SearchAmended,
    SearchClosed,
    SearchHeld,
    SearchMet,
    SearchPosted,
    SearchReleased,
    SearchTerms,
)
from shared.events.vocabulary import OfferKind
from shared.kernel.decider import Decider
from shared.kernel.refusal import require

STALE_AFTER = timedelta(days=90)  # M11: a need is confirmed every 90 days, else it expires (handbook R44)
MOST_PEOPLE = 1000  # [people] wanted by one need; a typing error stays visible


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class PostNeed:
    """Put an organisation's need on the board."""

    need_id: str
    organisation_id: str
    terms: NeedTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendNeed:
    """Correct the terms; all of them as they are now."""

    need_id: str
    terms: NeedTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmNeedCurrent:
    """Say that the need still stands."""

    need_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawNeed:
    """Take the need back."""

    need_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireNeed:
    """The ticker asks whether the need is still current."""

    need_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSearch:
    """Enter a person's search; it stands on no board."""

    need_id: str
    person_id: str
    terms: SearchTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendSearch:
    """Change a search; all terms as they are now."""

    need_id: str
    terms: SearchTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSearch:
    """The person no longer looks."""

    need_id: str
    at: datetime


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


NeedCommand: TypeAlias = (
    PostNeed | AmendNeed | ConfirmNeedCurrent | WithdrawNeed | ExpireNeed | PostSearch | AmendSearch | CloseSearch
    | HoldNeed | ReleaseNeed | MeetNeed
)  # fmt: skip


# --- rules: each reads as one sentence --------------------------------------------------------
def need_is_new(need: Need, _: NeedCommand) -> bool:
    """A need is posted once."""
    return need.status == NeedStatus.UNKNOWN


def need_is_open(need: Need, _: NeedCommand) -> bool:
    """The need is open: not promised, met, withdrawn or expired."""
    return need.status == NeedStatus.OPEN


def need_has_a_title(_: Need, command: PostNeed | AmendNeed) -> bool:
    """The need has a title."""
    return bool(command.terms.title.strip())


def need_asks_for_people_within_reason(_: Need, command: PostNeed | AmendNeed) -> bool:
    """A need asks for between one and 1,000 people."""
    return 1 <= command.terms.n_people <= MOST_PEOPLE


def need_asks_for_no_money(_: Need, command: PostNeed | AmendNeed) -> bool:
    """Money is taboo: a need of exchange asks for no sum of money.

    Rule: M01
    """
    return not promises_money(f"{command.terms.title} {command.terms.description}")


def dates_are_in_order(_: Need, command: PostNeed | AmendNeed) -> bool:
    """The need's last day is not before its first."""
    begins, ends = command.terms.wanted_from, command.terms.wanted_until
    return begins is None or ends is None or begins <= ends


def search_says_what_is_looked_for(_: Need, command: PostSearch | AmendSearch) -> bool:
    """A search for work names three digits of an occupation, one for volunteering names a category, and nothing else.

    Rule: P03
    """
    terms = command.terms
    if terms.kind == OfferKind.WORK:
        digits = terms.kldb3 or ""
        return digits.isdigit() and len(digits) == len("711") and terms.level in {None, 1, 2, 3, 4}
    return terms.kind == OfferKind.VOLUNTEERING and terms.category is not None


# --- decide: one function per command ---------------------------------------------------------
def post(need: Need, command: PostNeed) -> list[NeedEvent]:
    """The need is on the board; the same one again stays quiet."""
    if need.terms == command.terms:
        return []
    require(
        need,
        command,
        need_is_new,
        need_has_a_title,
        need_asks_for_people_within_reason,
        need_asks_for_no_money,
        dates_are_in_order,
    )
    until = command.at + STALE_AFTER
    return [NeedPosted(organisation_id=command.organisation_id, terms=command.terms, current_until=until)]


def amend(need: Need, command: AmendNeed) -> list[NeedEvent]:
    """The terms are replaced as a whole; the same ones again stay quiet."""
    if need.terms == command.terms:
        return []
    require(
        need,
        command,
        need_is_open,
        need_has_a_title,
        need_asks_for_people_within_reason,
        need_asks_for_no_money,
        dates_are_in_order,
    )
    return [NeedAmended(organisation_id=need.party, terms=command.terms)]


def confirm_current(need: Need, command: ConfirmNeedCurrent) -> list[NeedEvent]:
    """The need is current for another 90 days; twice on one day is once."""
    require(need, command, need_is_open)
    until = command.at + STALE_AFTER
    if need.current_until is None or until.date() <= need.current_until.date():
        return []
    return [NeedConfirmedCurrent(current_until=until)]


def withdraw(need: Need, command: WithdrawNeed) -> list[NeedEvent]:
    """An open need leaves the board; its open matches lapse by a reaction."""
    if need.status == NeedStatus.WITHDRAWN:
        return []
    require(need, command, need_is_open)
    return [NeedWithdrawn()]


def expire(need: Need, command: ExpireNeed) -> list[NeedEvent]:
    """An open need that nobody confirmed leaves the board; a search never expires silently."""
    stale = need.current_until is not None and need.current_until <= command.at
    return [NeedExpired()] if stale and need.status == NeedStatus.OPEN and not need.is_search else []


def post_search(need: Need, command: PostSearch) -> list[NeedEvent]:
    """The search is known to the matcher and to nobody else."""
    if need.terms == command.terms:
        return []
    require(need, command, need_is_new, search_says_what_is_looked_for)
    return [SearchPosted(person_id=command.person_id, terms=command.terms)]


def amend_search(need: Need, command: AmendSearch) -> list[NeedEvent]:
    """The search is changed as a whole."""
    if need.terms == command.terms:
        return []
    require(need, command, need_is_open, search_says_what_is_looked_for)
    return [SearchAmended(person_id=need.party, terms=command.terms)]


def close_search(need: Need, command: CloseSearch) -> list[NeedEvent]:
    """The person no longer looks."""
    if need.status == NeedStatus.WITHDRAWN:
        return []
    require(need, command, need_is_open)
    return [SearchClosed(closed_on=command.at.date())]


def hold(need: Need, command: HoldNeed) -> list[NeedEvent]:
    """The need is promised to the first match that asks; others find it taken."""
    if need.held_by == command.match_id:
        return []
    require(need, command, need_is_open)
    held = SearchHeld if need.is_search else NeedHeld
    return [held(match_id=command.match_id, offer_id=command.offer_id)]


def release(need: Need, command: ReleaseNeed) -> list[NeedEvent]:
    """Only the match that holds the need can give it back."""
    if need.status != NeedStatus.HELD or need.held_by != command.match_id:
        return []
    return [
        SearchReleased(match_id=command.match_id)
        if need.is_search
        else NeedReleased(match_id=command.match_id)
    ]


def meet(need: Need, command: MeetNeed) -> list[NeedEvent]:
    """Only the match that holds the need can meet it, once."""
    if need.status != NeedStatus.HELD or need.held_by != command.match_id:
        return []
    return [SearchMet(match_id=command.match_id) if need.is_search else NeedMet()]


def decide(need: Need, command: NeedCommand) -> Sequence[NeedEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case PostNeed():
            return post(need, command)
        case AmendNeed():
            return amend(need, command)
        case ConfirmNeedCurrent():
            return confirm_current(need, command)
        case WithdrawNeed():
            return withdraw(need, command)
        case ExpireNeed():
            return expire(need, command)
        case PostSearch():
            return post_search(need, command)
        case AmendSearch():
            return amend_search(need, command)
        case CloseSearch():
            return close_search(need, command)
        case HoldNeed():
            return hold(need, command)
        case ReleaseNeed():
            return release(need, command)
        case MeetNeed():
            return meet(need, command)
        case _:
            assert_never(command)


NEED = Decider(name="need", initial=Need(), decide=decide, evolve=evolve)
