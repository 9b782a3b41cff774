"""Which offer and need does an agreement come from? Its list may name both; they match on the day it was made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.marketplace.domain.agreement import AGREEMENT, agreement_id_of
from services.marketplace.domain.need import HoldNeed, Need, NeedStatus, need_was_open_then
from services.marketplace.domain.offer import Offer, OfferStatus
from services.marketplace.domain.places import (
    AcceptMatch,
    ConfirmMatch,
    Proposal,
    ProposeMatches,
    match_id_of,
    offer_was_current_then,
)
from services.marketplace.importing.need import need_in
from services.marketplace.importing.offer import offer_in
from services.marketplace.views.agreement import AGREEMENTS
from shared.events.vocabulary import OfferKind, Side
from shared.importing.identity import noun_id
from shared.importing.lookup import Lookup
from shared.importing.step import RowRefused, Step, needed
from shared.kernel.read_model import all_found
from shared.tabular.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The offer and the need of an agreement; `is_new` while they still have to come together."""

    offer_id: str
    need_id: str
    need_party: str
    is_new: bool

    @property
    def match_id(self) -> str:
        """The id of their match."""
        return match_id_of(self.offer_id, self.need_id)


def matched(row: Row, lookup: Lookup, party_a: str, party_b: str, at: datetime) -> Matched | None:
    """The offer of side A and the need of side B, or None when the agreement has no match.

    It does when the list names none, when it is recorded so already, or when one of them was off the board by then.
    Raises: RowRefused when they belong to others.
    """
    if lookup.exists(AGREEMENT, noun_id("agreements", row.key)):
        return None
    if row.text("offer") is None and row.text("need") is None:
        _refuse_recorded(row, lookup, party_a, party_b)
        return None
    needed(row.text("offer"), "offer", "the need is named")
    offer_id, offer, _ = offer_in(row, lookup, OfferKind.EXCHANGE)
    need_id, need = need_in(row, lookup)
    if offer.organisation_id != party_a:
        raise RowRefused("offer", "is an offer of another organisation than side A")
    if need.party != party_b:
        raise RowRefused("need", "is a need of another organisation than side B")
    is_recorded = lookup.exists(AGREEMENT, agreement_id_of(match_id_of(offer_id, need_id)))
    pair = Matched(offer_id=offer_id, need_id=need_id, need_party=need.party, is_new=not is_recorded)
    return pair if is_recorded or _were_open(pair, offer, need, at) else None


def _were_open(pair: Matched, offer: Offer, need: Need, at: datetime) -> bool:
    """Whether both stood on the board then, with a place left, though they may have expired since."""
    hold = HoldNeed(need_id=pair.need_id, match_id=pair.match_id, offer_id=pair.offer_id, at=at)
    accept = AcceptMatch(offer_id=pair.offer_id, match_id=pair.match_id, by=Side.OFFER, at=at)
    return (
        offer.n_free > 0
        and offer.status in {OfferStatus.POSTED, OfferStatus.EXPIRED}
        and need.status in {NeedStatus.OPEN, NeedStatus.EXPIRED}
        and offer_was_current_then(offer, accept)
        and need_was_open_then(need, hold)
    )


def come_together(pair: Matched, by: str, at: datetime) -> Iterator[Step]:
    """Offer and need are proposed to each other, both sides say yes, place and need are held, the match stands."""
    proposal = Proposal(
        match_id=pair.match_id, need_id=pair.need_id, need_party=pair.need_party, is_search=False
    )
    propose = ProposeMatches(offer_id=pair.offer_id, proposals=(proposal,), proposed_by=by, at=at)
    yield Step(command=propose, name="offer")
    for side in Side:
        accept = AcceptMatch(offer_id=pair.offer_id, match_id=pair.match_id, by=side, at=at)
        yield Step(command=accept, name="offer")
    hold = HoldNeed(need_id=pair.need_id, match_id=pair.match_id, offer_id=pair.offer_id, at=at)
    yield Step(command=hold, name="need")
    yield Step(command=ConfirmMatch(offer_id=pair.offer_id, match_id=pair.match_id, at=at), name="offer")


def _refuse_recorded(row: Row, lookup: Lookup, party_a: str, party_b: str) -> None:
    """An agreement is not recorded twice because a later list leaves out its offer and its need."""
    agreements = all_found(lookup.ask(AGREEMENT), AGREEMENTS, party_a=party_a, party_b=party_b)
    for document in agreements:
        first = document["commitments"][0]
        if document.get("match_id") and first["description"] in row.forms("a_gives"):
            raise RowRefused("offer", "is empty, but the agreement is recorded with its offer and its need")
