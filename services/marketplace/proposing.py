"""Whom does the marketplace bring together? At most ten proposals a posting, each with its reasons."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from services.marketplace.board import (
    board_of,
    posting_of_need,
    posting_of_offer,
    posting_of_search,
)
from services.marketplace.domain.places import MOST_PROPOSALS, Proposal, ProposeMatches, match_id_of
from services.marketplace.domain.scoring import Pairing, Points, Posting, reasons, score
from services.marketplace.views.matches import MATCHES
from services.marketplace.views.needs import NEEDS, SEARCHES
from services.marketplace.views.offers import OFFERS
from services.marketplace.views.organisations import ORGANISATIONS
from shared.events.actors.organisation import OrganisationReinstated
from shared.events.marketplace.need import (
    NeedAmended,
    NeedPosted,
    NeedReleased,
    SearchAmended,
    SearchPosted,
    SearchReleased,
)
from shared.events.marketplace.offer import OfferAmended, OfferPosted, PlaceReopened
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask, all_found
from shared.kernel.recorded import Recorded

__all__ = ["PROPOSING", "match_id_of"]

OPEN, LAPSED = "proposed", "lapsed"


def propose_for_offer(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """An offer with a free place is proposed to the needs and searches that fit best."""
    document = ask.get(OFFERS, event.noun_id)
    offer = posting_of_offer(document) if document else None
    if offer is not None:
        proposals = tuple(_proposals_for_offer(offer, ask))
        if proposals:
            yield ProposeMatches(offer_id=offer.id, proposals=proposals, at=event.time)


def propose_for_need(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """An open need is proposed to the offers that fit best."""
    document = ask.get(NEEDS, event.noun_id)
    need = posting_of_need(document) if document else None
    if need is not None:
        yield from _to_each_offer(_proposals_for_need(need, ask), event)


def propose_for_search(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """An open search is proposed to the offers that fit best; nobody but the person hears of it first (rule P02)."""
    document = ask.get(SEARCHES, event.noun_id)
    search = posting_of_search(document) if document else None
    if search is not None:
        yield from _to_each_offer(_proposals_for_need(search, ask), event)


def propose_for_reinstated(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """What a reinstated organisation has on the board is proposed again: its matches lapsed with the suspension."""
    for document in all_found(ask, OFFERS, organisation_id=event.noun_id, status="posted"):
        offer = posting_of_offer(document)
        proposals = tuple(_proposals_for_offer(offer, ask)) if offer else ()
        if offer and proposals:
            yield ProposeMatches(offer_id=offer.id, proposals=proposals, at=event.time)
    needs = (
        posting_of_need(document)
        for document in all_found(ask, NEEDS, organisation_id=event.noun_id, status="open")
    )
    proposals_of_needs = (one for need in needs if need for one in _proposals_for_need(need, ask))
    yield from _to_each_offer(proposals_of_needs, event)


def _proposals_for_offer(offer: Posting, ask: Ask) -> Iterator[Proposal]:
    known = {one["need_id"]: one["status"] for one in all_found(ask, MATCHES, offer_id=offer.id)}
    for posting, points in _best(offer, known, ask, asked_is_offer=True):
        yield _proposal(offer, posting, points)


def _proposals_for_need(need: Posting, ask: Ask) -> Iterator[tuple[str, Proposal]]:
    known = {one["offer_id"]: one["status"] for one in all_found(ask, MATCHES, need_id=need.id)}
    for posting, points in _best(need, known, ask, asked_is_offer=False):
        yield posting.id, _proposal(posting, need, points)


def _best(
    asked: Posting, known: dict[str, str], ask: Ask, *, asked_is_offer: bool
) -> list[tuple[Posting, Points]]:
    """The best that are not matched yet; with those that wait for an answer they are ten at most."""
    suspended = frozenset(one["id"] for one in all_found(ask, ORGANISATIONS, status="suspended"))
    n_open = sum(status == OPEN for status in known.values())
    if asked.party in suspended:
        return []
    pairing = Pairing(asked, asked_is_offer)
    found = board_of(ask).best(ask, pairing, _unless(suspended, known), max(0, MOST_PROPOSALS - n_open))
    return [(one.posting, one.points) for one in found]


def _unless(suspended: frozenset[str], known: dict[str, str]) -> Callable[[Posting], bool]:
    """Neither suspended nor matched already, unless that match lapsed without a no."""

    def allowed(posting: Posting) -> bool:
        return posting.party not in suspended and known.get(posting.id, LAPSED) == LAPSED

    return allowed


def _to_each_offer(found: Iterable[tuple[str, Proposal]], event: Recorded[Any]) -> Iterator[ProposeMatches]:
    by_offer: dict[str, list[Proposal]] = {}
    for offer_id, proposal in found:
        by_offer.setdefault(offer_id, []).append(proposal)
    for offer_id, proposals in by_offer.items():
        best = tuple(proposals[:MOST_PROPOSALS])
        yield ProposeMatches(offer_id=offer_id, proposals=best, at=event.time)


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
    Reaction(
        name="propose_for_offer", on=(OfferPosted, OfferAmended, PlaceReopened), react=propose_for_offer
    ),
    Reaction(name="propose_for_need", on=(NeedPosted, NeedAmended, NeedReleased), react=propose_for_need),
    Reaction(
        name="propose_for_search", on=(SearchPosted, SearchAmended, SearchReleased), react=propose_for_search
    ),
    Reaction(name="propose_for_reinstated", on=(OrganisationReinstated,), react=propose_for_reinstated),
)
