"""What happens to an offer and to the matches that it holds? Stream offer-<id>.

Match events lie in the offer's stream, since the offer guards its places; they are internal, the offer's own are open.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from shared.events.clear import DECIDES, LEFT_OUT_FOR_A_SEARCH, OFFERED, RANDOM, ROLE
from shared.events.registry import Audience, event
from shared.events.vocabulary import (
    Category,
    DeclineReason,
    LapseReason,
    OfferKind,
    ReasonPart,
    ReopenCause,
    Side,
    VolunteeringForm,
    WorkForm,
)
from shared.kernel.quantity import Months, Pay, Places, Share, WeeklyHours
from shared.kernel.text import Id, Kldb, Name, Remark, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTerms:
    """What only a work offer has: `hours_per_week` [h/week], `pay_per_hour` [EUR/h], `term_months` [months]."""

    form: WorkForm
    hours_per_week: WeeklyHours
    pay_per_hour: Pay | None = None
    term_months: Months | None = None
    starts_on: date | None = None
    kldb: Kldb | None = None
    additional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteeringTerms:
    """What only a volunteering offer has; `hours_per_week` [h/week]."""

    form: VolunteeringForm
    hours_per_week: WeeklyHours | None = None
    with_minors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """What is offered: `places` is how many may take it, `skills` are single words."""

    kind: OfferKind
    title: Name
    category: Category
    district: Name
    places: Places = 1
    description: Remark = ""
    skills: tuple[Name, ...] = ()
    available_from: date | None = None
    available_until: date | None = None
    market_day_id: str | None = None
    work: WorkTerms | None = None
    volunteering: VolunteeringTerms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReason:
    """One reason for a match that a person can read; `points` is its share of the score, in [0, 1]."""

    part: ReasonPart
    points: Share
    text: str


# --- the offer's own life -----------------------------------------------------------------------
@event("marketplace", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSubmitted:
    """An offer of volunteering or work waits for the coordinator's check, for the first time or again."""

    organisation_id: str
    terms: OfferTerms


@event("marketplace", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferReturned:
    """The coordinator gave the offer back with a reason; it may be submitted again."""

    reason: Statement


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPosted:
    """The offer is on the board, and current until somebody confirms it again (rule M11)."""

    organisation_id: str
    terms: OfferTerms
    current_until: datetime


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAmended:
    """The terms were corrected; the event carries all of them as they are now."""

    organisation_id: str
    terms: OfferTerms


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCheckReopened:
    """What a coordinator had checked has changed: the offer is off the board until it is posted again."""


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferConfirmedCurrent:
    """The organisation said that the offer still stands (rule M11)."""

    kind: OfferKind
    current_until: datetime


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExhausted:
    """The last place is taken."""


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """The organisation withdrew the offer."""


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpired:
    """Nobody confirmed the offer for 90 days, or its last day passed (rule M11)."""


# --- its matches --------------------------------------------------------------------------------
@event(
    "marketplace",
    Audience.INTERNAL,
    clear={
        **dict.fromkeys(("match_id", "need_id", "need_party", "offer_party"), RANDOM),
        **dict.fromkeys(("is_search", "kind"), DECIDES),
        "proposed_by": ROLE,
        **dict.fromkeys(("score", "reasons.part", "reasons.points", "reasons.text"), LEFT_OUT_FOR_A_SEARCH),
    },
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MatchProposed:
    """Offer and need may fit; `score` in [0, 1]. For a person's search score and reasons stay out (rule P01)."""

    match_id: str
    need_id: str
    is_search: bool
    need_party: Id
    offer_party: Id
    kind: OfferKind
    proposed_by: str
    score: Share | None = None
    reasons: tuple[MatchReason, ...] = ()


@event("marketplace", Audience.INTERNAL, clear={"match_id": RANDOM, "by": ROLE})
@dataclass(frozen=True, slots=True, kw_only=True)
class MatchAccepted:
    """One side said yes."""

    match_id: str
    by: Side


@event(
    "marketplace",
    Audience.INTERNAL,
    clear={"match_id": RANDOM, "by": ROLE, "reason": "left out for a person (rule P02)"},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDeclined:
    """One side said no; a person's reason is not kept in clear (rule P02)."""

    match_id: str
    by: Side
    reason: DeclineReason | None = None


@event("marketplace", Audience.INTERNAL, clear={"match_id": RANDOM, "reason": DECIDES, "was_held": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class MatchLapsed:
    """The match ended without an answer; a held place is free again."""

    match_id: str
    reason: LapseReason
    was_held: bool = False


@event("marketplace", Audience.INTERNAL, clear={"match_id": RANDOM, "need_id": RANDOM, "is_search": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHeld:
    """Both sides said yes: a place is held until the need is held too (architecture 2.2)."""

    match_id: str
    need_id: str
    is_search: bool


@event(
    "marketplace",
    Audience.INTERNAL,
    clear={
        **dict.fromkeys(("match_id", "offer_id", "need_id", "need_party", "offer_party"), RANDOM),
        "is_search": DECIDES,
        "terms": OFFERED,
    },
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MatchConfirmed:
    """Place and need are both held: an agreement, engagement or placement follows."""

    match_id: str
    offer_id: str
    need_id: str
    is_search: bool
    offer_party: Id
    need_party: Id
    terms: OfferTerms


@event("marketplace", Audience.INTERNAL, clear={"match_id": RANDOM, "cause": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReopenAsked:
    """A taken place became free; the host is asked whether it is open again."""

    match_id: str
    cause: ReopenCause


@event("marketplace", Audience.OPEN, clear={"free_places": OFFERED})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReopened:
    """The host confirmed that a place is open again; `free_places` counts them now."""

    free_places: int


MatchEvent: TypeAlias = (
    MatchProposed
    | MatchAccepted
    | MatchDeclined
    | MatchLapsed
    | PlaceHeld
    | MatchConfirmed
    | PlaceReopenAsked
)
OfferEvent: TypeAlias = (
    OfferSubmitted
    | OfferReturned
    | OfferPosted
    | OfferAmended
    | OfferCheckReopened
    | OfferConfirmedCurrent
    | OfferExhausted
    | OfferWithdrawn
    | OfferExpired
    | MatchEvent
    | PlaceReopened
)
