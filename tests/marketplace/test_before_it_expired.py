"""Does what happened before an offer or a need expired still count, when it is learnt only afterwards?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.marketplace.domain.need import NEED, HoldNeed, need_was_open_then
from services.marketplace.domain.places import (
    PLACES,
    AcceptMatch,
    Proposal,
    ProposeMatches,
    match_id_of,
    offer_was_current_then,
)
from shared.events.marketplace.need import NeedExpired, NeedHeld
from shared.events.marketplace.offer import MatchAccepted, MatchProposed, OfferExpired, PlaceHeld
from shared.events.vocabulary import OfferKind, Side
from shared.testing.sentences import given
from tests.marketplace.scenes import AT, NEED_POSTED, POSTED

MATCH = match_id_of("of1", "n1")
PROPOSAL = Proposal(match_id=MATCH, need_id="n1", need_party="seeker", is_search=False)
PROPOSE = ProposeMatches(offer_id="of1", proposals=(PROPOSAL,), proposed_by="broker", at=AT)
PROPOSED = MatchProposed(
    match_id=MATCH,
    need_id="n1",
    is_search=False,
    need_party="seeker",
    offer_party="host",
    kind=OfferKind.EXCHANGE,
    proposed_by="broker",
)
YES = AcceptMatch(offer_id="of1", match_id=MATCH, by=Side.NEED, at=AT)
HOLD = HoldNeed(need_id="n1", match_id=MATCH, offer_id="of1", at=AT)
ACCEPTED = MatchAccepted(match_id=MATCH, by=Side.NEED)
MOMENT = timedelta(microseconds=1)


def test_who_took_an_offer_while_it_was_current_is_matched_with_it_though_it_has_expired_since() -> None:
    given(PLACES, POSTED, OfferExpired()).when(PROPOSE).then(PROPOSED)
    given(PLACES, POSTED, OfferExpired(), PROPOSED).when(YES).then(ACCEPTED)
    last = replace(YES, by=Side.OFFER, at=POSTED.current_until - MOMENT)
    given(PLACES, POSTED, OfferExpired(), PROPOSED, ACCEPTED).when(last).then(
        MatchAccepted(match_id=MATCH, by=Side.OFFER),
        PlaceHeld(match_id=MATCH, need_id="n1", is_search=False),
    )


@pytest.mark.parametrize("command", [PROPOSE, YES])
def test_nobody_is_matched_with_an_offer_from_the_moment_on_at_which_it_was_no_longer_current(
    command: ProposeMatches | AcceptMatch,
) -> None:
    before = () if command is PROPOSE else (PROPOSED,)
    late = replace(command, at=POSTED.current_until)
    given(PLACES, POSTED, OfferExpired(), *before).when(late).then_refused_by(offer_was_current_then)
    over = replace(POSTED, terms=replace(POSTED.terms, available_until=AT.date() - timedelta(days=1)))
    given(PLACES, over, OfferExpired(), *before).when(command).then_refused_by(offer_was_current_then)


def test_a_need_that_was_met_while_it_was_open_is_held_though_it_has_expired_since() -> None:
    held = NeedHeld(match_id=MATCH, offer_id="of1")
    given(NEED, NEED_POSTED, NeedExpired()).when(HOLD).then(held)
    late = replace(HOLD, at=NEED_POSTED.current_until)
    given(NEED, NEED_POSTED, NeedExpired()).when(late).then_refused_by(need_was_open_then)
    over = replace(NEED_POSTED, terms=replace(NEED_POSTED.terms, wanted_until=date(2026, 1, 1)))
    given(NEED, over, NeedExpired()).when(HOLD).then_refused_by(need_was_open_then)
