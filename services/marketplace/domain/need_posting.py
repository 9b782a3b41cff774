"""The need's life on the board: posted, amended, confirmed current, withdrawn or expired.

Its stream guards that it is met once; who it is promised to is in `promise.py`, what the rules read in `need_state.py`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from services.marketplace.domain.money import promises_money
from services.marketplace.domain.need_state import Need, NeedStatus
from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedEvent,
    NeedExpired,
    NeedPosted,
    NeedTerms,
    NeedWithdrawn,
)
from shared.events.vocabulary import OfferKind
from shared.kernel.city_day import today_in_the_city
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


NeedPostingCommand: TypeAlias = PostNeed | AmendNeed | ConfirmNeedCurrent | WithdrawNeed | ExpireNeed


# --- rules: each reads as one sentence --------------------------------------------------------
def need_is_new(need: Need, _: object) -> bool:
    """A need is posted once."""
    return need.status == NeedStatus.UNKNOWN


def need_is_open(need: Need, _: object) -> bool:
    """The need is open: not promised, met, withdrawn or expired."""
    return need.status == NeedStatus.OPEN


def it_is_an_organisations_need(need: Need, _: object) -> bool:
    """What stands on the board is an organisation's need; a person's search has commands of its own."""
    return not need.is_search


def need_is_of_give_and_take(_: Need, command: PostNeed | AmendNeed) -> bool:
    """An organisation's need is one of exchange; who wants volunteers or workers posts an offer of that kind."""
    return command.terms.kind == OfferKind.EXCHANGE


def need_has_a_title(_: Need, command: PostNeed | AmendNeed) -> bool:
    """The need has a title."""
    return bool(command.terms.title.strip())


def need_asks_for_people_within_reason(_: Need, command: PostNeed | AmendNeed) -> bool:
    """A need asks for between one and 1,000 people."""
    return 1 <= command.terms.n_people <= MOST_PEOPLE


def need_asks_for_no_money(_: Need, command: PostNeed | AmendNeed) -> bool:
    """Money is taboo: a need asks for no sum of money.

    Rule: M01
    """
    return not promises_money(f"{command.terms.title} {command.terms.description}")


def dates_are_in_order(_: Need, command: PostNeed | AmendNeed) -> bool:
    """The need's last day is not before its first."""
    begins, ends = command.terms.wanted_from, command.terms.wanted_until
    return begins is None or ends is None or begins <= ends


def last_day_lies_ahead(_: Need, command: PostNeed) -> bool:
    """The need's last day is today or later."""
    until = command.terms.wanted_until
    return until is None or until >= today_in_the_city(command.at)


# --- decide: one function per command ---------------------------------------------------------
def post(need: Need, command: PostNeed) -> list[NeedEvent]:
    """The need is on the board; the same one again stays quiet."""
    if need.terms == command.terms:
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
    """The terms are replaced as a whole; the same ones again stay quiet."""
    if need.terms == command.terms:
        return []
    require(
        need,
        command,
        it_is_an_organisations_need,
        need_is_open,
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
    if need.current_until is not None and until.date() <= need.current_until.date():
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


def last_day_is_over(need: Need, at: datetime) -> bool:
    """Whether the last day on which the need was wanted has passed."""
    until = need.terms.wanted_until if isinstance(need.terms, NeedTerms) else None
    return until is not None and until < today_in_the_city(at)
