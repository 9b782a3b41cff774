"""What follows a confirmed match of exchange? A draft of an agreement."""

from collections.abc import Iterable
from datetime import datetime

from services.marketplace.domain.agreement import DraftAgreement, agreement_id_of
from services.marketplace.domain.places import THE_MATCHER
from services.marketplace.views.market_day import MARKET_DAYS, is_trading_at
from services.marketplace.views.match import MATCHES
from shared.events.marketplace.agreement import Commitment
from shared.events.marketplace.offer import MatchConfirmed, OfferTerms
from shared.events.vocabulary import OfferKind, Party, ReciprocityKind
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask
from shared.kernel.recorded import Recorded
from shared.kernel.text import LONGEST_TEXT, cut, in_lines

INITIATED_BY = {THE_MATCHER: "party", "broker": "broker"}


def draft_agreement(event: Recorded[MatchConfirmed], ask: Ask) -> Iterable[DraftAgreement]:
    """A confirmed exchange becomes a draft: A gives what it offered; B adds its own before anybody signs."""
    match = event.data
    if match.terms.kind != OfferKind.EXCHANGE:
        return
    proposed = ask.get(MATCHES, match.match_id)
    proposed_by = THE_MATCHER if proposed is None else proposed["proposed_by"]
    yield DraftAgreement(
        agreement_id=agreement_id_of(match.match_id),
        party_a=match.offer_party,
        party_b=match.need_party,
        commitments=(
            Commitment(giver=Party.A, category=match.terms.category, description=_in_words(match.terms)),
        ),
        reciprocity=ReciprocityKind.ONE_SIDED,
        match_id=match.match_id,
        offer_id=match.offer_id,
        need_id=match.need_id,
        market_day_id=_market_day_at(match.terms.market_day_id, event.time, ask),
        initiated_by=INITIATED_BY.get(proposed_by, "lab"),
        at=event.time,
    )


def _market_day_at(market_day_id: str | None, at: datetime, ask: Ask) -> str | None:
    """The market day of the offer while it is traded there; later the agreement belongs to none (rule M06)."""
    day = ask.get(MARKET_DAYS, market_day_id) if market_day_id else None
    return market_day_id if day is not None and is_trading_at(day, at) else None


def _in_words(terms: OfferTerms) -> str:
    """Title and description together, as they were judged when posted: a voucher stays a voucher (rule M01).

    Both may be longer than one text, and older ones are not in the form in which texts are kept.
    """
    words = f"{terms.title}: {terms.description}" if terms.description else terms.title
    return cut(in_lines(words), LONGEST_TEXT)


AGREEMENT_REACTIONS = (Reaction(name="draft_agreement", on=(MatchConfirmed,), react=draft_agreement),)
