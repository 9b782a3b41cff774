"""Is a need promised to one match, met once, and open again when nothing came of it?"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.marketplace.domain.need import (
    NEED,
    HoldNeed,
    MeetNeed,
    ReleaseNeed,
    need_is_open,
    need_was_open_then,
)
from shared.events.marketplace.need import (
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedReleased,
    NeedWithdrawn,
    SearchHeld,
    SearchMet,
    SearchReleased,
)
from shared.testing.sentences import given
from tests.marketplace.scenes import AT, NEED_POSTED, SEARCH_POSTED
from tests.marketplace.scenes import NEED as TERMS

HOLD = HoldNeed(need_id="n1", match_id="m1", offer_id="of1", at=AT)
RELEASE = ReleaseNeed(need_id="n1", match_id="m1", at=AT)
MEET = MeetNeed(need_id="n1", match_id="m1", at=AT)

BOTH = pytest.mark.parametrize(
    ("posted", "held", "released", "met"),
    [
        (
            NEED_POSTED,
            NeedHeld(match_id="m1", offer_id="of1"),
            NeedReleased(match_id="m1"),
            NeedMet(),
        ),
        (
            SEARCH_POSTED,
            SearchHeld(match_id="m1", offer_id="of1"),
            SearchReleased(match_id="m1"),
            SearchMet(match_id="m1"),
        ),
    ],
)


@BOTH
def test_the_first_match_that_asks_holds_it_and_others_find_it_taken(
    posted: Any, held: Any, released: Any, met: Any
) -> None:
    given(NEED, posted).when(HOLD).then(held)
    given(NEED, posted, held).when(HOLD).then_nothing_happened()
    other = replace(HOLD, match_id="m2")
    given(NEED, posted, held).when(other).then_refused_by(need_is_open)
    given(NEED, posted, held, met).when(other).then_refused_by(need_is_open)
    given(NEED, posted, held, released).when(other).then(replace(held, match_id="m2"))


@BOTH
def test_only_the_match_that_holds_it_gives_it_back(posted: Any, held: Any, released: Any, met: Any) -> None:
    given(NEED, posted, held).when(RELEASE).then(released)
    given(NEED, posted, held, released).when(RELEASE).then_nothing_happened()
    given(NEED, posted, held).when(replace(RELEASE, match_id="m2")).then_nothing_happened()
    given(NEED, posted, held, met).when(RELEASE).then_nothing_happened()
    given(NEED, posted).when(RELEASE).then_nothing_happened()


@BOTH
def test_only_the_match_that_holds_it_meets_it_and_once(
    posted: Any, held: Any, released: Any, met: Any
) -> None:
    given(NEED, posted, held).when(MEET).then(met)
    given(NEED, posted, held, met).when(MEET).then_nothing_happened()
    given(NEED, posted, held).when(replace(MEET, match_id="m2")).then_nothing_happened()
    given(NEED, posted, held, released).when(MEET).then_nothing_happened()


def test_what_is_gone_or_was_never_there_is_not_held() -> None:
    given(NEED, NEED_POSTED, NeedWithdrawn()).when(HOLD).then_refused_by(need_is_open)
    later = replace(HOLD, at=NEED_POSTED.current_until)
    given(NEED, NEED_POSTED, NeedExpired()).when(later).then_refused_by(need_was_open_then)
    given(NEED).when(HOLD).then_refused_by(need_is_open)


def test_a_need_that_comes_back_after_its_last_day_leaves_the_board() -> None:
    posted = replace(NEED_POSTED, terms=replace(TERMS, wanted_until=date(2026, 3, 9)))
    held = NeedHeld(match_id="m1", offer_id="of1")
    late = replace(RELEASE, at=datetime(2026, 3, 10, 8, tzinfo=UTC))
    given(NEED, posted, held).when(late).then(NeedReleased(match_id="m1"), NeedExpired())
    given(NEED, posted, held).when(RELEASE).then(NeedReleased(match_id="m1"))
