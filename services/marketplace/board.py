"""Which offers and needs are open now, ready to be searched? A cache of the views, kept fresh by what changed in them.

It holds nothing that the views do not hold, so it is built anew after a restart by the first who asks; the deciders
guard what it may be late about.
"""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from services.marketplace.domain.candidates import Candidate, Candidates
from services.marketplace.domain.scoring import OPEN_BEGIN, OPEN_END, Pairing, Posting
from services.marketplace.domain.words import spelled
from services.marketplace.views.needs import NEEDS, SEARCHES
from services.marketplace.views.offers import OFFERS, n_free
from shared.events.vocabulary import HoursBand, OfferKind
from shared.kernel.read_model import Ask, Document, ReadModel

PAGE = 1000
BANDS = ((5, HoursBand.UNDER_5), (15, HoursBand.FROM_5_TO_15), (30, HoursBand.FROM_15_TO_30))
KLDB_LEVEL_AT = 4


class Board:
    """The open offers, and the open needs and searches, of one service."""

    def __init__(self) -> None:
        self.offers = Candidates()
        self.needs = Candidates()
        self._read: dict[str, int] = {}
        self._lock = threading.Lock()

    def best(
        self, ask: Ask, pairing: Pairing, allowed: Callable[[Posting], bool], most: int
    ) -> list[Candidate]:
        """Who fits best, as the views have it now."""
        # One at a time: two threads that take the same change in would leave a posting behind that nobody removes.
        with self._lock:
            self._refresh(ask)
            return (self.needs if pairing.asked_is_offer else self.offers).best(pairing, allowed, most)

    def _refresh(self, ask: Ask) -> None:
        """Take in what changed in the views since the last time."""
        self._take(ask, OFFERS, self.offers, posting_of_offer)
        self._take(ask, NEEDS, self.needs, posting_of_need)
        self._take(ask, SEARCHES, self.needs, posting_of_search)

    def _take(
        self,
        ask: Ask,
        view: ReadModel[Document, Any],
        candidates: Candidates,
        posting_of: Callable[[Document], Posting | None],
    ) -> None:
        more = True
        while more:
            changed = ask.changed(view, after=self._read.get(view.name, 0), limit=PAGE)
            for position, document in changed:
                posting = posting_of(document)
                if posting is None:
                    candidates.remove(document["id"])
                else:
                    candidates.put(posting)
                self._read[view.name] = position
            more = len(changed) >= PAGE  # a page may hold more than that, never less while there is more


_boards: WeakKeyDictionary[Ask, Board] = WeakKeyDictionary()


def board_of(ask: Ask) -> Board:
    """The board behind these views."""
    return _boards.setdefault(ask, Board())


def posting_of_offer(offer: Document) -> Posting | None:
    """An offer on the board with a free place, as scoring sees it."""
    if offer["status"] != "posted" or n_free(offer) == 0:
        return None
    terms = offer["terms"]
    work, volunteering = terms.get("work") or {}, terms.get("volunteering") or {}
    kldb = work.get("kldb") or ""
    words = spelled(terms["title"], *terms["skills"])
    return Posting(
        id=offer["id"],
        party=offer["organisation_id"],
        kind=terms["kind"],
        corner=kldb[:3] if terms["kind"] == OfferKind.WORK else terms["category"],
        district=terms["district"],
        since=offer["posted_at"],
        begins=_day(work.get("starts_on") or terms["available_from"], OPEN_BEGIN),
        ends=_day(terms["available_until"], OPEN_END),
        capacity=n_free(offer),
        stems=frozenset(words),
        spelled=words,
        hours=band(work.get("hours_per_week") or volunteering.get("hours_per_week")),
        level=level_of(kldb),
    )


def posting_of_need(need: Document) -> Posting | None:
    """An open need of an organisation, as scoring sees it."""
    if need.get("status") != "open":
        return None
    terms = need["terms"]
    words = spelled(terms["title"], *terms["skills"])
    return Posting(
        id=need["id"],
        party=need["organisation_id"],
        kind=terms["kind"],
        corner=terms["category"],
        district=terms["district"],
        since=need["posted_at"],
        begins=_day(terms["wanted_from"], OPEN_BEGIN),
        ends=_day(terms["wanted_until"], OPEN_END),
        capacity=terms["n_people"],
        stems=frozenset(words),
        spelled=words,
    )


def posting_of_search(search: Document) -> Posting | None:
    """An open search of a person, as scoring sees it: no place, no words (rule P03)."""
    if search.get("status") != "open":
        return None
    terms = search["terms"]
    return Posting(
        id=search["id"],
        party=search["person_id"],
        kind=terms["kind"],
        corner=terms["kldb3"] or terms["category"],
        district="",
        since=search["posted_at"],
        begins=_day(f"{terms['from_month']}-01", OPEN_BEGIN),
        hours=terms["hours"],
        level=terms["level"],
        is_search=True,
    )


def band(hours_per_week: str | None) -> str | None:
    """The band of weekly hours [h/week]; None where an offer states none."""
    if hours_per_week is None:
        return None
    hours = float(hours_per_week)
    return next((name for limit, name in BANDS if hours < limit), HoursBand.OVER_30)


def level_of(kldb: str) -> int | None:
    """The requirement level of an occupation's five digits, None where there are fewer."""
    digit = kldb[KLDB_LEVEL_AT : KLDB_LEVEL_AT + 1]
    return int(digit) if digit.isdecimal() else None


def _day(text: str | None, default: date) -> date:
    return date.fromisoformat(text) if text else default
