"""What is answered to a command that says something else than the record? A refusal whose sentence names the record."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.marketplace.domain import agreement, commitments, counselling, engagement, need, offer, places
from services.marketplace.domain.agreement import AGREEMENT
from services.marketplace.domain.commitments import COMMITMENTS
from services.marketplace.domain.counselling import COUNSELLING
from services.marketplace.domain.engagement import ENGAGEMENT
from services.marketplace.domain.need import NEED
from services.marketplace.domain.offer import OFFER
from services.marketplace.domain.places import PLACES
from shared.events.marketplace.need import NeedHeld, NeedWithdrawn, SearchClosed
from shared.events.marketplace.offer import OfferExpired, OfferWithdrawn
from shared.events.vocabulary import EndReason, FailureReason, Party, Side
from shared.kernel.decider import Decider
from shared.testing.sentences import given
from tests.marketplace import test_agreement as agreements
from tests.marketplace import test_commitments as sealed
from tests.marketplace import test_counselling as talks
from tests.marketplace import test_engagement as engagements
from tests.marketplace import test_matching as matching
from tests.marketplace import test_need as needs
from tests.marketplace import test_offer as offers
from tests.marketplace import test_search as searches
from tests.marketplace.scenes import (
    AT,
    DRAFTED,
    EXCHANGE,
    FIRST_DAY,
    MATCH_ID,
    NEED_POSTED,
    POSTED,
    PROPOSED,
    REFERRED,
    SEARCH,
    SEARCH_POSTED,
    accepted,
)
from tests.marketplace.scenes import NEED as NEED_TERMS

YESTERDAY = FIRST_DAY - timedelta(days=1)
IN_A_YEAR = date(2027, 3, 1)
TRIED = (REFERRED, engagements.ON_TRIAL)
ENGAGED = (REFERRED, engagements.STARTED)
HOLD = need.HoldNeed(need_id="n1", match_id=MATCH_ID, offer_id="of2", at=AT)


@pytest.mark.parametrize(
    ("decider", "before", "command", "rule"),
    [
        # counselling
        (
            COUNSELLING,
            (talks.REQUESTED,),
            replace(talks.REQUEST, person_id="p2"),
            counselling.counselling_is_new,
        ),
        (
            COUNSELLING,
            (talks.REQUESTED, talks.HELD),
            replace(talks.HOLD, held_on=YESTERDAY),
            counselling.talk_is_not_recorded_yet,
        ),
        (
            COUNSELLING,
            (talks.REQUESTED, talks.HELD),
            replace(talks.HOLD, held_on=IN_A_YEAR),
            counselling.talk_is_not_in_the_future,
        ),
        # engagement
        (ENGAGEMENT, (REFERRED,), replace(engagements.REFER, host_id="other"), engagement.referral_is_new),
        (
            ENGAGEMENT,
            TRIED,
            replace(engagements.TRY, started_on=YESTERDAY),
            engagement.trial_is_not_recorded_yet,
        ),
        (
            ENGAGEMENT,
            (*TRIED, engagements.NOT_PLACED),
            replace(engagements.END_TRIAL, ended_on=FIRST_DAY),
            engagement.end_is_not_recorded_yet,
        ),
        (
            ENGAGEMENT,
            ENGAGED,
            replace(engagements.START, started_on=YESTERDAY),
            engagement.start_is_not_recorded_yet,
        ),
        (
            ENGAGEMENT,
            ENGAGED,
            replace(engagements.START, started_on=IN_A_YEAR),
            engagement.start_is_not_in_the_future,
        ),
        (
            ENGAGEMENT,
            (*ENGAGED, engagements.ENDED),
            replace(engagements.END, reason=EndReason.BY_HOST),
            engagement.end_is_not_recorded_yet,
        ),
        # offer
        (
            OFFER,
            (POSTED,),
            replace(offers.post(EXCHANGE), organisation_id="other"),
            offer.offer_is_new_or_returned,
        ),
        (OFFER, (POSTED, OfferWithdrawn()), offers.post(EXCHANGE), offer.offer_is_new_or_returned),
        (OFFER, (POSTED, OfferWithdrawn()), offers.amend(EXCHANGE), offer.offer_is_on_the_board),
        (OFFER, (POSTED, OfferExpired()), offers.amend(EXCHANGE), offer.offer_is_on_the_board),
        (
            OFFER,
            (offers.SUBMITTED, offers.RETURNED),
            offer.ReturnOffer(offer_id="of1", reason="Wo?", at=AT),
            offer.offer_is_not_returned_yet,
        ),
        # matches
        (
            PLACES,
            (POSTED, PROPOSED, accepted(MATCH_ID, Side.NEED), matching.lapsed()),
            matching.YES,
            places.match_is_open,
        ),
        (
            PLACES,
            (POSTED, PROPOSED, matching.DECLINED),
            replace(matching.NO, by=Side.OFFER),
            places.match_is_open,
        ),
        # need and search
        (NEED, (NEED_POSTED,), replace(needs.post(NEED_TERMS), organisation_id="other"), need.need_is_new),
        (NEED, (NEED_POSTED, NeedWithdrawn()), needs.post(NEED_TERMS), need.need_is_new),
        (NEED, (NEED_POSTED, NeedWithdrawn()), needs.amend(NEED_TERMS), need.need_is_open),
        (NEED, (SEARCH_POSTED,), replace(searches.post(SEARCH), person_id="other"), need.need_is_new),
        (NEED, (SEARCH_POSTED, SearchClosed(closed_on=FIRST_DAY)), searches.amend(SEARCH), need.need_is_open),
        (NEED, (NEED_POSTED, NeedHeld(match_id=MATCH_ID, offer_id="of1")), HOLD, need.need_is_open),
        # agreement
        (AGREEMENT, (), agreements.WITHDRAW, agreement.agreement_was_drafted),
        (
            AGREEMENT,
            (DRAFTED, agreements.WITHDRAWN),
            replace(agreements.WITHDRAW, by=Party.A),
            agreement.agreement_goes_on,
        ),
        (COMMITMENTS, (), sealed.CLOSE, commitments.agreement_is_in_delivery),
        (COMMITMENTS, (), sealed.FAIL, commitments.agreement_is_in_delivery),
        (
            COMMITMENTS,
            (*sealed.WITHOUT_SEAL, sealed.SEALED, sealed.FAILED),
            replace(sealed.FAIL, reason=FailureReason.QUALITY),
            commitments.failure_is_not_recorded_yet,
        ),
    ],
)
def test_what_says_something_else_than_the_record_is_refused(
    decider: Decider[Any, Any, Any], before: tuple[Any, ...], command: Any, rule: Any
) -> None:
    given(decider, *before).when(command).then_refused_by(rule)
