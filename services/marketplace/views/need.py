"""Which needs of organisations are on the board?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NotRequired, TypedDict, assert_never

from services.marketplace.domain.money import Money
from services.marketplace.domain.need import NeedStatus, money_of
from services.marketplace.views.board import entries_visible
from services.marketplace.views.plain import plain
from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedPosted,
    NeedReleased,
    NeedWithdrawn,
    OrganisationNeedEvent,
)
from shared.events.vocabulary import Category, OfferKind
from shared.kernel.read_model import Ask, ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Caller, Query, Role
from shared.service.visible import Visible

FOR_THE_COORDINATOR = frozenset({"money"})
ON_THE_BOARD = frozenset({NeedStatus.OPEN, NeedStatus.HELD, NeedStatus.MET})


class NeedTermsDocument(TypedDict):
    """The terms of an organisation's need; days are text."""

    kind: OfferKind
    title: str
    category: Category
    district: str
    n_people: int
    description: str
    skills: list[str]
    wanted_from: str | None
    wanted_until: str | None
    market_day_id: str | None


class NeedDocument(TypedDict):
    """An organisation's need; `money` is what its words say of money, for the coordinator (rule M01)."""

    organisation_id: str
    terms: NeedTermsDocument
    status: NeedStatus
    posted_at: str
    current_until: str
    money: Money
    id: NotRequired[str]


def evolve(need: NeedDocument | None, event: Happening[OrganisationNeedEvent]) -> NeedDocument | None:
    """An organisation's need as the board shows it."""
    data = event.data
    if isinstance(data, NeedPosted):
        return {
            "organisation_id": data.organisation_id,
            "terms": plain(data.terms),
            "status": NeedStatus.OPEN,
            "posted_at": event.time.isoformat(),
            "current_until": data.current_until.isoformat(),
            "money": money_of(data.terms),
        }
    if need is None:
        return None
    match data:
        case NeedAmended():
            terms: NeedTermsDocument = plain(data.terms)
            return need | {
                "organisation_id": data.organisation_id,
                "terms": terms,
                "money": money_of(data.terms),
            }
        case NeedConfirmedCurrent():
            return need | {"current_until": data.current_until.isoformat()}
        case NeedHeld():
            return need | {"status": NeedStatus.HELD}
        case NeedReleased():
            return need | {"status": NeedStatus.OPEN}
        case NeedMet():
            return need | {"status": NeedStatus.MET}
        case NeedWithdrawn():
            return need | {"status": NeedStatus.WITHDRAWN}
        case NeedExpired():
            return need | {"status": NeedStatus.EXPIRED}
        case _:
            assert_never(data)


def need_shown(caller: Caller | None, need: NeedDocument) -> Mapping[str, Any]:
    """The coordinator reads where money may be asked for; all others see the need without that."""
    if caller is not None and caller.role == Role.COORDINATOR:
        return need
    return {name: value for name, value in need.items() if name not in FOR_THE_COORDINATOR}


NEEDS = ReadModel(
    name="needs",
    version=2,
    on=events_of(OrganisationNeedEvent),
    evolve=evolve,
    columns={
        "organisation_id": lambda need: need["organisation_id"],
        "status": lambda need: need["status"],
        "kind": lambda need: need["terms"]["kind"],
        "category": lambda need: need["terms"]["category"],
        "district": lambda need: need["terms"]["district"],
        "money": lambda need: need["money"],
    },
)


def needs_visible(caller: Caller | None, ask: Ask) -> tuple[Visible, ...]:
    """The needs that the board shows."""
    visible = entries_visible(caller, ask, tuple(ON_THE_BOARD))
    if caller is not None and caller.role == Role.COORDINATOR:
        return visible
    return tuple(replace(part, hides=FOR_THE_COORDINATOR) for part in visible)


NEED_QUERY = Query(
    nouns="needs",
    view=NEEDS,
    filters=("organisation_id", "status", "kind", "category", "district", "money"),
    words={"status": NeedStatus, "kind": OfferKind, "category": Category, "money": Money},
    shown=need_shown,
    visible=needs_visible,
)
