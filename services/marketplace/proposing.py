"""Whom does the marketplace bring together? At most ten proposals a posting, each with its reasons."""

from collections.abc import Iterable, Iterator
from typing import Any

from services.marketplace.board import (
    board_of,
    posting_of_need,
    posting_of_offer,
    posting_of_search,
)
from services.marketplace.domain.candidates import Candidate, for_need, for_offer
from services.marketplace.domain.places import Proposal, ProposeMatches
from services.marketplace.domain.scoring import Points, Posting, reasons, score
from shared.events.marketplace.need import (
    NeedAmended,
    NeedPosted,
    NeedReleased,
    SearchAmended,
    SearchPosted,
    SearchReleased,
)
from shared.events.marketplace.offer import OfferAmended, OfferPosted, PlaceReopened
from shared.kernel.identity import derived_id
from shared.kernel.reaction import Reaction
from shared.kernel.recorded import Recorded
from shared.kernel.view import Ask

SUSPENDED_AT_MOST = 10_000


def propose_for_offer(event: Recorded, ask: Ask) -> Iterable[Any]:
    """An offer with a free place is proposed to the needs and searches that fit best."""
    document = ask.get("offers", event.noun_id)
    offer = posting_of_offer(document) if document else None
    if offer is None:
        return
    suspended = _suspended(ask)
    if offer.party in suspended:
        return
    fits = for_offer(offer)
    best = board_of(ask).needs.best(offer, _unless(suspended, fits))
    if best:
        proposals = tuple(_proposal(offer, one.posting, one.points) for one in best)
        yield ProposeMatches(offer_id=offer.id, proposals=proposals, at=event.time)


def propose_for_need(event: Recorded, ask: Ask) -> Iterable[Any]:
    """An open need is proposed to the offers that fit best."""
    document = ask.get("needs", event.noun_id)
    need = posting_of_need(document) if document else None
    if need is not None:
        yield from _proposals_to_offers(need, event, ask)


def propose_for_search(event: Recorded, ask: Ask) -> Iterable[Any]:
    """An open search is proposed to the offers that fit best; nobody but the person hears of it first (rule P02)."""
    document = ask.get("searches", event.noun_id)
    search = posting_of_search(document) if document else None
    if search is not None:
        yield from _proposals_to_offers(search, event, ask)


def match_id_of(offer_id: str, need_id: str) -> str:
    """The id of the match of an offer and a need: there is one per pair."""
    return derived_id("match", offer_id, need_id)


def _proposals_to_offers(need: Posting, event: Recorded, ask: Ask) -> Iterator[ProposeMatches]:
    suspended = _suspended(ask)
    if need.party not in suspended:
        for candidate in _best_offers(need, suspended, ask):
            proposal = _proposal(candidate.posting, need, candidate.points)
            yield ProposeMatches(offer_id=candidate.posting.id, proposals=(proposal,), at=event.time)


def _best_offers(need: Posting, suspended: frozenset[str], ask: Ask) -> list[Candidate]:
    return board_of(ask).offers.best(need, _unless(suspended, for_need(need)))


def _unless(suspended: frozenset[str], fits: Any) -> Any:
    def fit(posting: Posting) -> Points | None:
        given: Points | None = None if posting.party in suspended else fits(posting)
        return given

    return fit


def _suspended(ask: Ask) -> frozenset[str]:
    return frozenset(
        one["id"] for one in ask.find("organisations", status="suspended", limit=SUSPENDED_AT_MOST)
    )


def _proposal(offer: Posting, need: Posting, given: Points) -> Proposal:
    return Proposal(
        match_id=match_id_of(offer.id, need.id),
        need_id=need.id,
        need_party=need.party,
        is_search=need.is_search,
        score=score(given.total),
        reasons=reasons(offer, need, given),
    )


PROPOSING = (
    Reaction(on=(OfferPosted, OfferAmended, PlaceReopened), react=propose_for_offer),
    Reaction(on=(NeedPosted, NeedAmended, NeedReleased), react=propose_for_need),
    Reaction(on=(SearchPosted, SearchAmended, SearchReleased), react=propose_for_search),
)
