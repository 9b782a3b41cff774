"""Which offers and needs are open now, ready to be searched? A cache of the views, kept fresh by what changed in them.

It holds nothing that the views do not hold, so it is built anew after a restart by the first who asks; the deciders
guard what it may be late about.
"""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from services.marketplace.domain.candidates import Candidate, Candidates
from services.marketplace.domain.need import NeedStatus
from services.marketplace.domain.offer import OfferStatus
from services.marketplace.domain.scoring import OPEN_BEGIN, OPEN_END, Pairing, Posting, band, level_of
from services.marketplace.domain.words import spelled
from services.marketplace.views.need import NEEDS, NeedDocument
from services.marketplace.views.offer import OFFERS, OfferDocument, n_free
from services.marketplace.views.search import SEARCHES, SearchDocument, SearchStatus
from shared.events.vocabulary import OfferKind
from shared.kernel.read_model import Ask, ReadModel

D = TypeVar("D", OfferDocument, NeedDocument, SearchDocument)

PAGE = 1000


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
            return self._fresh(ask, pairing).best(pairing, allowed, most)

    def _fresh(self, ask: Ask, pairing: Pairing) -> Candidates:
        """The candidates for this pairing, with what changed in their views since the last time."""
        if not pairing.asked_is_offer:
            self._take(ask, OFFERS, self.offers, posting_of_offer)
            return self.offers
        self._take(ask, NEEDS, self.needs, posting_of_need)
        self._take(ask, SEARCHES, self.needs, posting_of_search)
        return self.needs

    def _take(
        self,
        ask: Ask,
        view: ReadModel[D, Any],
        candidates: Candidates,
        posting_of: Callable[[D], Posting | None],
    ) -> None:
        is_last_page = False
        while not is_last_page:
            changed = ask.changed(view, after=self._read.get(view.name, 0), limit=PAGE)
            for position, document in changed:
                posting = if_readable(posting_of, document)
                if posting is None:
                    candidates.remove(document["id"])
                else:
                    candidates.put(posting)
                self._read[view.name] = position
            is_last_page = (
                len(changed) < PAGE
            )  # a page may hold more than PAGE; only the last page holds less


def if_readable(posting_of: Callable[[D], Posting | None], document: D) -> Posting | None:
    """The posting, or None for a stored document that can't be read: it is no candidate, and the others are.

    Its own event fails and is parked, so it is logged and listed there; what it breaks is this document alone.
    """
    try:
        return posting_of(document)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


_boards: WeakKeyDictionary[Ask, Board] = WeakKeyDictionary()


def board_of(ask: Ask) -> Board:
    """The board behind these views."""
    return _boards.setdefault(ask, Board())


def posting_of_offer(offer: OfferDocument) -> Posting | None:
    """An offer on the board with a free place, as scoring sees it."""
    if offer["status"] != OfferStatus.POSTED or n_free(offer) == 0:
        return None
    terms = offer["terms"]
    work, volunteering = terms["work"], terms["volunteering"]
    kldb = (work["kldb"] if work else None) or ""
    starts_on = work["starts_on"] if work else None
    hours = work["hours_per_week"] if work else None
    if volunteering:
        hours = hours or volunteering["hours_per_week"]
    words = spelled(terms["title"], *terms["skills"])
    return Posting(
        id=offer["id"],
        party=offer["organisation_id"],
        kind=terms["kind"],
        corner=kldb[:3] if terms["kind"] == OfferKind.WORK else terms["category"],
        district=terms["district"],
        since=offer["posted_at"],
        begins=_day(starts_on or terms["available_from"], OPEN_BEGIN),
        ends=_day(terms["available_until"], OPEN_END),
        capacity=n_free(offer),
        stems=frozenset(words),
        spelled=words,
        hours=band(hours),
        level=level_of(kldb),
    )


def posting_of_need(need: NeedDocument) -> Posting | None:
    """An open need of an organisation, as scoring sees it."""
    if need["status"] != NeedStatus.OPEN:
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


def posting_of_search(search: SearchDocument) -> Posting | None:
    """An open search of a person, as scoring sees it: no place, no words (rule P03)."""
    if search["status"] != SearchStatus.OPEN:
        return None
    terms = search["terms"]
    return Posting(
        id=search["id"],
        party=search["person_id"],
        kind=terms["kind"],
        corner=terms["kldb3"] or terms["category"] or "",
        district="",
        since=search["posted_at"],
        begins=_day(f"{terms['from_month']}-01", OPEN_BEGIN),
        hours=terms["hours"],
        level=terms["level"],
        is_search=True,
    )


def _day(text: str | None, default: date) -> date:
    return date.fromisoformat(text) if text else default
