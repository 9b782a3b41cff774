"""Which offers and needs does the marketplace bring together? At most ten proposals per posting, each with reasons."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from services.marketplace.domain.need import NeedStatus
from services.marketplace.domain.offer import MatchStatus, OfferStatus
from services.marketplace.domain.places import MOST_PROPOSALS, Proposal, ProposeFittingMatches, match_id_of
from services.marketplace.domain.scoring import Pairing, Points, Posting, reasons, score
from services.marketplace.reactions.board import (
    board_of,
    if_readable,
    posting_of_need,
    posting_of_offer,
    posting_of_search,
)
from services.marketplace.views.match import MATCHES
from services.marketplace.views.need import NEEDS
from services.marketplace.views.offer import OFFERS
from services.marketplace.views.organisation import HIDDEN, ORGANISATIONS
from services.marketplace.views.search import SEARCHES
from shared.events.actors.organisation import OrganisationReinstated, OrganisationVerified
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
from shared.kernel.read_model import Ask, all_found, events_of
from shared.kernel.recorded import Recorded


def propose_for_offer(
    event: Recorded[OfferPosted | OfferAmended | PlaceReopened], ask: Ask
) -> Iterable[ProposeFittingMatches]:
    """An offer with a free place is proposed to the needs and searches that fit best."""
    document = ask.get(OFFERS, event.noun_id)
    offer = posting_of_offer(document) if document else None
    if offer is not None:
        proposals = tuple(_proposals_for_offer(offer, ask))
        if proposals:
            yield ProposeFittingMatches(offer_id=offer.id, proposals=proposals, at=event.time)


def propose_for_need(
    event: Recorded[NeedPosted | NeedAmended | NeedReleased], ask: Ask
) -> Iterable[ProposeFittingMatches]:
    """An open need is proposed to the offers that fit best."""
    document = ask.get(NEEDS, event.noun_id)
    need = posting_of_need(document) if document else None
    if need is not None:
        yield from _to_each_offer(_proposals_for_need(need, ask), event)


def propose_for_search(
    event: Recorded[SearchPosted | SearchAmended | SearchReleased], ask: Ask
) -> Iterable[ProposeFittingMatches]:
    """An open search is proposed to the offers that fit best; the person hears of it before anybody else (rule P02)."""
    document = ask.get(SEARCHES, event.noun_id)
    search = posting_of_search(document) if document else None
    if search is not None:
        yield from _to_each_offer(_proposals_for_need(search, ask), event)


def propose_for_reinstated(
    event: Recorded[OrganisationReinstated | OrganisationVerified], ask: Ask
) -> Iterable[ProposeFittingMatches]:
    """What an organisation has posted is proposed again when the board shows it again."""
    for document in all_found(ask, OFFERS, organisation_id=event.noun_id, status=OfferStatus.POSTED):
        offer = if_readable(posting_of_offer, document)
        proposals = tuple(_proposals_for_offer(offer, ask)) if offer else ()
        if offer and proposals:
            yield ProposeFittingMatches(offer_id=offer.id, proposals=proposals, at=event.time)
    needs = (
        if_readable(posting_of_need, document)
        for document in all_found(ask, NEEDS, organisation_id=event.noun_id, status=NeedStatus.OPEN)
    )
    proposals_of_needs = chain.from_iterable(_proposals_for_need(need, ask) for need in needs if need)
    yield from _to_each_offer(proposals_of_needs, event)


def _proposals_for_offer(offer: Posting, ask: Ask) -> Iterator[Proposal]:
    matched = {match["need_id"]: match["status"] for match in all_found(ask, MATCHES, offer_id=offer.id)}
    for posting, points in _best(offer, matched, ask, asked_is_offer=True):
        yield _proposal(offer, posting, points)


def _proposals_for_need(need: Posting, ask: Ask) -> Iterator[tuple[str, Proposal]]:
    matched = {match["offer_id"]: match["status"] for match in all_found(ask, MATCHES, need_id=need.id)}
    for posting, points in _best(need, matched, ask, asked_is_offer=False):
        yield posting.id, _proposal(posting, need, points)


def _best(
    asked: Posting, matched: Mapping[str, MatchStatus], ask: Ask, *, asked_is_offer: bool
) -> list[tuple[Posting, Points]]:
    """The best that are not matched yet; together with those that wait for an answer they are ten at most.

    `matched` has the status of each match that `asked` has, by the id of the other posting.
    """
    hidden = frozenset(organisation["id"] for organisation in all_found(ask, ORGANISATIONS, status=HIDDEN))
    if _is_hidden(asked, hidden):
        return []
    n_open = sum(status == MatchStatus.PROPOSED for status in matched.values())
    pairing, most = Pairing(asked, asked_is_offer), max(0, MOST_PROPOSALS - n_open)
    best = board_of(ask).best(ask, pairing, _unless(hidden, matched), most)
    return [(candidate.posting, candidate.points) for candidate in best]


def _is_hidden(posting: Posting, hidden: frozenset[str]) -> bool:
    """Whether its organisation is hidden; a search is a person's, whatever their id is."""
    return not posting.is_search and posting.party in hidden


def _unless(hidden: frozenset[str], matched: Mapping[str, MatchStatus]) -> Callable[[Posting], bool]:
    """Neither hidden from the board nor matched already, unless that match lapsed without a no."""

    def allowed(posting: Posting) -> bool:
        is_free = matched.get(posting.id, MatchStatus.LAPSED) == MatchStatus.LAPSED
        return is_free and not _is_hidden(posting, hidden)

    return allowed


def _to_each_offer(
    proposals_by_offer: Iterable[tuple[str, Proposal]], event: Recorded[object]
) -> Iterator[ProposeFittingMatches]:
    by_offer: dict[str, list[Proposal]] = {}
    for offer_id, proposal in proposals_by_offer:
        by_offer.setdefault(offer_id, []).append(proposal)
    for offer_id, proposals in by_offer.items():
        best = tuple(proposals[:MOST_PROPOSALS])
        yield ProposeFittingMatches(offer_id=offer_id, proposals=best, at=event.time)


def _proposal(offer: Posting, need: Posting, given: Points) -> Proposal:
    return Proposal(
        match_id=match_id_of(offer.id, need.id),
        need_id=need.id,
        need_party=need.party,
        is_search=need.is_search,
        score=score(given.total),
        reasons=reasons(offer, need, given),
    )


PROPOSAL_REACTIONS = (
    Reaction(
        name="propose_for_offer",
        on=events_of(OfferPosted | OfferAmended | PlaceReopened),
        react=propose_for_offer,
    ),
    Reaction(
        name="propose_for_need", on=events_of(NeedPosted | NeedAmended | NeedReleased), react=propose_for_need
    ),
    Reaction(
        name="propose_for_search",
        on=events_of(SearchPosted | SearchAmended | SearchReleased),
        react=propose_for_search,
    ),
    Reaction(
        name="propose_for_reinstated",
        on=events_of(OrganisationReinstated | OrganisationVerified),
        react=propose_for_reinstated,
    ),
)
