"""What is new on the board? The newest open offers and needs that everybody may see."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

from services.marketplace.domain.need import NeedStatus
from services.marketplace.domain.offer import OfferStatus
from services.marketplace.views.board import in_good_standing
from services.marketplace.views.need import NEEDS
from services.marketplace.views.offer import OFFER_QUERY, OFFERS
from services.marketplace.views.organisation import ORGANISATIONS
from shared.kernel.read_model import Ask, all_found
from shared.service.showing import each_shown

NEWEST = 5
"""How many offers and how many needs are shown."""

Entry: TypeAlias = Mapping[str, Any]


def newest_on_the_board(ask: Ask) -> dict[str, list[Entry]]:
    """The newest open entries by view, each with the name of its organisation."""
    owners = in_good_standing(ask)
    offers = all_found(ask, OFFERS, status=OfferStatus.POSTED, organisation_id=owners)
    needs = all_found(ask, NEEDS, status=NeedStatus.OPEN, organisation_id=owners)
    shown = each_shown(partial(OFFER_QUERY.shown, None), offers)
    return {OFFERS.name: _newest(ask, shown), NEEDS.name: _newest(ask, needs)}


def _newest(ask: Ask, entries: Iterable[Entry]) -> list[Entry]:
    by_time = sorted(entries, key=lambda entry: (entry["posted_at"], entry["id"]), reverse=True)
    return [_with_organisation(ask, entry) for entry in by_time[:NEWEST]]


def _with_organisation(ask: Ask, entry: Entry) -> Entry:
    organisation = ask.get(ORGANISATIONS, entry["organisation_id"])
    return {**entry, "organisation": None if organisation is None else organisation.get("name")}
