"""Who may act for whom on the marketplace? Each function names the ids that a command may come from.

`parties` see the state before the command; `derived` fields follow from the caller, and are None where staff must say.
"""

from typing import Any

from shared.events.vocabulary import OfferKind, Party, Side
from shared.service.tables import Caller, Role

EVERY_KIND = frozenset(OfferKind)
KINDS_OF_STAFF = {
    Role.COORDINATOR: frozenset({OfferKind.EXCHANGE, OfferKind.VOLUNTEERING}),
    Role.COUNSELLOR: frozenset({OfferKind.WORK}),
    Role.BROKER: frozenset({OfferKind.EXCHANGE}),
    Role.NOTARY: frozenset({OfferKind.EXCHANGE}),
}
"""Whose matches and searches staff deal with: no role has both volunteering and employment (contract 4)."""


# --- which kinds --------------------------------------------------------------------------------
def may_read_kind(caller: Caller, kind: str) -> bool:
    """Whether the caller's role deals with this kind of match or search; parties do with their own of any kind."""
    return kind in KINDS_OF_STAFF.get(caller.role, EVERY_KIND)


def deals_with_the_offers_kind(caller: Caller, offer: Any, _: Any) -> bool:
    """Matches of an offer are proposed and answered by staff who deal with its kind, or by the sides themselves."""
    return offer.terms is None or may_read_kind(caller, offer.terms.kind)


def deals_with_the_searchs_kind(caller: Caller, need: Any, command: Any) -> bool:
    """A search is entered and changed by staff who deal with its kind, or by the person."""
    asked = (getattr(command, "terms", None), need.terms)
    return all(terms is None or may_read_kind(caller, terms.kind) for terms in asked)


# --- parties --------------------------------------------------------------------------------------
def posting_organisation(_: Any, command: Any) -> tuple[str, ...]:
    """The organisation in whose name something is posted."""
    return (command.organisation_id,)


def posting_person(_: Any, command: Any) -> tuple[str, ...]:
    """The person in whose name a search is posted."""
    return (command.person_id,)


def requesting_person(_: Any, command: Any) -> tuple[str, ...]:
    """The person who asks for counselling."""
    return (command.person_id,)


def host(state: Any, _: Any) -> tuple[str, ...]:
    """The organisation of an offer, or the host of an engagement."""
    referral = getattr(state, "known_referral", None)
    return (referral.host_id,) if referral else (state.organisation_id,)


def volunteer(state: Any, _: Any) -> tuple[str, ...]:
    """The volunteer of an engagement."""
    return (state.known_referral.person_id,)


def party_of(state: Any, _: Any) -> tuple[str, ...]:
    """Whose need or search it is."""
    return (state.party,)


def side_of_match(state: Any, command: Any) -> tuple[str, ...]:
    """The party of the side that the command speaks for."""
    match = state.matches.get(command.match_id)
    if match is None:
        return ()
    return (state.organisation_id,) if command.by == Side.OFFER else (match.need_party,)


def drafting_parties(state: Any, command: Any) -> tuple[str, ...]:
    """Both parties of a draft; an existing one is changed by its own parties only."""
    if state.draft is None:
        return (command.party_a, command.party_b)
    return (state.party_a, state.party_b)


def both_parties(state: Any, command: Any) -> tuple[str, ...]:
    """Both parties of an agreement; a signature only by its own."""
    by = getattr(command, "by", None)
    if by is not None:
        return (state.party_a,) if by == Party.A else (state.party_b,)
    return (state.party_a, state.party_b)


def giver(state: Any, command: Any) -> tuple[str, ...]:
    """Who promised the commitment."""
    return _commitment_party(state, command.number, of_giver=True)


def receiver(state: Any, command: Any) -> tuple[str, ...]:
    """To whom the commitment was promised."""
    return _commitment_party(state, command.number, of_giver=False)


def _commitment_party(state: Any, number: int, *, of_giver: bool) -> tuple[str, ...]:
    if not 1 <= number <= len(state.commitments):
        return (state.party_a, state.party_b)  # the decider says that there is no such commitment
    gives_a = state.commitments[number - 1].giver == Party.A
    return (state.party_a,) if gives_a == of_giver else (state.party_b,)


# --- derived fields -------------------------------------------------------------------------------
def own_organisation(caller: Caller, _: Any) -> str | None:
    """An organisation posts in its own name."""
    return caller.actor if caller.role == Role.ORGANISATION else None


def own_person(caller: Caller, _: Any) -> str | None:
    """A person searches for themself."""
    return caller.actor if caller.role == Role.PERSON else None


def match_side_of(caller: Caller, state: Any) -> Side | None:
    """The side of the match on which the caller stands."""
    if caller.role == Role.ORGANISATION:
        return Side.OFFER if caller.actor == state.organisation_id else Side.NEED
    return Side.NEED if caller.role == Role.PERSON else None


def agreement_parties(caller: Caller, state: Any) -> Party | None:
    """The party of the agreement which the caller is."""
    if caller.role != Role.ORGANISATION:
        return None
    return Party.A if caller.actor == state.party_a else Party.B


def role_of(caller: Caller, _: Any) -> str:
    """Who proposes a match says so by the role; only the service itself is the matcher."""
    return str(caller.role)


def whoever_seals(caller: Caller, _: Any) -> str | None:
    """The notary who is signed in."""
    return caller.actor
