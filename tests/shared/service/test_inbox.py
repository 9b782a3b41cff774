"""Is each event of others in effect once and in order, whatever the wires do?"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.bus.memory import MemoryBus
from shared.bus.port import BusUnavailable, Delivery, Message
from shared.bus.seal import Seal
from shared.eventlog.port import CursorMoved, LogUnavailable
from shared.service import inbox as inbox_module
from shared.service.feeds import FeedUnavailable
from shared.service.inbox import inbox_cursor
from tests.shared.service.board import SEAL, Board, Source, keeping, send


def documents_after(*positions: int) -> list[str]:
    """What is answered when each of these positions was said about the organisation of the same number."""
    return [f"{position} at {position}" for position in positions]


def test_what_arrives_is_handled_in_order(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1, 2, 3)
    send(board.bus, *actors.messages())
    assert inbox.step() == 3
    assert board.answered == documents_after(1, 2, 3)
    assert board.names == {"1": 1, "2": 1, "3": 1}
    assert inbox.position("actors") == 3


def test_what_was_handled_is_acknowledged(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1, 2)
    send(board.bus, *actors.messages())
    inbox.step()
    board.bus.close()
    assert inbox.step(timeout=0) == 0


class Dripping(MemoryBus):
    """A bus that hands over one message at a time."""

    def consume(
        self, service: str, handle: Callable[[Delivery], None], *, timeout: float, limit: int = 500
    ) -> int:
        """One message, if there is one."""
        return super().consume(service, handle, timeout=timeout, limit=min(limit, 1))


def test_what_means_nothing_here_waits_a_moment_for_more(board: Board, actors: Source) -> None:
    inbox = board.inbox(bus=(bus := Dripping()))
    bus.declare("marketplace", ("actors",))
    for _ in range(3):
        actors.says_odd("kosilab.actors.SomethingElse.v1", b"{}")
    actors.says(4)
    send(bus, *actors.messages())
    assert inbox.step() == 4
    assert inbox.position("actors") == 4


def test_what_means_something_is_handled_at_once(board: Board, actors: Source) -> None:
    inbox = board.inbox(bus=(bus := Dripping()))
    bus.declare("marketplace", ("actors",))
    actors.says(1, 2)
    send(bus, *actors.messages())
    assert inbox.step() == 1
    assert board.answered == documents_after(1)


@pytest.mark.parametrize("apart", [True, False])
def test_a_message_that_comes_twice_has_its_effect_once(board: Board, actors: Source, apart: bool) -> None:
    inbox = board.inbox()
    actors.says(1, 2)
    for message in [*actors.messages(), *actors.messages()]:
        send(board.bus, message)
        if apart:
            inbox.step()
    inbox.step(timeout=0)
    assert board.answered == documents_after(1, 2)
    assert board.names == {"1": 1, "2": 1}
    assert inbox.n_duplicates == 2


def test_messages_that_come_in_another_order_are_handled_in_theirs(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1, 2, 3, 4)
    send(board.bus, *actors.messages()[::-1])
    inbox.step()
    assert board.answered == documents_after(1, 2, 3, 4)


@pytest.mark.parametrize("arriving", [(3,), (1, 3), (1, 4), (2, 4)])
def test_what_is_missing_is_read_from_the_feed_first(
    board: Board, actors: Source, arriving: tuple[int, ...]
) -> None:
    inbox = board.inbox()
    actors.says(1, 2, 3, 4)
    send(board.bus, *actors.messages(*arriving))
    inbox.step()
    assert board.answered == documents_after(1, 2, 3, 4)
    assert inbox.n_caught_up > 0


def test_a_gap_leaves_its_messages_with_the_broker_while_the_feed_is_away(
    board: Board, actors: Source
) -> None:
    inbox = board.inbox()
    actors.says(1, 2, 3)
    board.feeds["actors"].is_cut = True
    send(board.bus, *actors.messages(1, 3))
    with pytest.raises(FeedUnavailable):
        inbox.step()
    board.feeds["actors"].is_cut = False
    assert inbox.step(timeout=0) == 2
    assert board.answered == documents_after(1, 2, 3)


@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"{}", b"[1]", b'{"specversion":"1.0"}'])
def test_bytes_that_are_no_event_hold_nothing_up(board: Board, actors: Source, body: bytes) -> None:
    inbox = board.inbox()
    actors.says(1, 2)
    before, after = actors.messages()
    broken = SEAL.sealed(routing_key=before.routing_key, body=body, message_id="broken")
    send(board.bus, before, broken, after)
    assert inbox.step() == 3
    assert (board.answered, inbox.n_undecodable) == (documents_after(1, 2), 1)


@pytest.mark.parametrize("type_name", ["x", "kosilab.actors.X", "a.b.c.d.e", "kosilab.actors"])
def test_a_type_that_is_none_holds_nothing_up(board: Board, actors: Source, type_name: str) -> None:
    inbox = board.inbox()
    actors.says(1)
    (message,) = actors.messages()
    body = message.body.replace(b"kosilab.actors.OrganisationRegistered.v1", type_name.encode())
    send(board.bus, SEAL.sealed(routing_key=message.routing_key, body=body, message_id="odd"), message)
    inbox.step()
    assert (board.answered, inbox.n_undecodable) == (documents_after(1), 1)


def test_an_event_under_the_routing_key_of_another_service_is_not_believed(
    board: Board, actors: Source
) -> None:
    inbox = board.inbox()
    forger = Source("actors")
    forger.says(66)
    (forged,) = forger.messages()
    send(board.bus, SEAL.sealed(routing_key="open.employment.X", body=forged.body, message_id="forged"))
    actors.says(1)
    inbox.step()
    send(board.bus, *actors.messages())
    inbox.step()
    assert (board.answered, inbox.n_undecodable) == (documents_after(1), 1)


def forged_next(actors: Source) -> Message:
    """An event that actors never recorded, at the position that its readers wait for."""
    forger = Source("actors")
    forger.says(*range(1, actors.log.head().position + 1), 66)
    return forger.messages()[-1]


def without_code(message: Message) -> Message:
    return replace(message, mac="")


FORGERS: dict[str, Callable[[Message], Message]] = {
    "without a code": without_code,
    "with a code of another key": lambda m: Seal(b"guessed").sealed(
        routing_key=m.routing_key, body=m.body, message_id=m.message_id
    ),
    "with the code of another message": lambda m: replace(
        m, mac=SEAL.sealed(routing_key=m.routing_key, body=m.body + b" ", message_id="x").mac
    ),
    "with the code of another routing key": lambda m: replace(
        m, mac=SEAL.sealed(routing_key="internal.actors.X", body=m.body, message_id="x").mac
    ),
    "with what is no code": lambda m: replace(m, mac="\udc80"),
}


@pytest.mark.parametrize("forge", FORGERS.values(), ids=list(FORGERS))
def test_an_event_that_no_service_published_is_not_believed(
    board: Board, actors: Source, forge: Callable[[Message], Message]
) -> None:
    """Whoever can publish makes up the next event; before, the real one was then skipped as a repeat."""
    inbox = board.inbox()
    actors.says(1)
    send(board.bus, *actors.messages())
    inbox.step()
    send(board.bus, forge(forged_next(actors)))
    inbox.step()
    assert (board.answered, inbox.n_doubted) == (documents_after(1), 1)
    actors.says(2)
    send(board.bus, *actors.messages(2))
    inbox.step()
    assert board.answered == documents_after(1, 2)


def test_what_has_no_code_is_read_from_the_source_itself(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1, 2, 3)
    send(board.bus, *(without_code(message) for message in actors.messages()))
    assert inbox.step() == 3
    assert board.answered == documents_after(1, 2, 3)
    assert board.feeds["actors"].n_reads == 2


def test_a_message_of_an_earlier_incarnation_is_not_believed(board: Board, actors: Source) -> None:
    """The source was restored and lost an event, but its message still lies on the broker, rightly sealed."""
    actors.says(1)
    inbox = board.inbox()
    inbox.begin()
    body = forged_next(actors).body.replace(b':actors:1"', b':actors:0"')
    assert body != forged_next(actors).body
    send(board.bus, SEAL.sealed(routing_key=forged_next(actors).routing_key, body=body, message_id="lost"))
    inbox.step()
    assert board.answered == documents_after(1)
    actors.says(2)
    send(board.bus, *actors.messages(2))
    inbox.step()
    assert board.answered == documents_after(1, 2)


def test_forged_messages_of_nobody_ask_no_feed(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1)
    send(board.bus, Message(routing_key="open.employment.X", body=b"x", message_id="x"))
    inbox.step()
    assert board.feeds["actors"].n_reads == 0


def test_a_forged_beacon_makes_nobody_wait_for_what_never_comes(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1)
    send(board.bus, without_code(actors.beacon(10**9)), *actors.messages())
    inbox.step()
    assert board.answered == documents_after(1)


def test_the_undecodable_is_read_from_the_feed_when_the_next_one_shows_the_gap(
    board: Board, actors: Source
) -> None:
    inbox = board.inbox()
    actors.says(1, 2)
    first, second = actors.messages()
    send(
        board.bus,
        SEAL.sealed(routing_key=first.routing_key, body=b"torn" + first.body, message_id="torn"),
        second,
    )
    inbox.step()
    assert board.answered == documents_after(1, 2)


@pytest.mark.parametrize("audience", ["open", "internal"])
def test_a_beacon_tells_of_a_last_message_that_was_lost(board: Board, actors: Source, audience: str) -> None:
    inbox = board.inbox()
    actors.says(1)
    send(board.bus, *actors.messages())
    inbox.step()
    actors.says(2, audience=audience)
    send(board.bus, actors.beacon(audience=audience))
    inbox.step()
    assert board.answered == documents_after(1, 2)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_beacon_that_tells_nothing_new_asks_no_feed(board: Board, actors: Source, position: int) -> None:
    inbox = board.inbox()
    actors.says(1, 2)
    send(board.bus, *actors.messages(), actors.beacon(position))
    inbox.step()
    assert board.feeds["actors"].n_reads == 0


@pytest.mark.parametrize("body", [b"", b"-1", b"1e9", b"\xb2", b"many"])
def test_a_beacon_that_is_no_number_tells_nothing(board: Board, actors: Source, body: bytes) -> None:
    inbox = board.inbox()
    send(board.bus, SEAL.sealed(routing_key=actors.beacon().routing_key, body=body, message_id="odd"))
    assert inbox.step() == 1
    assert board.feeds["actors"].n_reads == 0


def test_two_sources_count_for_themselves(board: Board, actors: Source, employment: Source) -> None:
    inbox = board.inbox()
    actors.says(1, 2)
    employment.says_odd("kosilab.employment.Whatever.v1", b"{}")
    send(board.bus, *employment.messages(), *actors.messages())
    inbox.step()
    assert (inbox.position("actors"), inbox.position("employment")) == (2, 1)
    assert board.answered == documents_after(1, 2)


def test_a_source_that_nobody_follows_here_is_passed_over(board: Board) -> None:
    inbox = board.inbox()
    stranger = Source("reporting")
    stranger.says_odd("kosilab.reporting.Whatever.v1", b"{}")
    board.bus.declare("marketplace", ["actors", "reporting"])
    send(board.bus, *stranger.messages())
    assert inbox.step() == 1
    assert board.store.cursors.cursor(inbox_cursor("reporting")) == 0


def test_an_event_of_a_type_that_nobody_knows_yet_is_passed_in_order(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1)
    actors.says_odd("kosilab.actors.OrganisationMerged.v1", b'{"with":"another"}')
    actors.says(3)
    send(board.bus, *actors.messages())
    inbox.step()
    assert inbox.position("actors") == 3
    assert board.answered == documents_after(1, 3)


def test_nothing_is_acknowledged_before_the_commit(board: Board, actors: Source) -> None:
    def crash(_tx: object, _events: object) -> None:
        # What a broker does when a consumer dies here: what it has not acknowledged comes again.
        board.bus.drop_consumer("marketplace")
        raise LogUnavailable("the database went away")

    actors.says(1, 2)
    inbox = board.inbox(keep=keeping(crash))
    send(board.bus, *actors.messages())
    with pytest.raises(LogUnavailable):
        inbox.step()
    assert inbox.position("actors") == 0
    healthy = board.inbox()
    assert healthy.step(timeout=0) == 2
    assert healthy.position("actors") == 2


def test_a_crash_between_effect_and_cursor_changes_nothing_the_second_time(
    board: Board, actors: Source
) -> None:
    def crash(_tx: object, _events: object) -> None:
        raise LogUnavailable("the database went away")

    actors.says(1, 2)
    inbox = board.inbox(keep=keeping(crash))
    send(board.bus, *actors.messages())
    with pytest.raises(LogUnavailable):
        inbox.step()
    assert board.answered == documents_after(1, 2)
    board.inbox().step()
    assert board.answered == documents_after(1, 2)
    assert board.names == {"1": 1, "2": 1}


def test_what_is_kept_is_kept_in_the_transaction_that_moves_the_cursor(board: Board, actors: Source) -> None:
    kept: list[tuple[int, int]] = []

    def keep(_tx: object, events: object) -> None:
        kept.extend((event.position, board.store.cursors.cursor(inbox_cursor("actors"))) for event in events)  # type: ignore[attr-defined]

    actors.says(1, 2)
    inbox = board.inbox(keep=keeping(keep))
    send(board.bus, *actors.messages())
    inbox.step()
    assert kept == [(1, 0), (2, 0)]


def test_an_inbox_that_was_frozen_while_another_took_over_stops_and_reads_its_cursor_anew(
    board: Board, actors: Source
) -> None:
    inbox = board.inbox()
    another = board.store.cursors

    def overtaken() -> None:
        if inbox.position("actors") == 0:
            another.move_cursor(inbox_cursor("actors"), expected=0, to=2)

    board.meanwhile = overtaken
    actors.says(1, 2, 3)
    send(board.bus, *actors.messages(1, 2))
    with pytest.raises(CursorMoved):
        inbox.step()
    assert board.answered == documents_after(1, 2)
    inbox.begin()
    assert board.answered == documents_after(1, 2, 3)
    assert inbox.step(timeout=0) == 2


def test_to_begin_is_to_read_every_feed_to_its_end(
    board: Board, actors: Source, employment: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "FEED_PAGE", 10)
    inbox = board.inbox()
    actors.says(*range(1, 26))
    employment.says_odd("kosilab.employment.Whatever.v1", b"{}")
    inbox.begin()
    assert (inbox.position("actors"), inbox.position("employment")) == (25, 1)
    assert board.answered == documents_after(*range(1, 26))


def test_a_feed_that_is_away_keeps_no_other_source_waiting(
    board: Board, actors: Source, employment: Source
) -> None:
    inbox = board.inbox()
    actors.says(1)
    employment.says_odd("kosilab.employment.Whatever.v1", b"{}")
    board.feeds["actors"].is_cut = True
    with pytest.raises(FeedUnavailable):
        inbox.begin()
    assert (inbox.position("actors"), inbox.position("employment")) == (0, 1)


def test_a_broker_that_is_away_keeps_no_feed_waiting(board: Board, actors: Source) -> None:
    class Away:
        def declare(self, *_: object) -> None:
            raise BusUnavailable("away")

    inbox = board.inbox(bus=Away())
    actors.says(1, 2)
    with pytest.raises(BusUnavailable):
        inbox.begin()
    assert board.answered == documents_after(1, 2)


def test_what_the_feed_brought_is_a_duplicate_when_the_broker_brings_it(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1, 2)
    send(board.bus, *actors.messages())
    inbox.begin()
    assert inbox.step(timeout=0) == 2
    assert board.answered == documents_after(1, 2)
    assert inbox.n_duplicates == 2
