"""Does the city come through with its broker killed, its broker's data gone, its database restarted?

Each time in the middle of many commands, of which at least 1,000 are hit. Unknown outcomes are found out by their keys.
"""

from collections.abc import Callable, Sequence

import pytest

from shared.bus.amqp import AmqpBus
from shared.bus.port import BusUnavailable
from shared.service.tables import Caller
from tests.contracts.bus.sample import messages
from tests.system.checks import await_quiet
from tests.system.cluster import Cluster
from tests.system.faults import (
    ALL,
    HIT,
    Run,
    broker_killed,
    broker_wiped,
    database_restarted,
    n_waiting,
    what_went_wrong,
)
from tests.system.work import posters, postings, settle

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.system,
    pytest.mark.fault,
    pytest.mark.needs_rabbitmq,
    pytest.mark.needs_postgres,
]


@pytest.fixture(scope="module")
def by(cluster: Cluster) -> Sequence[Caller]:
    """Organisations that may post."""
    cluster.broker.take_out()
    return posters(cluster, "faults")


@pytest.mark.parametrize("fault", [broker_killed, broker_wiped, database_restarted])
def test_nothing_is_lost_nothing_happens_twice_and_facts_are_the_replay(
    cluster: Cluster, by: Sequence[Caller], fault: Callable[[Cluster, str, Sequence[Caller]], Run]
) -> None:
    run = fault(cluster, fault.__name__, by)
    assert run.n_hit >= HIT
    assert sum(command.answer is not None for command in run.commands) == ALL
    assert what_went_wrong(cluster, run) == []


def test_while_the_broker_takes_nothing_commands_are_taken_and_nobody_hangs(
    cluster: Cluster, by: Sequence[Caller]
) -> None:
    await_quiet(cluster)
    cluster.rabbit.ctl("set_vm_memory_high_watermark", "absolute", "1")
    try:
        bus = AmqpBus(cluster.broker.url, wait_s=1)
        with pytest.raises(BusUnavailable):
            bus.publisher().publish(messages(1, 1, key="open.elsewhere.Nothing"))
        assert len(settle(postings(cluster, "alarm", 20, by))) == 20
        assert n_waiting(cluster) >= 20
    finally:
        cluster.rabbit.ctl("set_vm_memory_high_watermark", "0.4")
    await_quiet(cluster)
