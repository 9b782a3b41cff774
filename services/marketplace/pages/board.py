"""What is new on the board? The newest open offers and needs that everybody may see."""

from collections.abc import Sequence
from typing import Any

from services.marketplace.queries import board_entry_shown
from services.marketplace.views.needs import NEEDS
from services.marketplace.views.offers import OFFERS
from services.marketplace.views.organisations import ORGANISATIONS
from shared.kernel.read_model import Ask, Document, ReadModel, all_found

NEWEST = 5
"""How many offers and how many needs are shown."""

OPEN = {OFFERS.name: "posted", NEEDS.name: "open"}
"""The status of what can still be taken up, by view."""


def newest_on_the_board(ask: Ask) -> dict[str, list[Document]]:
    """The newest open entries by view, each with the name of its organisation."""
    return {model.name: _newest(ask, model) for model in (OFFERS, NEEDS)}


def _newest(ask: Ask, model: ReadModel[Document, Any]) -> list[Document]:
    entries = list(all_found(ask, model, status=OPEN[model.name]))
    entries.sort(key=lambda entry: (entry["posted_at"], entry["id"]), reverse=True)
    return _shown(ask, entries)


def _shown(ask: Ask, entries: Sequence[Document]) -> list[Document]:
    shown: list[Document] = []
    for entry in entries:
        visible = board_entry_shown(None, entry, ask)
        if visible is not None:
            organisation = ask.get(ORGANISATIONS, visible["organisation_id"]) or {}
            shown.append(visible | {"organisation": organisation.get("name")})
        if len(shown) == NEWEST:
            break
    return shown
