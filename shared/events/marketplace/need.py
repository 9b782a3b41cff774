"""What happens to an organisation's need and to a person's search? Stream need-<id> for both, guarded by one decider.

A need is open to all; a search has event types of its own, all internal: no board and no open feed shows them (P03).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from shared.events.clear import DUE, RANDOM, SEARCH_TERMS
from shared.events.registry import Audience, event
from shared.events.vocabulary import Category, DistanceClass, HoursBand, OfferKind
from shared.kernel.quantity import Level, Places
from shared.kernel.text import KldbGroup, Month, Name, Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTerms:
    """What an organisation is looking for; `skills` are single words, `n_people` is how many people it needs."""

    kind: OfferKind
    title: Name
    category: Category
    district: Name
    description: Remark = ""
    skills: tuple[Name, ...] = ()
    wanted_from: date | None = None
    wanted_until: date | None = None
    n_people: Places = 1
    market_day_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerms:
    """What a person is looking for: no free text, no place, nothing that leads back to a case (rule P03).

    `kldb3` are three digits of the occupation and `level` its requirement level 1 to 4 (work); `category` is for
    volunteering; `from_month` is `YYYY-MM`.
    """

    kind: OfferKind
    hours: HoursBand
    distance: DistanceClass
    from_month: Month
    kldb3: KldbGroup | None = None
    level: Level | None = None
    category: Category | None = None


# --- an organisation's need -----------------------------------------------------------------------
@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPosted:
    """The need is on the board, and current until somebody confirms it again (rule M11)."""

    organisation_id: str
    terms: NeedTerms
    current_until: datetime


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedAmended:
    """The terms were corrected; the event carries all of them as they are now."""

    organisation_id: str
    terms: NeedTerms


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedConfirmedCurrent:
    """The organisation said that the need still stands (rule M11)."""

    current_until: datetime


@event("marketplace", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedHeld:
    """The need is promised to one match; others find it taken."""

    match_id: str
    offer_id: str


@event("marketplace", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedReleased:
    """The match failed; the need is open again."""

    match_id: str


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMet:
    """The organisation received what it needed."""


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWithdrawn:
    """The organisation withdrew the need."""


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedExpired:
    """Nobody confirmed the need for 90 days, or its last day passed (rule M11)."""


# --- a person's search ----------------------------------------------------------------------------
@event("marketplace", Audience.INTERNAL, clear={"person_id": RANDOM, **SEARCH_TERMS})
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPosted:
    """A person looks for volunteering or work; it never expires silently."""

    person_id: str
    terms: SearchTerms


@event("marketplace", Audience.INTERNAL, clear={"person_id": RANDOM, **SEARCH_TERMS})
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAmended:
    """The search was changed; the event carries all terms as they are now."""

    person_id: str
    terms: SearchTerms


@event("marketplace", Audience.INTERNAL, clear={"match_id": RANDOM, "offer_id": RANDOM})
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHeld:
    """The search is promised to one match."""

    match_id: str
    offer_id: str


@event("marketplace", Audience.INTERNAL, clear={"match_id": RANDOM})
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReleased:
    """The match failed; the search is open again."""

    match_id: str


@event("marketplace", Audience.INTERNAL, clear={"match_id": RANDOM})
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMet:
    """The person has started what they looked for."""

    match_id: str


@event("marketplace", Audience.INTERNAL, clear={"waiting_since": DUE})
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchListed:
    """Nothing was proposed for 60 days: the search stands on the counsellor's list (rule P08)."""

    waiting_since: date


@event("marketplace", Audience.INTERNAL, clear={"closed_on": DUE})
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchClosed:
    """The person no longer looks."""

    closed_on: date


OrganisationNeedEvent: TypeAlias = (
    NeedPosted
    | NeedAmended
    | NeedConfirmedCurrent
    | NeedHeld
    | NeedReleased
    | NeedMet
    | NeedWithdrawn
    | NeedExpired
)
SearchEvent: TypeAlias = (
    SearchPosted | SearchAmended | SearchHeld | SearchReleased | SearchMet | SearchListed | SearchClosed
)
NeedEvent: TypeAlias = OrganisationNeedEvent | SearchEvent
