"""What is new on the board? The newest open offers and needs that everybody may see."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from services.marketplace.domain.need import NeedStatus
from services.marketplace.domain.offer import OfferStatus
from services.marketplace.views.need import NEEDS, need_shown
from services.marketplace.views.offer import OFFERS, offer_shown
from services.marketplace.views.organisation import ORGANISATIONS
from shared.kernel.read_model import Ask, all_found

NEWEST = 5
"""How many offers and how many needs are shown."""

Entry: TypeAlias = Mapping[str, Any]


def newest_on_the_board(ask: Ask) -> dict[str, list[Entry]]:
    """The newest open entries by view, each with the name of its organisation."""
    offers = (offer_shown(None, offer, ask) for offer in all_found(ask, OFFERS, status=OfferStatus.POSTED))
    needs = (need_shown(None, need, ask) for need in all_found(ask, NEEDS, status=NeedStatus.OPEN))
    return {OFFERS.name: _newest(ask, offers), NEEDS.name: _newest(ask, needs)}


def _newest(ask: Ask, entries: Iterable[Entry | None]) -> list[Entry]:
    visible = [entry for entry in entries if entry is not None]
    visible.sort(key=lambda entry: (entry["posted_at"], entry["id"]), reverse=True)
    return [_with_organisation(ask, entry) for entry in visible[:NEWEST]]


def _with_organisation(ask: Ask, entry: Entry) -> Entry:
    organisation = ask.get(ORGANISATIONS, entry["organisation_id"])
    return {**entry, "organisation": None if organisation is None else organisation.get("name")}
