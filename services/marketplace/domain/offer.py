"""The offer: posted by an organisation, matched, accepted, exhausted or withdrawn.

One stream per offer guards the one scarce thing here: its places. Its life is in `posting.py`, its matches in
`matching.py`, what becomes of its places in `places.py`, what the rules read in `offer_state.py`.
"""

from collections.abc import Sequence
from typing import TypeAlias, assert_never

from services.marketplace.domain import matching, places, posting
from services.marketplace.domain.matching import (
    AcceptMatch,
    DeclineMatch,
    LapseMatches,
    MatchingCommand,
    ProposeMatches,
)
from services.marketplace.domain.offer_state import Offer, evolve
from services.marketplace.domain.places import AskReopen, ConfirmMatch, PlacesCommand, ReopenPlace
from services.marketplace.domain.posting import (
    AmendOffer,
    CheckOffer,
    ConfirmOfferCurrent,
    ExpireOffer,
    PostingCommand,
    PostOffer,
    ReturnOffer,
    WithdrawOffer,
)
from shared.events.marketplace.offer import OfferEvent
from shared.kernel.decider import Decider

OfferCommand: TypeAlias = PostingCommand | MatchingCommand | PlacesCommand


def decide(offer: Offer, command: OfferCommand) -> Sequence[OfferEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case PostOffer():
            return posting.post(offer, command)
        case CheckOffer():
            return posting.check(offer, command)
        case ReturnOffer():
            return posting.give_back(offer, command)
        case AmendOffer():
            return posting.amend(offer, command)
        case ConfirmOfferCurrent():
            return posting.confirm_current(offer, command)
        case WithdrawOffer():
            return posting.withdraw(offer, command)
        case ExpireOffer():
            return posting.expire(offer, command)
        case ProposeMatches():
            return matching.propose(offer, command)
        case AcceptMatch():
            return matching.accept(offer, command)
        case DeclineMatch():
            return matching.decline(offer, command)
        case LapseMatches():
            return matching.lapse(offer, command)
        case ConfirmMatch():
            return places.confirm(offer, command)
        case AskReopen():
            return places.ask_reopen(offer, command)
        case ReopenPlace():
            return places.reopen(offer, command)
        case _:
            assert_never(command)


OFFER = Decider(name="offer", initial=Offer(), decide=decide, evolve=evolve)
