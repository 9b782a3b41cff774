"""Does what can't be handled wait with its reason, its stream behind it, while all else flows?"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shared.eventlog.parked import ParkedMessage, ParkedState
from shared.eventlog.port import LogUnavailable
from shared.events.codec import decode
from shared.events.marketplace.engagement import CounsellingRequested
from shared.events.process import ParkedEventSkipped
from shared.service import clock
from shared.service.feeds import FeedUnavailable
from shared.service.inbox import Inbox
from shared.service.parking import (
    CONSUMER,
    FIRST_RETRY,
    LONGEST_RETRY,
    MANY_STREAMS,
    RETRY_EVERY_S,
    Handling,
    NotTheMessages,
    backoff,
    skip,
)
from tests.shared.service.board import NOON, Board, Source, send


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """A clock at noon; called, it goes on and says what time it is."""
    moment = NOON

    def goes_on(length: timedelta) -> datetime:
        nonlocal moment
        moment += length
        return moment

    monkeypatch.setattr(clock, "now", lambda: moment)
    return goes_on


@pytest.fixture
def inbox(board: Board, now: Callable[[timedelta], datetime]) -> Inbox:
    """The board's inbox; the first organisation is one that its reaction chokes on."""
    board.poison.add("organisation-1")
    return board.inbox()


@pytest.fixture
def handling(board: Board, inbox: Inbox) -> Handling:
    """What retries the events of actors."""
    return Handling(board.app, board.store, "actors")


def deliver(board: Board, inbox: Inbox, actors: Source, *numbers: int) -> None:
    """Let actors say something and the inbox handle it."""
    first = actors.log.head().position + 1
    actors.says(*numbers)
    send(board.bus, *actors.messages(*range(first, first + len(numbers))))
    inbox.step(timeout=0)


def parked(board: Board) -> list[tuple[int, str]]:
    """Positions and states of what is parked."""
    return [(parked.position, parked.state.value) for parked in board.store.parked.listed()]


def test_an_event_that_fails_is_parked_with_its_reason_and_the_cursor_passes_it(
    board: Board, inbox: Inbox, actors: Source
) -> None:
    deliver(board, inbox, actors, 1)
    assert board.store.parked.listed() == [
        ParkedMessage(
            consumer=CONSUMER,
            source="actors",
            position=1,
            stream="organisation-1",
            error_class="ValueError",
            reason="ValueError while reacting to kosilab.actors.OrganisationRegistered.v1",
            fingerprint=board.store.parked.listed()[0].fingerprint,
            attempts=1,
            parked_at=NOON,
            next_at=NOON + FIRST_RETRY,
            state=ParkedState.FAILED,
        )
    ]
    assert inbox.position("actors") == 1


def test_the_reason_repeats_nothing_of_what_the_error_says(
    board: Board, inbox: Inbox, actors: Source
) -> None:
    deliver(board, inbox, actors, 1)
    assert "chokes" not in repr(board.store.parked.listed())


def test_later_events_of_its_stream_wait_behind_it_and_other_streams_flow(
    board: Board, inbox: Inbox, actors: Source
) -> None:
    deliver(board, inbox, actors, 1, 2, 1)
    deliver(board, inbox, actors, 3, 1)
    assert parked(board) == [(1, "failed"), (3, "behind"), (5, "behind")]
    assert board.answered == ["2 at 2", "3 at 4"]


def test_what_another_process_parked_is_noticed_also_after_nothing_was_parked(
    board: Board, inbox: Inbox, actors: Source
) -> None:
    deliver(board, inbox, actors, 2, 3)
    other = board.inbox()
    other.begin()
    deliver(board, other, actors, 1)
    inbox.begin()  # its cursor was moved by the other one
    deliver(board, inbox, actors, 1, 2)
    assert parked(board) == [(3, "failed"), (4, "behind")]
    assert board.answered == ["2 at 1", "3 at 2", "2 at 5"]


def test_the_view_goes_on_all_the_same(board: Board, inbox: Inbox, actors: Source) -> None:
    deliver(board, inbox, actors, 1, 1, 2)
    assert board.names == {"1": 2, "2": 1}


def test_a_stream_of_the_same_name_in_another_source_flows(
    board: Board, inbox: Inbox, actors: Source, employment: Source
) -> None:
    deliver(board, inbox, actors, 1)
    board.poison.clear()
    deliver(board, inbox, actors, 2)
    assert board.answered == ["2 at 2"]
    employment.says_odd("kosilab.employment.Whatever.v1", b"{}", stream="organisation-1")
    send(board.bus, *employment.messages())
    inbox.step(timeout=0)
    assert parked(board) == [(1, "failed")]


def test_nothing_is_tried_before_it_is_due(
    board: Board, inbox: Inbox, actors: Source, handling: Handling, now: Callable[[timedelta], datetime]
) -> None:
    deliver(board, inbox, actors, 1)
    board.poison.clear()
    almost = now(FIRST_RETRY - timedelta(seconds=1))
    assert handling.retry_due(board.feeds["actors"], almost) == 0
    assert handling.retry_due(board.feeds["actors"], now(timedelta(seconds=1))) == 1


def test_once_it_is_handled_what_waited_follows_in_order_at_once(
    board: Board, inbox: Inbox, actors: Source, handling: Handling, now: Callable[[timedelta], datetime]
) -> None:
    deliver(board, inbox, actors, 1, 2, 1, 1)
    board.poison.clear()
    assert handling.retry_due(board.feeds["actors"], now(FIRST_RETRY)) == 3
    assert board.answered == ["2 at 2", "1 at 1", "1 at 3", "1 at 4"]
    assert parked(board) == []
    deliver(board, inbox, actors, 1)
    assert board.answered[-1] == "1 at 5"


def test_it_is_tried_again_ever_more_rarely(
    board: Board, inbox: Inbox, actors: Source, handling: Handling, now: Callable[[timedelta], datetime]
) -> None:
    deliver(board, inbox, actors, 1)
    waits = []
    for _ in range(12):
        moment = board.store.parked.listed()[0].next_at
        now(moment - clock.now())
        handling.retry_due(board.feeds["actors"], moment)
        waits.append(board.store.parked.listed()[0].next_at - moment)
    assert waits[:3] == [FIRST_RETRY * 2, FIRST_RETRY * 4, FIRST_RETRY * 8]
    assert waits[-1] == LONGEST_RETRY
    assert board.store.parked.listed()[0].attempts == 13


@pytest.mark.parametrize("attempts", [0, 1, 5, 40, 10_000])
def test_no_wait_is_longer_than_an_hour(attempts: int) -> None:
    assert FIRST_RETRY <= backoff(attempts) <= LONGEST_RETRY


def test_one_that_waited_and_then_fails_by_itself_is_tried_by_itself(
    board: Board, inbox: Inbox, actors: Source, handling: Handling, now: Callable[[timedelta], datetime]
) -> None:
    deliver(board, inbox, actors, 1, 1)
    n_left = 1

    def choke_on_the_second() -> None:
        nonlocal n_left
        board.poison.clear()
        if n_left == 0:
            board.poison.add("organisation-1")
        n_left -= 1

    board.meanwhile = choke_on_the_second
    assert handling.retry_due(board.feeds["actors"], now(FIRST_RETRY)) == 1
    assert parked(board) == [(2, "failed")]
    assert board.answered == ["1 at 1"]


def test_while_the_feed_is_away_it_stays_parked(
    board: Board, inbox: Inbox, actors: Source, handling: Handling, now: Callable[[timedelta], datetime]
) -> None:
    deliver(board, inbox, actors, 1)
    board.poison.clear()
    board.feeds["actors"].is_cut = True
    with pytest.raises(FeedUnavailable):
        handling.retry_due(board.feeds["actors"], now(FIRST_RETRY))
    assert parked(board) == [(1, "failed")]


def test_an_outage_is_no_reason_to_park(board: Board, inbox: Inbox, actors: Source) -> None:
    def away() -> None:
        raise LogUnavailable("away")

    board.meanwhile = away
    with pytest.raises(LogUnavailable):
        deliver(board, inbox, actors, 2)
    assert (parked(board), inbox.position("actors")) == ([], 0)


@pytest.mark.parametrize("by_one", [True, False])
def test_when_many_different_streams_fail_it_is_not_the_messages(
    board: Board, inbox: Inbox, actors: Source, by_one: bool
) -> None:
    streams = range(1, MANY_STREAMS + 1)
    board.poison.update(f"organisation-{n}" for n in streams)
    if by_one:
        for number in streams[:-1]:
            deliver(board, inbox, actors, number)
    with pytest.raises(NotTheMessages):
        deliver(board, inbox, actors, *(streams[-1:] if by_one else streams))
    assert len(parked(board)) == (MANY_STREAMS - 1 if by_one else 0)
    assert inbox.position("actors") == len(parked(board))


def test_many_events_of_few_streams_are_just_parked(board: Board, inbox: Inbox, actors: Source) -> None:
    board.poison.add("organisation-2")
    deliver(board, inbox, actors, *[1, 2] * MANY_STREAMS)
    assert len(parked(board)) == 2 * MANY_STREAMS


def test_what_failed_long_ago_does_not_count_as_at_once(
    board: Board, inbox: Inbox, actors: Source, now: Callable[[timedelta], datetime]
) -> None:
    streams = range(1, MANY_STREAMS + 1)
    board.poison.update(f"organisation-{n}" for n in streams)
    for number in streams:
        deliver(board, inbox, actors, number)
        now(timedelta(hours=1))
    assert len(parked(board)) == MANY_STREAMS


def test_an_event_whose_data_are_not_as_its_type_says_is_parked(
    board: Board, inbox: Inbox, actors: Source
) -> None:
    actors.says_odd("kosilab.actors.OrganisationRegistered.v1", b'{"name":7}')
    send(board.bus, *actors.messages())
    inbox.step(timeout=0)
    assert parked(board) == [(1, "failed")]


def test_giving_an_event_up_is_an_event_with_the_reason_and_what_waited_follows(
    board: Board, inbox: Inbox, actors: Source, handling: Handling, now: Callable[[timedelta], datetime]
) -> None:
    deliver(board, inbox, actors, 1, 1)
    assert skip(board.app, board.store, "actors", 1, "a test of ours")
    board.poison.clear()
    assert handling.retry_due(board.feeds["actors"], now(timedelta())) == 1
    assert parked(board) == []
    assert [decode(stored.record).data for stored in board.store.log.read()] == [
        ParkedEventSkipped(consumer=CONSUMER, source="actors", position=1, reason="a test of ours"),
        CounsellingRequested(person_id="1-at-2"),
    ]


def test_what_is_not_parked_is_not_given_up(board: Board, inbox: Inbox) -> None:
    assert not skip(board.app, board.store, "actors", 1, "no reason")
    assert board.store.log.read() == []


def test_the_clock_of_the_retries_is_looked_at_now_and_then_only(
    board: Board, inbox: Inbox, actors: Source, handling: Handling, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(board, inbox, actors, 1)
    board.poison.clear()
    passed = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: passed)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    assert handling.retry_now_and_then(board.feeds["actors"]) == 0
    monkeypatch.setattr(clock, "now", lambda: NOON + FIRST_RETRY)
    assert handling.retry_now_and_then(board.feeds["actors"]) == 0
    passed += RETRY_EVERY_S
    assert handling.retry_now_and_then(board.feeds["actors"]) == 1
