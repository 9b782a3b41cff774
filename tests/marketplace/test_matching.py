"""Are matches proposed, answered and ended as their rules say?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.marketplace.domain import places as rules
from services.marketplace.domain.offer import offer_is_on_the_board
from services.marketplace.domain.places import (
    PLACES,
    AcceptMatch,
    DeclineMatch,
    LapseMatches,
    LapseOpenMatches,
    ProposeFittingMatches,
    ProposeMatches,
    match_id_of,
)
from shared.events.marketplace.offer import (
    MatchDeclined,
    MatchLapsed,
    MatchReason,
    OfferExhausted,
    OfferWithdrawn,
    PlaceHeld,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import DeclineReason, LapseReason, ReasonPart, ReopenCause, Side
from shared.testing.sentences import given
from tests.marketplace.scenes import (
    AT,
    EXCHANGE,
    MATCH_ID,
    POSTED,
    PROPOSAL,
    PROPOSED,
    SEARCH_MATCH_ID,
    SEARCH_PROPOSAL,
    SEARCH_PROPOSED,
    WORK,
    accepted,
    another,
    confirmed,
    held,
)

PROPOSE = ProposeMatches(offer_id="of1", proposals=(PROPOSAL,), at=AT)
YES = AcceptMatch(offer_id="of1", match_id=MATCH_ID, by=Side.NEED, at=AT)
NO = DeclineMatch(offer_id="of1", match_id=MATCH_ID, by=Side.NEED, reason=DeclineReason.TOO_FAR, at=AT)
DECLINED = MatchDeclined(match_id=MATCH_ID, by=Side.NEED, reason=DeclineReason.TOO_FAR)
WORK_POSTED = replace(POSTED, terms=WORK)
REASON = MatchReason(part=ReasonPart.DISTRICT, points=Decimal("0.15"), text="both in Barmen")


def lapsed(reason: LapseReason = LapseReason.NO_ANSWER) -> MatchLapsed:
    """The match ended without an answer."""
    return MatchLapsed(match_id=MATCH_ID, reason=reason)


def lapse(reason: LapseReason, match_id: str = MATCH_ID) -> LapseMatches:
    """End the match for this reason."""
    return LapseMatches(offer_id="of1", match_ids=(match_id,), reason=reason, at=AT)


# --- proposing ------------------------------------------------------------------------------------
def test_a_match_is_proposed_once_under_the_id_of_its_pair() -> None:
    given(PLACES, POSTED).when(PROPOSE).then(PROPOSED)
    given(PLACES, POSTED, PROPOSED).when(PROPOSE).then_nothing_happened()
    named = replace(PROPOSE, proposals=(replace(PROPOSAL, match_id=MATCH_ID),))
    given(PLACES, POSTED).when(named).then(PROPOSED)
    other = replace(PROPOSE, proposals=(replace(PROPOSAL, match_id=match_id_of("of1", "n2")),))
    given(PLACES, POSTED).when(other).then_refused_by(rules.offer_and_need_have_one_match)


def test_reasons_stand_in_the_proposal_of_a_need() -> None:
    with_reasons = replace(PROPOSE, proposals=(replace(PROPOSAL, reasons=(REASON,)),), proposed_by="broker")
    given(PLACES, POSTED).when(with_reasons).then(replace(PROPOSED, reasons=(REASON,), proposed_by="broker"))


def test_neither_score_nor_reasons_of_a_persons_match_are_told() -> None:
    search = replace(PROPOSE, proposals=(replace(SEARCH_PROPOSAL, reasons=(REASON,)),))
    given(PLACES, WORK_POSTED).when(search).then(SEARCH_PROPOSED)


def test_nobody_is_matched_with_themself() -> None:
    own = replace(PROPOSE, proposals=(replace(PROPOSAL, need_party="host"),))
    given(PLACES, POSTED).when(own).then_refused_by(rules.sides_are_different_parties)


def test_an_offer_is_answered_with_ten_proposals_at_most() -> None:
    eleven = tuple(replace(PROPOSAL, need_id=f"n{number}") for number in range(11))
    given(PLACES, POSTED).when(replace(PROPOSE, proposals=eleven)).then_refused_by(
        rules.proposals_are_ten_at_most
    )
    ten = given(PLACES, POSTED).when(replace(PROPOSE, proposals=eleven[:10]))
    assert len(ten.events) == 10


def test_nothing_is_proposed_for_an_offer_that_is_off_the_board_or_full() -> None:
    given(PLACES, POSTED, OfferWithdrawn()).when(PROPOSE).then_refused_by(offer_is_on_the_board)
    given(PLACES, POSTED, *held(another(2))).when(PROPOSE).then_refused_by(rules.offer_has_a_place_left)
    given(PLACES).when(PROPOSE).then_refused_by(offer_is_on_the_board)


@pytest.mark.parametrize("reason", [LapseReason.NEED_TAKEN, LapseReason.OFFER_EXHAUSTED])
def test_a_match_that_lapsed_may_be_proposed_again_and_starts_anew(reason: LapseReason) -> None:
    again = given(PLACES, POSTED, PROPOSED, accepted(MATCH_ID, Side.NEED), lapsed(reason))
    again.when(PROPOSE).then(PROPOSED)
    given(PLACES, *again.events, PROPOSED).when(YES).then(accepted(MATCH_ID, Side.NEED))


def test_a_match_that_was_declined_or_has_stood_is_not_proposed_again() -> None:
    stood = (
        *held(PROPOSED),
        confirmed(PROPOSED),
        OfferExhausted(),
        PlaceReopenAsked(match_id=MATCH_ID, cause=ReopenCause.AGREEMENT_FAILED),
        PlaceReopened(free_places=1),
    )
    meanwhile = ProposeFittingMatches(offer_id="of1", proposals=PROPOSE.proposals, at=AT)
    for answered in ((PROPOSED, DECLINED), stood):
        given(PLACES, POSTED, *answered).when(PROPOSE).then_refused_by(rules.pairs_may_be_proposed)
        given(PLACES, POSTED, *answered).when(meanwhile).then_nothing_happened()


def test_a_pair_is_proposed_again_only_in_the_same_words() -> None:
    other = replace(PROPOSE, proposals=(replace(PROPOSAL, need_party="another"),))
    given(PLACES, POSTED, PROPOSED).when(other).then_refused_by(rules.pairs_may_be_proposed)
    given(PLACES, POSTED).when(replace(PROPOSE, proposals=())).then_refused_by(rules.something_is_named)


# --- accepting ------------------------------------------------------------------------------------
def test_the_second_yes_holds_the_place() -> None:
    given(PLACES, POSTED, PROPOSED).when(YES).then(accepted(MATCH_ID, Side.NEED))
    half = given(PLACES, POSTED, PROPOSED, accepted(MATCH_ID, Side.NEED))
    half.when(YES).then_nothing_happened()
    half.when(replace(YES, by=Side.OFFER)).then(
        accepted(MATCH_ID, Side.OFFER), PlaceHeld(match_id=MATCH_ID, need_id="n1", is_search=False)
    )
    given(PLACES, POSTED, *held(PROPOSED)).when(YES).then_nothing_happened()


def test_either_side_of_two_organisations_may_say_yes_first() -> None:
    given(PLACES, POSTED, PROPOSED).when(replace(YES, by=Side.OFFER)).then(accepted(MATCH_ID, Side.OFFER))


def test_a_person_agrees_before_the_organisation_answers() -> None:
    by_host = AcceptMatch(offer_id="of1", match_id=SEARCH_MATCH_ID, by=Side.OFFER, at=AT)
    proposed = given(PLACES, WORK_POSTED, SEARCH_PROPOSED)
    proposed.when(by_host).then_refused_by(rules.person_answers_first)
    no = DeclineMatch(
        offer_id="of1",
        match_id=SEARCH_MATCH_ID,
        by=Side.OFFER,
        reason=DeclineReason.OTHER,
        at=AT,
    )
    proposed.when(no).then_refused_by(rules.person_answers_first)
    agreed = given(PLACES, WORK_POSTED, SEARCH_PROPOSED, accepted(SEARCH_MATCH_ID, Side.NEED))
    agreed.when(by_host).then(
        accepted(SEARCH_MATCH_ID, Side.OFFER),
        PlaceHeld(match_id=SEARCH_MATCH_ID, need_id="s1", is_search=True),
    )


def test_the_last_place_goes_to_one() -> None:
    half = (another(2), accepted(another(2).match_id, Side.NEED))
    late = AcceptMatch(offer_id="of1", match_id=another(2).match_id, by=Side.OFFER, at=AT)
    one_place = given(PLACES, POSTED, *half, *held(PROPOSED))
    one_place.when(late).then_refused_by(rules.offer_has_a_place_left)
    two_places = given(PLACES, replace(POSTED, terms=replace(EXCHANGE, places=2)), *half, *held(PROPOSED))
    assert len(two_places.when(late).events) == 2


def test_only_an_open_match_on_the_board_is_accepted() -> None:
    given(PLACES, POSTED).when(YES).then_refused_by(rules.match_was_proposed)
    given(PLACES, POSTED, PROPOSED, DECLINED).when(YES).then_refused_by(rules.match_is_open)
    given(PLACES, POSTED, PROPOSED, lapsed()).when(YES).then_refused_by(rules.match_is_open)
    given(PLACES, POSTED, PROPOSED, OfferWithdrawn()).when(YES).then_refused_by(offer_is_on_the_board)


# --- declining ------------------------------------------------------------------------------------
def test_an_organisation_declines_with_a_reason() -> None:
    given(PLACES, POSTED, PROPOSED).when(NO).then(DECLINED)
    given(PLACES, POSTED, PROPOSED, DECLINED).when(NO).then_nothing_happened()
    given(PLACES, POSTED, PROPOSED).when(replace(NO, reason=None)).then_refused_by(rules.decline_has_a_reason)


def test_a_persons_reason_is_neither_asked_for_nor_kept() -> None:
    no = replace(NO, match_id=SEARCH_MATCH_ID)
    unexplained = MatchDeclined(match_id=SEARCH_MATCH_ID, by=Side.NEED)
    given(PLACES, WORK_POSTED, SEARCH_PROPOSED).when(no).then(unexplained)
    given(PLACES, WORK_POSTED, SEARCH_PROPOSED).when(replace(no, reason=None)).then(unexplained)


def test_who_said_yes_may_say_no_until_the_other_has_answered() -> None:
    given(PLACES, POSTED, PROPOSED, accepted(MATCH_ID, Side.NEED)).when(NO).then(DECLINED)
    given(PLACES, POSTED, *held(PROPOSED)).when(NO).then_refused_by(rules.match_is_open)
    given(PLACES, POSTED, PROPOSED, lapsed()).when(NO).then_refused_by(rules.match_is_open)
    given(PLACES, POSTED).when(NO).then_refused_by(rules.match_was_proposed)


# --- lapsing --------------------------------------------------------------------------------------
def test_an_open_match_lapses_once() -> None:
    given(PLACES, POSTED, PROPOSED).when(lapse(LapseReason.NO_ANSWER)).then(lapsed())
    given(PLACES, POSTED, PROPOSED, lapsed()).when(lapse(LapseReason.NO_ANSWER)).then_nothing_happened()
    other_reason = lapse(LapseReason.ORGANISATION_SUSPENDED)
    given(PLACES, POSTED, PROPOSED, lapsed()).when(other_reason).then_refused_by(rules.matches_may_lapse)
    given(PLACES, POSTED).when(lapse(LapseReason.NO_ANSWER)).then_refused_by(rules.matches_may_lapse)


def asked_to_lapse(reason: LapseReason) -> LapseOpenMatches:
    """What a reaction or the ticker asks."""
    return LapseOpenMatches(offer_id="of1", match_ids=(MATCH_ID,), reason=reason, at=AT)


def test_a_held_match_lapses_when_its_need_is_taken_and_its_place_is_free() -> None:
    freed = replace(lapsed(LapseReason.NEED_TAKEN), was_held=True)
    given(PLACES, POSTED, *held(PROPOSED)).when(lapse(LapseReason.NEED_TAKEN)).then(freed)
    half = (another(2), accepted(another(2).match_id, Side.NEED))
    late = AcceptMatch(offer_id="of1", match_id=another(2).match_id, by=Side.OFFER, at=AT)
    assert len(given(PLACES, POSTED, *half, *held(PROPOSED), freed).when(late).events) == 2


@pytest.mark.parametrize("reason", [each for each in LapseReason if each != LapseReason.NEED_TAKEN])
def test_for_no_other_reason_does_a_match_lapse_to_which_both_said_yes(reason: LapseReason) -> None:
    given(PLACES, POSTED, *held(PROPOSED)).when(lapse(reason)).then_refused_by(rules.matches_may_lapse)
    given(PLACES, POSTED, *held(PROPOSED)).when(asked_to_lapse(reason)).then_nothing_happened()


def test_a_confirmed_match_does_not_lapse() -> None:
    stands = given(PLACES, POSTED, *held(PROPOSED), confirmed(PROPOSED))
    stands.when(lapse(LapseReason.NEED_TAKEN)).then_refused_by(rules.matches_may_lapse)
    stands.when(asked_to_lapse(LapseReason.NEED_TAKEN)).then_nothing_happened()
