"""Which matches are proposed, and what did the sides say?"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NotRequired, TypedDict, assert_never

from services.marketplace.domain.offer import STANDS, MatchStatus
from services.marketplace.views.plain import plain
from services.marketplace.views.staff import kinds_of
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchEvent,
    MatchLapsed,
    MatchProposed,
    PlaceHeld,
    PlaceReopenAsked,
)
from shared.events.vocabulary import DeclineReason, LapseReason, OfferKind, ReasonPart, Side
from shared.kernel.read_model import Ask, ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Caller, Query, Role
from shared.service.visible import NOTHING, Visible

FOR_ITSELF = frozenset({"confirmed_by"})
"""What the service needs of a match and nobody else does."""

SHOWN_OF_A_PERSONS_MATCH = frozenset(
    {"id", "offer_id", "kind", "status", "proposed_at", "accepted_by", "lapse_reason", "declined_by"}
)


class MatchReasonDocument(TypedDict):
    """One reason for a match; its points are text."""

    part: ReasonPart
    points: str
    text: str


class MatchDocument(TypedDict):
    """A match; `confirmed_by` is the id of the event that confirmed it."""

    offer_id: str
    need_id: str
    is_search: bool
    need_party: str
    offer_party: str
    kind: OfferKind
    proposed_by: str
    score: str | None
    reasons: list[MatchReasonDocument]
    status: MatchStatus
    accepted_by: list[Side]
    proposed_at: str
    id: NotRequired[str]
    declined_by: NotRequired[Side]
    decline_reason: NotRequired[DeclineReason | None]
    lapse_reason: NotRequired[LapseReason]
    confirmed_by: NotRequired[str]


def evolve(match_: MatchDocument | None, event: Happening[MatchEvent]) -> MatchDocument | None:
    """One match with its reasons, answers and status; proposed again, it starts anew."""
    data = event.data
    if isinstance(data, MatchProposed):
        return _proposed(data, event)
    if match_ is None:
        return None
    match data:
        case MatchAccepted():
            return match_ | {"accepted_by": sorted({*match_["accepted_by"], data.by})}
        case MatchDeclined():
            return match_ | {
                "status": MatchStatus.DECLINED,
                "declined_by": data.by,
                "decline_reason": data.reason,
            }
        case MatchLapsed():
            return match_ | {"status": MatchStatus.LAPSED, "lapse_reason": data.reason}
        case PlaceHeld():
            return match_ | {"status": MatchStatus.HELD}
        case MatchConfirmed():
            return match_ | {"status": MatchStatus.CONFIRMED, "confirmed_by": event.id}
        case PlaceReopenAsked():
            return match_ | {"status": MatchStatus.REOPEN_ASKED}
        case _:
            assert_never(data)


def _proposed(data: MatchProposed, event: Happening[MatchEvent]) -> MatchDocument:
    return {
        "offer_id": event.noun_id,
        "need_id": data.need_id,
        "is_search": data.is_search,
        "need_party": data.need_party,
        "offer_party": data.offer_party,
        "kind": data.kind,
        "proposed_by": data.proposed_by,
        "score": None if data.score is None else str(data.score),
        "reasons": [plain(reason) for reason in data.reasons],
        "status": MatchStatus.PROPOSED,
        "accepted_by": [],
        "proposed_at": event.time.isoformat(),
    }


def match_key(event: Happening[MatchEvent]) -> tuple[str, ...]:
    """The match that the event is about; it lies in the offer's stream."""
    return (event.data.match_id,)


class Person(StrEnum):
    """Whether a person is a side of a match, and whether they have agreed: only then does the host hear of it (P01)."""

    NONE = "none"
    ASKED = "asked"
    AGREED = "agreed"


def person_of(match: MatchDocument) -> Person:
    """How far the person of a match is."""
    if not match["is_search"]:
        return Person.NONE
    return Person.AGREED if Side.NEED in match["accepted_by"] else Person.ASKED


def match_shown(caller: Caller | None, match: MatchDocument) -> Mapping[str, Any]:
    """Of a person's match, an organisation sees only that requirements are met, and a person no reason of the host's.

    Whom the match is about the organisation sees once a place is held (rules P01, P02).
    """
    role = None if caller is None else caller.role
    whole = {name: value for name, value in match.items() if name not in FOR_ITSELF}
    if role == Role.PERSON:
        return {name: value for name, value in whole.items() if name != "decline_reason"}
    if not match["is_search"] or role != Role.ORGANISATION:
        return whole
    shown = {name: value for name, value in whole.items() if name in SHOWN_OF_A_PERSONS_MATCH}
    party = {"need_party": match["need_party"]} if match["status"] in STANDS else {}
    return shown | {"requirements_met": True} | party


MATCHES = ReadModel(
    name="matches",
    version=3,
    on=events_of(MatchEvent),
    evolve=evolve,
    keys=match_key,
    columns={
        "offer_id": lambda match: match["offer_id"],
        "need_id": lambda match: match["need_id"],
        "offer_party": lambda match: match["offer_party"],
        "need_party": lambda match: match["need_party"],
        "status": lambda match: match["status"],
        "kind": lambda match: match["kind"],
        "person": person_of,
    },
)


def matches_visible(caller: Caller | None, _: Ask) -> tuple[Visible, ...]:
    """Parties see their matches, staff those of their kinds; an organisation a person's once the person agreed (P01).

    Sides are compared with their kind. Of a person's match the organisation sees no need, so it does not filter by it.
    No role reads both volunteering and employment.
    """
    if caller is None:
        return NOTHING
    me = caller.actor
    if caller.role == Role.PERSON:
        return (Visible(columns={"need_party": me, "person": (Person.ASKED, Person.AGREED)}),)
    if caller.role != Role.ORGANISATION:
        return kinds_of(caller)
    return (
        Visible(columns={"offer_party": me, "person": Person.NONE}),
        Visible(columns={"need_party": me, "person": Person.NONE}),
        Visible(columns={"offer_party": me, "person": Person.AGREED}, hides=frozenset({"need_id"})),
    )


MATCH_QUERY = Query(
    nouns="matches",
    view=MATCHES,
    roles=frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.BROKER, Role.ORGANISATION, Role.PERSON}),
    filters=("offer_id", "need_id", "status", "kind"),
    words={"status": MatchStatus, "kind": OfferKind},
    shown=match_shown,
    visible=matches_visible,
)
