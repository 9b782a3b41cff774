"""Which offers are there, and how many places are free?"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypeAlias, TypedDict, assert_never

from services.marketplace.domain.offer import OfferStatus
from services.marketplace.views.board import entries_visible
from services.marketplace.views.plain import plain
from shared.events.marketplace.offer import (
    MatchConfirmed,
    MatchLapsed,
    OfferAmended,
    OfferCheckReopened,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferReturned,
    OfferSubmitted,
    OfferWithdrawn,
    PlaceHeld,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import Category, OfferKind, VolunteeringForm, WorkForm
from shared.kernel.read_model import Ask, ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Caller, Query
from shared.service.visible import Visible

PlaceEvent: TypeAlias = PlaceHeld | MatchLapsed | MatchConfirmed | PlaceReopenAsked | PlaceReopened
ShownEvent: TypeAlias = (
    OfferSubmitted
    | OfferReturned
    | OfferPosted
    | OfferAmended
    | OfferCheckReopened
    | OfferConfirmedCurrent
    | OfferExhausted
    | OfferExpired
    | OfferWithdrawn
    | PlaceEvent
)
ON_THE_BOARD = frozenset({OfferStatus.POSTED, OfferStatus.EXHAUSTED})
BEHIND_THE_BOARD = frozenset({"taken", "reopen_asked"})


class WorkTermsDocument(TypedDict):
    """What only a work offer has; hours [h/week], pay [EUR/h] and days are text."""

    form: WorkForm
    hours_per_week: str
    pay_per_hour: str | None
    term_months: int | None
    starts_on: str | None
    kldb: str | None
    additional: bool


class VolunteeringTermsDocument(TypedDict):
    """What only a volunteering offer has; hours [h/week] are text."""

    form: VolunteeringForm
    hours_per_week: str | None
    with_minors: bool


class OfferTermsDocument(TypedDict):
    """The terms of an offer; days are text."""

    kind: OfferKind
    title: str
    category: Category
    district: str
    places: int
    description: str
    skills: list[str]
    available_from: str | None
    available_until: str | None
    market_day_id: str | None
    work: WorkTermsDocument | None
    volunteering: VolunteeringTermsDocument | None


class OfferDocument(TypedDict):
    """An offer; `taken` are the matches that take its places, `reopen_asked` those whose place became free."""

    status: OfferStatus
    taken: list[str]
    reopen_asked: list[str]
    id: NotRequired[str]
    organisation_id: NotRequired[str]
    terms: NotRequired[OfferTermsDocument]
    submitted_at: NotRequired[str]
    posted_at: NotRequired[str]
    current_until: NotRequired[str]
    reason: NotRequired[str]


def evolve(document: OfferDocument | None, event: Happening[ShownEvent]) -> OfferDocument:
    """The offer as the board shows it, and the matches that take its places."""
    offer = document or OfferDocument(status=OfferStatus.UNKNOWN, taken=[], reopen_asked=[])
    data = event.data
    match data:
        case OfferSubmitted():
            submitted_at = event.time.isoformat()
            return _submitted(offer, data) | {"status": OfferStatus.SUBMITTED, "submitted_at": submitted_at}
        case OfferCheckReopened():
            return offer | {"status": OfferStatus.SUBMITTED}
        case OfferReturned():
            return offer | {"status": OfferStatus.RETURNED, "reason": data.reason}
        case OfferPosted():
            return _submitted(offer, data) | {
                "status": OfferStatus.POSTED,
                "posted_at": offer.get("posted_at", event.time.isoformat()),
                "current_until": data.current_until.isoformat(),
            }
        case OfferAmended():
            amended = _with_terms(offer, data)
            is_open_again = amended["status"] == OfferStatus.EXHAUSTED and n_free(amended) > 0
            return amended | {"status": OfferStatus.POSTED} if is_open_again else amended
        case OfferConfirmedCurrent():
            return offer | {"current_until": data.current_until.isoformat()}
        case OfferExhausted():
            return offer | {"status": OfferStatus.EXHAUSTED}
        case OfferExpired():
            return offer | {"status": OfferStatus.EXPIRED}
        case OfferWithdrawn():
            return offer | {"status": OfferStatus.WITHDRAWN}
        case PlaceHeld() | MatchLapsed() | MatchConfirmed() | PlaceReopenAsked() | PlaceReopened():
            return _with_places(offer, data)
        case _:
            assert_never(data)


def _with_places(offer: OfferDocument, data: PlaceEvent) -> OfferDocument:
    taken, asked = offer["taken"], offer["reopen_asked"]
    match data:
        case PlaceHeld() | MatchConfirmed():
            return offer if data.match_id in taken else offer | {"taken": [*taken, data.match_id]}
        case MatchLapsed():
            return offer | {"taken": [match_id for match_id in taken if match_id != data.match_id]}
        case PlaceReopenAsked():
            return offer | {"reopen_asked": [*asked, data.match_id]}
        case PlaceReopened():
            return offer | {
                "taken": [match_id for match_id in taken if match_id not in asked[:1]],
                "reopen_asked": asked[1:],
                "status": (
                    OfferStatus.POSTED if offer["status"] == OfferStatus.EXHAUSTED else offer["status"]
                ),
            }
        case _:
            assert_never(data)


def _with_terms(offer: OfferDocument, data: OfferSubmitted | OfferPosted | OfferAmended) -> OfferDocument:
    terms: OfferTermsDocument = plain(data.terms)
    return offer | {"organisation_id": data.organisation_id, "terms": terms}


def _submitted(offer: OfferDocument, data: OfferSubmitted | OfferPosted) -> OfferDocument:
    """The offer with its terms; nobody on the board needs to know why it was once returned."""
    submitted = _with_terms(offer, data)
    submitted.pop("reason", None)
    return submitted


def n_free(offer: OfferDocument) -> int:
    """How many places are left."""
    return max(0, offer["terms"]["places"] - len(offer["taken"])) if "terms" in offer else 0


def offer_shown(_: Caller | None, offer: OfferDocument) -> Mapping[str, Any]:
    """The offer with its free places, and how often the host is asked; not which matches take the places."""
    entry = {name: value for name, value in offer.items() if name not in BEHIND_THE_BOARD}
    return entry | {"free_places": n_free(offer), "reopen_asked": len(offer["reopen_asked"])}


OFFERS = ReadModel(
    name="offers",
    version=3,
    on=events_of(ShownEvent),
    evolve=evolve,
    columns={
        "organisation_id": lambda offer: offer.get("organisation_id"),
        "status": lambda offer: offer["status"],
        "kind": lambda offer: offer["terms"]["kind"] if "terms" in offer else None,
        "category": lambda offer: offer["terms"]["category"] if "terms" in offer else None,
        "district": lambda offer: offer["terms"]["district"] if "terms" in offer else None,
    },
)


def offers_visible(caller: Caller | None, ask: Ask) -> tuple[Visible, ...]:
    """The offers that the board shows."""
    return entries_visible(caller, ask, tuple(ON_THE_BOARD))


OFFER_QUERY = Query(
    nouns="offers",
    view=OFFERS,
    filters=("organisation_id", "status", "kind", "category", "district"),
    words={"status": OfferStatus, "kind": OfferKind, "category": Category},
    shown=offer_shown,
    visible=offers_visible,
)
