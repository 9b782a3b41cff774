"""May they? Rules that are answered from the service's views: what `actors` has told, and what is on the board."""

from typing import Any

from services.marketplace.domain.places import THE_MATCHER
from services.marketplace.views.market_days import MARKET_DAYS, is_trading_at
from services.marketplace.views.needs import NEEDS, SEARCHES
from services.marketplace.views.organisations import ORGANISATIONS
from shared.kernel.read_model import Ask


def organisation_is_verified(_: Any, command: Any, ask: Ask) -> bool:
    """An organisation posts once a coordinator has verified it."""
    organisation = ask.get(ORGANISATIONS, command.organisation_id)
    return organisation is not None and organisation["verified"]


def organisation_is_not_suspended(_: Any, command: Any, ask: Ask) -> bool:
    """A suspended organisation posts nothing until it is reinstated."""
    return not _is_suspended(command.organisation_id, ask)


def no_side_is_suspended(offer: Any, command: Any, ask: Ask) -> bool:
    """Nobody comes together with a suspended organisation; what is agreed already goes on."""
    match = offer.matches.get(command.match_id)
    sides = (offer.organisation_id,) if match is None else (offer.organisation_id, match.need_party)
    return not any(_is_suspended(side, ask) for side in sides)


def parties_are_known_and_not_suspended(_: Any, command: Any, ask: Ask) -> bool:
    """Both parties of an agreement are organisations of the city in good standing."""
    if command.match_id is not None:  # both said yes while they were
        return True
    return all(
        ask.get(ORGANISATIONS, party) is not None and not _is_suspended(party, ask)
        for party in (command.party_a, command.party_b)
    )


def proposals_say_what_is_known(offer: Any, command: Any, ask: Ask) -> bool:
    """Who proposes a need or a search names the party and the kind that it has."""
    if command.proposed_by == THE_MATCHER or offer.terms is None:
        return True
    for proposal in command.proposals:
        need, search = ask.get(NEEDS, proposal.need_id), ask.get(SEARCHES, proposal.need_id)
        known = search or need
        if known is None:
            continue  # not seen yet, or not there at all: then it can't be held
        party = known["person_id"] if search else known["organisation_id"]
        if (party, bool(search)) != (proposal.need_party, proposal.is_search):
            return False
        if known["terms"]["kind"] != offer.terms.kind:
            return False
    return True


def seal_falls_between_the_gongs(agreement: Any, command: Any, ask: Ask) -> bool:
    """An agreement of a market day is sealed between its two gongs or the same night; later it is one outside of it.

    Rule: M06
    """
    if agreement.is_sealed or agreement.draft is None or agreement.draft.market_day_id is None:
        return True
    day = ask.get(MARKET_DAYS, agreement.draft.market_day_id)
    return day is not None and is_trading_at(day, command.at)


def _is_suspended(organisation_id: str, ask: Ask) -> bool:
    organisation = ask.get(ORGANISATIONS, organisation_id)
    return organisation is not None and bool(organisation["suspended"])
