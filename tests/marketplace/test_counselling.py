"""Is a counselling asked for and held once?"""

from dataclasses import replace
from datetime import date

from services.marketplace.domain import counselling as rules
from services.marketplace.domain.counselling import (
    COUNSELLING,
    CorrectCounselling,
    HoldCounselling,
    RequestCounselling,
)
from shared.events.marketplace.engagement import CounsellingCorrected, CounsellingHeld, CounsellingRequested
from shared.events.vocabulary import CorrectionReason
from shared.testing.sentences import given
from tests.marketplace.scenes import AT, FIRST_DAY

REQUEST = RequestCounselling(counselling_id="c1", person_id="person", at=AT)
REQUESTED = CounsellingRequested(person_id="person")
HOLD = HoldCounselling(counselling_id="c1", held_on=FIRST_DAY, at=AT)
HELD = CounsellingHeld(person_id="person", held_on=FIRST_DAY)


def test_a_counselling_is_asked_for_once() -> None:
    given(COUNSELLING).when(REQUEST).then(REQUESTED)
    given(COUNSELLING, REQUESTED).when(REQUEST).then_nothing_happened()


def test_a_talk_is_held_once_with_somebody_who_asked() -> None:
    given(COUNSELLING, REQUESTED).when(HOLD).then(HELD)
    given(COUNSELLING, REQUESTED, HELD).when(HOLD).then_nothing_happened()
    given(COUNSELLING).when(HOLD).then_refused_by(rules.counselling_was_requested)


def test_a_talk_is_noted_once_it_has_taken_place() -> None:
    tomorrow = replace(HOLD, held_on=date(2026, 3, 3))
    given(COUNSELLING, REQUESTED).when(tomorrow).then_refused_by(rules.talk_is_not_in_the_future)
    today = replace(HOLD, held_on=date(2026, 3, 2))
    given(COUNSELLING, REQUESTED).when(today).then(replace(HELD, held_on=date(2026, 3, 2)))


CORRECT = CorrectCounselling(
    counselling_id="c1", held_on=date(2026, 2, 27), reason=CorrectionReason.TYPED_WRONG, at=AT
)
CORRECTED = CounsellingCorrected(corrects=2, reason=CorrectionReason.TYPED_WRONG, held_on=date(2026, 2, 27))


def test_the_day_of_a_talk_is_corrected() -> None:
    held = given(COUNSELLING, REQUESTED, HELD)
    held.when(CORRECT).then(CORRECTED)
    corrected = given(COUNSELLING, REQUESTED, HELD, CORRECTED)
    corrected.when(CORRECT).then_nothing_happened()
    corrected.when(HOLD).then_refused_by(rules.talk_is_not_recorded_yet)
    back = replace(CORRECT, held_on=FIRST_DAY, reason=CorrectionReason.OBJECTION)
    corrected.when(back).then(CounsellingCorrected(corrects=3, reason=back.reason, held_on=FIRST_DAY))


def test_only_a_recorded_day_is_corrected_and_to_another_one() -> None:
    given(COUNSELLING, REQUESTED).when(CORRECT).then_refused_by(rules.talk_took_place)
    held = given(COUNSELLING, REQUESTED, HELD)
    held.when(replace(CORRECT, held_on=FIRST_DAY)).then_refused_by(rules.day_changes)
    held.when(replace(CORRECT, held_on=date(2026, 3, 3))).then_refused_by(rules.talk_is_not_in_the_future)
