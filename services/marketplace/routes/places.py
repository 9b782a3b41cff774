"""Who proposes and answers matches, and who opens a place again?"""

from services.marketplace.domain.offer import Offer
from services.marketplace.domain.places import (
    PLACES,
    THE_MATCHER,
    AcceptMatch,
    AskReopen,
    ConfirmMatch,
    DeclineMatch,
    LapseMatches,
    LapseOpenMatches,
    ProposeFittingMatches,
    ProposeMatches,
    ReopenPlace,
)
from services.marketplace.routes.callers import BOARD, MATCHERS, SERVICE_ONLY, SIDES
from services.marketplace.routes.offer import host
from services.marketplace.routes.standing import is_suspended, waits_for_a_check
from services.marketplace.views.need import NEEDS
from services.marketplace.views.search import SEARCHES
from services.marketplace.views.staff import may_read_kind
from shared.events.vocabulary import OfferKind, Side
from shared.kernel.read_model import Ask
from shared.service.tables import Actor, Caller, CommandRoute, Role, organisations, persons


# --- who may --------------------------------------------------------------------------------------
def deals_with_the_offers_kind(caller: Caller, offer: Offer, _: object) -> bool:
    """Leave matches of work to a counsellor, those of volunteering to a coordinator, or an answer to the sides."""
    return offer.terms is None or may_read_kind(caller, offer.terms.kind)


def side_of_match(offer: Offer, command: AcceptMatch | DeclineMatch) -> tuple[Actor, ...]:
    """The party of the side that the command speaks for."""
    match = offer.matches.get(command.match_id)
    if match is None:
        return ()
    if command.by == Side.OFFER:
        return organisations(offer.organisation_id)
    return persons(match.need_party) if match.is_search else organisations(match.need_party)


def match_side_of(caller: Caller, offer: Offer) -> Side | None:
    """The side of the match on which the caller stands; staff name the side."""
    if caller.role == Role.ORGANISATION:
        return Side.OFFER if caller.actor == offer.organisation_id else Side.NEED
    return Side.NEED if caller.role == Role.PERSON else None


def role_of(caller: Caller, _: Offer) -> str:
    """Who proposes a match says so by the role; only the service itself is the matcher."""
    return str(caller.role)


def persons_proposed_to(command: ProposeMatches) -> tuple[str, ...]:
    """The persons to whose searches the offer is proposed."""
    return tuple(proposal.need_party for proposal in command.proposals if proposal.is_search)


# --- rules that the views answer ------------------------------------------------------------------
def no_side_is_suspended(offer: Offer, command: AcceptMatch, ask: Ask) -> bool:
    """Wait until both sides are in good standing; a suspended organisation agrees to nothing new."""
    return not any(is_suspended(side, ask) for side in _organisations_of(offer, command))


def both_sides_are_verified(offer: Offer, command: AcceptMatch, ask: Ask) -> bool:
    """Let a coordinator verify the organisations as they are now; an unverified organisation agrees to nothing new."""
    return not any(waits_for_a_check(side, ask) for side in _organisations_of(offer, command))


def _organisations_of(offer: Offer, command: AcceptMatch) -> tuple[str, ...]:
    """The organisations of both sides; a person is none, whatever their id is."""
    match = offer.matches.get(command.match_id)
    if match is None or match.is_search:
        return (offer.organisation_id,)
    return (offer.organisation_id, match.need_party)


def proposals_say_what_is_known(offer: Offer, command: ProposeMatches, ask: Ask) -> bool:
    """Name the party and the kind that the need or the search has."""
    if command.proposed_by == THE_MATCHER or offer.terms is None:
        return True
    for proposal in command.proposals:
        stated = (proposal.need_party, proposal.is_search, offer.terms.kind)
        if _of_need(proposal.need_id, ask) not in {None, stated}:
            return False
    return True


def _of_need(need_id: str, ask: Ask) -> tuple[str, bool, OfferKind] | None:
    """Party, whether it is a search, and kind; None while the views lack it: then nobody can hold it."""
    search = ask.get(SEARCHES, need_id)
    if search is not None:
        return search["person_id"], True, search["terms"]["kind"]
    need = ask.get(NEEDS, need_id)
    return None if need is None else (need["organisation_id"], False, need["terms"]["kind"])


PLACES_COMMANDS = (
    CommandRoute(command=ReopenPlace, decider=PLACES, nouns="offers", roles=BOARD, parties=host),
    CommandRoute(
        command=ProposeMatches, decider=PLACES, nouns="offers", roles=MATCHERS,
        may=deals_with_the_offers_kind, derived={"proposed_by": role_of}, checks=(proposals_say_what_is_known,),
        persons=persons_proposed_to,
    ),
    CommandRoute(
        command=AcceptMatch, decider=PLACES, nouns="offers", roles=SIDES, parties=side_of_match,
        may=deals_with_the_offers_kind, derived={"by": match_side_of},
        checks=(no_side_is_suspended, both_sides_are_verified),
    ),
    CommandRoute(
        command=DeclineMatch, decider=PLACES, nouns="offers", roles=SIDES, parties=side_of_match,
        may=deals_with_the_offers_kind, derived={"by": match_side_of},
    ),
    CommandRoute(
        command=LapseMatches, decider=PLACES, nouns="offers", roles=MATCHERS, may=deals_with_the_offers_kind,
    ),
    CommandRoute(command=ProposeFittingMatches, decider=PLACES, nouns="offers", roles=SERVICE_ONLY),
    CommandRoute(command=LapseOpenMatches, decider=PLACES, nouns="offers", roles=SERVICE_ONLY),
    CommandRoute(command=ConfirmMatch, decider=PLACES, nouns="offers", roles=SERVICE_ONLY),
    CommandRoute(command=AskReopen, decider=PLACES, nouns="offers", roles=SERVICE_ONLY),
)  # fmt: skip
