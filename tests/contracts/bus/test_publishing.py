"""Do publishers keep their promise: in order, confirmed, nothing dropped without a count?"""

import pytest

from shared.bus.seal import Seal
from tests.contracts.bus.sample import Wires, beacon, message, messages, sent
from tests.servers import until


@pytest.fixture(autouse=True)
def declared(wires: Wires) -> None:
    """Reporting listens to the marketplace."""
    wires.bus.declare("reporting", ["marketplace"])


def test_what_is_confirmed_arrives_byte_for_byte(wires: Wires) -> None:
    lost = message(1)
    assert wires.publish([lost]) == 1
    (delivery,) = wires.take("reporting", 1)
    assert delivery.message == lost


def test_bytes_that_are_no_text_arrive_unchanged(wires: Wires) -> None:
    odd = message(1)
    odd = type(odd)(routing_key=odd.routing_key, body=bytes(range(256)), message_id=odd.message_id)
    wires.publish([odd])
    assert wires.take("reporting", 1)[0].message.body == bytes(range(256))


def test_the_code_of_a_service_arrives_beside_the_body(wires: Wires) -> None:
    seal, sent = Seal(b"the service key of this test"), message(1)
    wires.publish([seal.sealed(routing_key=sent.routing_key, body=sent.body, message_id="m"), sent])
    sealed, bare = wires.take("reporting", 2)
    assert (seal.holds(sealed.message), sealed.message.body) == (True, sent.body)
    assert not seal.holds(bare.message)


def test_nothing_to_publish_is_nothing_confirmed(wires: Wires) -> None:
    assert wires.publish([]) == 0


def test_a_publisher_keeps_the_order_through_several_windows(wires: Wires) -> None:
    publisher = wires.bus.publisher()
    assert [publisher.publish(messages(*part)) for part in ((1, 300), (301, 600), (601, 700))] == [
        300,
        300,
        100,
    ]
    publisher.close()
    assert wires.settle("reporting", 700) == sent(messages(1, 700))


def test_each_source_keeps_its_order_beside_another(wires: Wires) -> None:
    wires.bus.declare("reporting", ["marketplace", "actors"])
    actors = messages(1, 40, key="open.actors.OrganisationRegistered")
    marketplace = messages(1, 40)
    for here, there in zip(actors, marketplace, strict=True):
        wires.publish([here])
        wires.publish([there])
    arrived = wires.settle("reporting", 80)
    assert [key for key in arrived if ".actors." in key] == sent(actors)
    assert [key for key in arrived if ".marketplace." in key] == sent(marketplace)


def test_every_listening_service_gets_its_own_copy(wires: Wires) -> None:
    wires.bus.declare("employment", ["marketplace"])
    wires.publish(messages(1, 3))
    assert wires.settle("reporting", 3) == wires.settle("employment", 3) == sent(messages(1, 3))


def test_both_audiences_and_their_beacons_arrive(wires: Wires) -> None:
    some = [
        message(1),
        message(2, key="internal.marketplace.MatchProposed"),
        beacon("marketplace", 2, "open"),
        beacon("marketplace", 2, "internal"),
    ]
    wires.publish(some)
    assert wires.settle("reporting", 4) == sent(some)


@pytest.mark.parametrize(
    "key", ["open.actors.OrganisationRegistered", "beacon.open.actors", "open.marketplaces.X"]
)
def test_what_no_inbox_is_bound_to_is_confirmed_and_counted(wires: Wires, key: str) -> None:
    assert wires.publish([message(1, key=key), message(2)]) == 2
    assert wires.settle("reporting", 1) == sent([message(2)])
    assert wires.is_quiet("reporting")
    until(lambda: wires.bus.n_unrouted == 1, "the message without a taker is counted")


def test_after_everything_is_lost_the_next_connections_declare_it_all_again(wires: Wires) -> None:
    wires.publish(messages(1, 5))
    wires.lose_everything()
    wires.bus.close()
    assert wires.is_quiet("reporting")
    assert wires.publish(messages(6, 8)) == 3
    assert wires.settle("reporting", 3) == sent(messages(6, 8))
