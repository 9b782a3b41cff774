"""The buses that the contract is held against: in memory, the tests' own with its troubles, RabbitMQ."""

from collections.abc import Iterator

import pytest

from shared.bus.amqp import AmqpBus
from shared.bus.memory import MemoryBus
from tests.contracts.bus.sample import Wires
from tests.shared.service.wires import TroubledBus

BUSES = [
    pytest.param("memory"),
    pytest.param("troubled"),
    pytest.param("rabbitmq", marks=pytest.mark.needs_rabbitmq),
]


@pytest.fixture(params=BUSES)
def wires(request: pytest.FixtureRequest) -> Iterator[Wires]:
    """A bus on which nothing is declared, and how to lose all that lies on it."""
    if request.param == "memory":
        memory = MemoryBus()
        yield Wires(memory, memory.wipe)
        memory.close()
        return
    if request.param == "troubled":
        troubled = TroubledBus()
        yield Wires(troubled, troubled.wipe)
        return
    server = request.getfixturevalue("rabbit_server")
    url: str = request.getfixturevalue("amqp_url")
    name = url.rpartition("/")[2]

    def lose_everything() -> None:
        server.drop_vhost(url)
        server.make_vhost(name)

    bus = AmqpBus(url, wait_s=10)
    yield Wires(bus, lose_everything)
    bus.close()
