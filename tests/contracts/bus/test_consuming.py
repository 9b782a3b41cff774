"""Does every message come until it is acknowledged, and no longer?"""

import pytest

from shared.bus.port import BusUnavailable, Delivery
from tests.contracts.bus.sample import A_MOMENT, Wires, bodies, messages, sent


@pytest.fixture(autouse=True)
def declared(wires: Wires) -> None:
    """Reporting listens to the marketplace."""
    wires.bus.declare("reporting", ["marketplace"])


def test_an_empty_inbox_lets_its_reader_go_after_the_time_limit(wires: Wires) -> None:
    assert wires.bus.consume("reporting", lambda _: None, timeout=A_MOMENT) == 0


def test_what_is_acknowledged_never_comes_again(wires: Wires) -> None:
    wires.publish(messages(1, 3))
    wires.settle("reporting", 3)
    wires.bus.close()
    assert wires.is_quiet("reporting")


def test_what_is_not_acknowledged_comes_again_to_the_next_connection_in_order(wires: Wires) -> None:
    wires.publish(messages(1, 5))
    first, *_ = wires.take("reporting", 5)
    first.ack()
    wires.bus.close()
    assert wires.settle("reporting", 4) == sent(messages(2, 5))


def test_what_is_not_acknowledged_stays_with_whoever_took_it(wires: Wires) -> None:
    wires.publish(messages(1, 2))
    wires.take("reporting", 2)
    assert wires.is_quiet("reporting")


def test_what_is_given_back_comes_again(wires: Wires) -> None:
    wires.publish(messages(1, 3))
    for delivery in wires.take("reporting", 3):
        delivery.requeue()
    assert sorted(wires.settle("reporting", 3)) == sent(messages(1, 3))


def test_of_several_only_what_is_given_back_comes_again(wires: Wires) -> None:
    wires.publish(messages(1, 3))
    first, second, third = wires.take("reporting", 3)
    third.ack()
    second.requeue()
    first.ack()
    assert wires.settle("reporting", 1) == sent(messages(2, 2))
    wires.bus.close()
    assert wires.is_quiet("reporting")


def test_one_word_acknowledges_a_message_and_all_before_it(wires: Wires) -> None:
    wires.publish(messages(1, 5))
    _, second, third, *_ = wires.take("reporting", 5)
    second.requeue()
    third.ack_through()
    assert wires.settle("reporting", 1) == sent(messages(2, 2))
    wires.bus.close()
    assert wires.settle("reporting", 2) == sent(messages(4, 5))


def test_no_more_is_taken_at_once_than_asked_for(wires: Wires) -> None:
    wires.publish(messages(1, 5))
    taken: list[Delivery] = []
    wires.bus.consume("reporting", taken.append, timeout=10, limit=2)
    for delivery in taken:
        delivery.ack()
    assert 1 <= len(taken) <= 2
    assert bodies(taken) + wires.settle("reporting", 5 - len(taken)) == sent(messages(1, 5))


def test_the_inbox_outlives_its_reader(wires: Wires) -> None:
    wires.bus.close()
    wires.publish(messages(1, 2))
    assert wires.settle("reporting", 2) == sent(messages(1, 2))


def test_declaring_again_loses_nothing_that_waits(wires: Wires) -> None:
    wires.publish(messages(1, 2))
    wires.bus.declare("reporting", ["marketplace", "actors"])
    assert wires.settle("reporting", 2) == sent(messages(1, 2))


def test_an_inbox_that_nobody_declared_is_unavailable(wires: Wires) -> None:
    with pytest.raises(BusUnavailable):
        wires.bus.consume("employment", lambda _: None, timeout=A_MOMENT)


def test_a_handler_that_fails_leaves_its_message_to_come_again(wires: Wires) -> None:
    wires.publish(messages(1, 1))

    def fail(_: object) -> None:
        raise ValueError("the handler's own")

    with pytest.raises(ValueError, match="the handler's own"):
        wires.bus.consume("reporting", fail, timeout=10)
    wires.bus.close()
    assert wires.settle("reporting", 1) == sent(messages(1, 1))
