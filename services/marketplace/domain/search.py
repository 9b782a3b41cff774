"""The search: what a person looks for; entered, amended, listed when nothing is found, closed.

It lies in a need's stream and is promised and met like one (`promise.py`), but stands on no board and never expires.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from services.marketplace.domain.need_posting import need_is_new, need_is_open
from services.marketplace.domain.need_state import Need, NeedStatus
from shared.events.marketplace.need import (
    NeedEvent,
    SearchAmended,
    SearchClosed,
    SearchListed,
    SearchPosted,
    SearchTerms,
)
from shared.events.vocabulary import OfferKind
from shared.kernel.city_day import today_in_the_city
from shared.kernel.refusal import require

LISTED_AFTER = timedelta(days=60)  # P08: searches without a proposal for 60 days are listed
LEVELS = {None, 1, 2, 3, 4}  # requirement levels of the KldB 2010 (handbook R88)
_KLDB3 = re.compile(r"[0-9]{3}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


# --- commands ---------------------------------------------------------------------------------
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
class ListSearch:
    """The ticker says that nothing was proposed for 60 days."""

    need_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSearch:
    """The person no longer looks."""

    need_id: str
    at: datetime


SearchCommand: TypeAlias = PostSearch | AmendSearch | ListSearch | CloseSearch


# --- rules: each reads as one sentence --------------------------------------------------------
def it_is_a_search(need: Need, _: object) -> bool:
    """It is a person's search, not an organisation's need."""
    return need.is_search


def search_says_what_is_looked_for(_: Need, command: PostSearch | AmendSearch) -> bool:
    """A search for work names three digits of an occupation, one for volunteering names a category, and nothing else.

    Rule: P03
    """
    terms = command.terms
    if terms.kind == OfferKind.WORK:
        is_occupation = _KLDB3.fullmatch(terms.kldb3 or "") is not None
        return is_occupation and terms.level in LEVELS and terms.category is None
    is_volunteering = terms.kind == OfferKind.VOLUNTEERING and terms.category is not None
    return is_volunteering and terms.kldb3 is None and terms.level is None


def search_begins_in_a_month(_: Need, command: PostSearch | AmendSearch) -> bool:
    """The month from which a person looks is a month, such as 2026-03, and no other words.

    Rule: P03
    """
    return _MONTH.fullmatch(command.terms.from_month) is not None


# --- decide: one function per command ---------------------------------------------------------
def post(need: Need, command: PostSearch) -> list[NeedEvent]:
    """The search is known to the matcher, the person and who counsels them, and to nobody else."""
    if need.terms == command.terms:
        return []
    require(need, command, need_is_new, search_says_what_is_looked_for, search_begins_in_a_month)
    return [SearchPosted(person_id=command.person_id, terms=command.terms)]


def amend(need: Need, command: AmendSearch) -> list[NeedEvent]:
    """The search is changed as a whole."""
    if need.terms == command.terms:
        return []
    require(
        need,
        command,
        it_is_a_search,
        need_is_open,
        search_says_what_is_looked_for,
        search_begins_in_a_month,
    )
    return [SearchAmended(person_id=need.party, terms=command.terms)]


def put_on_the_list(need: Need, command: ListSearch) -> list[NeedEvent]:
    """An open search to which nothing was proposed for 60 days stands on the counsellor's list."""
    since = today_in_the_city(command.at - LISTED_AFTER)
    if not need.is_search or need.status != NeedStatus.OPEN or need.listed_since == since:
        return []
    return [SearchListed(waiting_since=since)]


def close(need: Need, command: CloseSearch) -> list[NeedEvent]:
    """The person no longer looks."""
    require(need, command, it_is_a_search)
    if need.status == NeedStatus.WITHDRAWN:
        return []
    require(need, command, need_is_open)
    return [SearchClosed(closed_on=today_in_the_city(command.at))]
