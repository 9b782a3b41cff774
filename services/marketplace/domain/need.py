"""The need of an organisation, or the search of a person: posted, held for one match, met, or open again.

One stream per need guards the one scarce thing here: that it is met once. A search is judged by the same decider but
writes event types of its own, all internal: it stands on no board and never expires (architecture 2.1).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias, assert_never

from services.marketplace.domain.money import Money, money_in
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
    SearchListed,
    SearchMet,
    SearchPosted,
    SearchReleased,
    SearchTerms,
)
from shared.events.vocabulary import OfferKind
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.quantity import PLACES
from shared.kernel.refusal import require

STALE_AFTER = timedelta(days=90)  # M11: a need is confirmed every 90 days, else it expires (handbook R44)
LISTED_AFTER = timedelta(days=60)  # P08: searches without a proposal for 60 days are listed
LEVELS = {None, 1, 2, 3, 4}  # requirement levels of the KldB 2010 (handbook R88)
_KLDB3 = re.compile(r"[0-9]{3}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


# --- commands -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class PostNeed:
    """Put an organisation's need on the board."""

    need_id: str
    organisation_id: str
    terms: NeedTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendNeed:
    """Correct the terms; the command carries all terms as they are now."""

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
    """Enter a person's search; no board shows it."""

    need_id: str
    person_id: str
    terms: SearchTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendSearch:
    """Change a search; the command carries all terms as they are now."""

    need_id: str
    terms: SearchTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSearch:
    """The ticker says that nothing was proposed for 60 days."""

    need_id: str
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
    """The match failed."""

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
    PostNeed
    | AmendNeed
    | ConfirmNeedCurrent
    | WithdrawNeed
    | ExpireNeed
    | PostSearch
    | AmendSearch
    | ListSearch
    | CloseSearch
    | HoldNeed
    | ReleaseNeed
    | MeetNeed
)


# --- state --------------------------------------------------------------------------------------
class NeedStatus(StrEnum):
    """Where a need or a search is in its life."""

    UNKNOWN = "unknown"
    OPEN = "open"
    HELD = "held"
    MET = "met"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The state that the rules read; `party` is the organisation, or the person of a search.

    `held_by` is the match that holds the need, `held_for` the offer of that match.
    """

    status: NeedStatus = NeedStatus.UNKNOWN
    is_search: bool = False
    party: str = ""
    terms: NeedTerms | SearchTerms | None = None
    held_by: str | None = None
    held_for: str | None = None
    current_until: datetime | None = None
    listed_since: date | None = None


# --- rules about an organisation's need: each reads as one sentence -----------------------------
def need_is_new(need: Need, _: object) -> bool:
    """Amend the need or the search instead; it is recorded with other terms, for somebody else, or is gone."""
    return need.status == NeedStatus.UNKNOWN


def need_is_open(need: Need, _: object) -> bool:
    """Choose a need that is open; this need is promised, met, withdrawn or expired."""
    return need.status == NeedStatus.OPEN


def it_is_an_organisations_need(need: Need, _: object) -> bool:
    """Use the commands of a search; this is a person's search, which stands on no board."""
    return not need.is_search


def need_is_of_give_and_take(_: Need, command: PostNeed | AmendNeed) -> bool:
    """Choose the kind exchange; who wants volunteers or workers posts an offer of that kind."""
    return command.terms.kind == OfferKind.EXCHANGE


def need_has_a_title(_: Need, command: PostNeed | AmendNeed) -> bool:
    """Give the need a title."""
    return bool(command.terms.title.strip())


def need_asks_for_people_within_reason(_: Need, command: PostNeed | AmendNeed) -> bool:
    """Ask for between 1 and 1,000 people."""
    return PLACES.holds(command.terms.n_people)


def money_of(terms: NeedTerms) -> Money:
    """What the words of a need say about money."""
    return money_in(f"{terms.title} {terms.description}")


def need_asks_for_no_money(_: Need, command: PostNeed | AmendNeed) -> bool:
    """Ask for no sum of money: money is taboo.

    Rule: M01
    """
    return money_of(command.terms) != Money.CERTAIN


def dates_are_in_order(_: Need, command: PostNeed | AmendNeed) -> bool:
    """Choose a last day that is not before the first day."""
    begins, ends = command.terms.wanted_from, command.terms.wanted_until
    return begins is None or ends is None or begins <= ends


def last_day_lies_ahead(_: Need, command: PostNeed) -> bool:
    """Choose a last day that is today or later."""
    until = command.terms.wanted_until
    return until is None or until >= today_in_the_city(command.at)


def need_was_open_then(need: Need, command: HoldNeed) -> bool:
    """Choose a day on which the need was still open; it has expired since.

    A list that is imported later may name who met it.
    """
    if need.status != NeedStatus.EXPIRED or need.current_until is None:
        return True
    return command.at < need.current_until and not last_day_is_over(need, command.at)


# --- rules about a person's search --------------------------------------------------------------
def it_is_a_search(need: Need, _: object) -> bool:
    """Use the commands of a need; this is an organisation's need, not a person's search."""
    return need.is_search


def search_keeps_its_kind(need: Need, command: AmendSearch) -> bool:
    """Close this search and post another: a search for volunteering never becomes one for work, nor the reverse."""
    return need.terms is None or need.terms.kind == command.terms.kind


def search_says_what_is_looked_for(_: Need, command: PostSearch | AmendSearch) -> bool:
    """Name three digits of an occupation to search for work, a category to search for volunteering, and no more.

    Rule: P03
    """
    terms = command.terms
    if terms.kind == OfferKind.WORK:
        is_occupation = _KLDB3.fullmatch(terms.kldb3 or "") is not None
        return is_occupation and terms.level in LEVELS and terms.category is None
    is_volunteering = terms.kind == OfferKind.VOLUNTEERING and terms.category is not None
    return is_volunteering and terms.kldb3 is None and terms.level is None


def search_begins_in_a_month(_: Need, command: PostSearch | AmendSearch) -> bool:
    """Write the month from which the person looks as 2026-03, without other words.

    Rule: P03
    """
    return _MONTH.fullmatch(command.terms.from_month) is not None


# --- decide: one function per command -----------------------------------------------------------
def post(need: Need, command: PostNeed) -> list[NeedEvent]:
    """The need is on the board; the same need again changes nothing."""
    if _is_recorded(need, command.organisation_id, command.terms):
        return []
    require(
        need,
        command,
        need_is_new,
        need_is_of_give_and_take,
        need_has_a_title,
        need_asks_for_people_within_reason,
        need_asks_for_no_money,
        dates_are_in_order,
        last_day_lies_ahead,
    )
    until = command.at + STALE_AFTER
    return [NeedPosted(organisation_id=command.organisation_id, terms=command.terms, current_until=until)]


def amend(need: Need, command: AmendNeed) -> list[NeedEvent]:
    """The terms are replaced as a whole; the same terms again change nothing."""
    require(need, command, it_is_an_organisations_need, need_is_open)
    if need.terms == command.terms:
        return []
    require(
        need,
        command,
        need_is_of_give_and_take,
        need_has_a_title,
        need_asks_for_people_within_reason,
        need_asks_for_no_money,
        dates_are_in_order,
    )
    return [NeedAmended(organisation_id=need.party, terms=command.terms)]


def confirm_current(need: Need, command: ConfirmNeedCurrent) -> list[NeedEvent]:
    """The need is current for another 90 days; twice on one day is once."""
    require(need, command, it_is_an_organisations_need, need_is_open)
    until = command.at + STALE_AFTER
    if need.current_until is not None and today_in_the_city(until) <= today_in_the_city(need.current_until):
        return []
    return [NeedConfirmedCurrent(current_until=until)]


def withdraw(need: Need, command: WithdrawNeed) -> list[NeedEvent]:
    """An open need leaves the board; its open matches lapse by a reaction."""
    require(need, command, it_is_an_organisations_need)
    if need.status == NeedStatus.WITHDRAWN:
        return []
    require(need, command, need_is_open)
    return [NeedWithdrawn()]


def expire(need: Need, command: ExpireNeed) -> list[NeedEvent]:
    """An open need leaves the board when nobody confirmed it or its last day is over; a search never does."""
    if need.status != NeedStatus.OPEN or need.is_search:
        return []
    stale = need.current_until is not None and need.current_until <= command.at
    return [NeedExpired()] if stale or last_day_is_over(need, command.at) else []


def post_search(need: Need, command: PostSearch) -> list[NeedEvent]:
    """The search is known to the matcher, the person and who counsels them, and to nobody else."""
    if _is_recorded(need, command.person_id, command.terms):
        return []
    require(need, command, need_is_new, search_says_what_is_looked_for, search_begins_in_a_month)
    return [SearchPosted(person_id=command.person_id, terms=command.terms)]


def amend_search(need: Need, command: AmendSearch) -> list[NeedEvent]:
    """The search is changed as a whole."""
    require(need, command, it_is_a_search, need_is_open)
    if need.terms == command.terms:
        return []
    require(
        need,
        command,
        search_says_what_is_looked_for,
        search_keeps_its_kind,
        search_begins_in_a_month,
    )
    return [SearchAmended(person_id=need.party, terms=command.terms)]


def put_on_the_list(need: Need, command: ListSearch) -> list[NeedEvent]:
    """An open search to which nothing was proposed for 60 days stands on the counsellor's list."""
    since = today_in_the_city(command.at - LISTED_AFTER)
    if not need.is_search or need.status != NeedStatus.OPEN or need.listed_since == since:
        return []
    return [SearchListed(waiting_since=since)]


def close_search(need: Need, command: CloseSearch) -> list[NeedEvent]:
    """The person no longer looks."""
    require(need, command, it_is_a_search)
    if need.status == NeedStatus.WITHDRAWN:
        return []
    require(need, command, need_is_open)
    return [SearchClosed(closed_on=today_in_the_city(command.at))]


def hold(need: Need, command: HoldNeed) -> list[NeedEvent]:
    """The need is promised to the first match that asks; later matches are refused."""
    if (need.held_by, need.held_for) == (command.match_id, command.offer_id):
        return []
    if need.status != NeedStatus.EXPIRED:
        require(need, command, need_is_open)
    require(need, command, need_was_open_then)
    held = SearchHeld if need.is_search else NeedHeld
    return [held(match_id=command.match_id, offer_id=command.offer_id)]


def release(need: Need, command: ReleaseNeed) -> list[NeedEvent]:
    """Only the match that holds the need can give it back; a need whose last day is over then leaves the board."""
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
        case ListSearch():
            return put_on_the_list(need, command)
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


def last_day_is_over(need: Need, at: datetime) -> bool:
    """Whether the last day on which the need was wanted has passed."""
    until = need.terms.wanted_until if isinstance(need.terms, NeedTerms) else None
    return until is not None and until < today_in_the_city(at)


def _is_recorded(need: Need, party: str, terms: NeedTerms | SearchTerms) -> bool:
    """Whether the need stands as it is posted again; one that was withdrawn or expired doesn't."""
    is_gone = need.status in {NeedStatus.WITHDRAWN, NeedStatus.EXPIRED}
    return not is_gone and (need.party, need.terms) == (party, terms)


def _is_held_by(need: Need, match_id: str) -> bool:
    return need.status == NeedStatus.HELD and need.held_by == match_id


# --- evolve -------------------------------------------------------------------------------------
def evolve(need: Need, event: NeedEvent) -> Need:
    """The need after an event."""
    match event:
        case NeedPosted():
            return Need(
                status=NeedStatus.OPEN,
                party=event.organisation_id,
                terms=event.terms,
                current_until=event.current_until,
            )
        case SearchPosted():
            return Need(status=NeedStatus.OPEN, is_search=True, party=event.person_id, terms=event.terms)
        case NeedAmended() | SearchAmended():
            return replace(need, terms=event.terms)
        case NeedConfirmedCurrent():
            return replace(need, current_until=event.current_until)
        case NeedHeld() | SearchHeld():
            held = replace(need, held_by=event.match_id, held_for=event.offer_id)
            return replace(held, status=NeedStatus.HELD)
        case NeedReleased() | SearchReleased():
            return replace(need, status=NeedStatus.OPEN, held_by=None, held_for=None)
        case NeedMet() | SearchMet():
            return replace(need, status=NeedStatus.MET)
        case SearchListed():
            return replace(need, listed_since=event.waiting_since)
        case NeedWithdrawn() | SearchClosed():
            return replace(need, status=NeedStatus.WITHDRAWN)
        case NeedExpired():
            return replace(need, status=NeedStatus.EXPIRED)
        case _:
            assert_never(event)


NEED = Decider(name="need", initial=Need(), decide=decide, evolve=evolve)
