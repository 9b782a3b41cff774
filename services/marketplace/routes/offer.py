"""Who posts, checks, changes and withdraws an offer?"""

from collections.abc import Mapping
from typing import Any

from services.marketplace.domain.offer import (
    OFFER,
    AmendOffer,
    CheckOffer,
    ConfirmOfferCurrent,
    ExpireOffer,
    Offer,
    PostOffer,
    ReturnOffer,
    WithdrawOffer,
)
from services.marketplace.routes.callers import BOARD, CHECKERS, SERVICE_ONLY, own_organisation
from services.marketplace.routes.standing import MAY_POST
from shared.service.tables import Actor, CommandRoute, organisations


def posting_organisation(_: Offer, command: PostOffer) -> tuple[Actor, ...]:
    """The organisation in whose name the offer is posted."""
    return organisations(command.organisation_id)


def host(offer: Offer, _: object) -> tuple[Actor, ...]:
    """The organisation that posted the offer."""
    return organisations(offer.organisation_id)


def in_force(offer: Offer) -> Mapping[str, Any]:
    """The terms as they are now."""
    return {"terms": offer.terms}


OFFER_COMMANDS = (
    CommandRoute(
        command=PostOffer, decider=OFFER, nouns="offers", roles=BOARD, starts=True,
        parties=posting_organisation, derived={"organisation_id": own_organisation}, checks=MAY_POST,
    ),
    CommandRoute(command=CheckOffer, decider=OFFER, nouns="offers", roles=CHECKERS),
    CommandRoute(command=ReturnOffer, decider=OFFER, nouns="offers", roles=CHECKERS),
    CommandRoute(
        command=AmendOffer, decider=OFFER, nouns="offers", roles=BOARD, parties=host, amends=in_force
    ),
    CommandRoute(command=ConfirmOfferCurrent, decider=OFFER, nouns="offers", roles=BOARD, parties=host),
    CommandRoute(command=WithdrawOffer, decider=OFFER, nouns="offers", roles=BOARD, parties=host),
    CommandRoute(command=ExpireOffer, decider=OFFER, nouns="offers", roles=SERVICE_ONLY),
)  # fmt: skip
