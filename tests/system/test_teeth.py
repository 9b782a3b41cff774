"""Would the checks see it? A service with a planted defect goes through the same faults, and is found out.

The city as a whole heals even these, by its feeds. Whoever relies on the broker alone does not, and that is checked.
"""

from collections.abc import Iterator, Sequence

import psycopg
import pytest

from shared.service.tables import Caller
from tests.servers import until
from tests.system.checks import await_quiet, inbox_holds_what_is_open
from tests.system.cluster import Cluster
from tests.system.faults import HIT, broker_killed, relayed, what_went_wrong
from tests.system.load import Load
from tests.system.work import posters, registrations

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.system,
    pytest.mark.fault,
    pytest.mark.needs_rabbitmq,
    pytest.mark.needs_postgres,
]

N_ON_THE_WAY = 40
"""How many messages are on their way to an inbox when its service is killed."""


@pytest.fixture(scope="module")
def by(cluster: Cluster) -> Sequence[Caller]:
    """Organisations that may post."""
    cluster.broker.take_out()
    return posters(cluster, "teeth")


@pytest.fixture
def whole_again(cluster: Cluster) -> Iterator[None]:
    """Afterwards every service runs as it should."""
    yield
    for service in ("actors", "reporting"):
        cluster.runs_with(service)


def test_a_relay_that_moves_its_cursor_before_the_confirm_is_found_out(
    cluster: Cluster, by: Sequence[Caller], whole_again: None
) -> None:
    cluster.runs_with("actors", "cursor first")
    run = broker_killed(cluster, "cursor first", by, n_hit=HIT // 4, n_all=HIT)
    (finding,) = what_went_wrong(cluster, run)
    assert finding.startswith("actors: ")
    assert "records never reached the broker" in finding


@pytest.mark.parametrize(("planted", "loses"), [("", False), ("acknowledge first", True)])
def test_an_inbox_that_acknowledges_before_the_commit_is_found_out_and_the_real_one_is_not(
    cluster: Cluster, whole_again: None, planted: str, loses: bool
) -> None:
    """Reporting is killed between what it took from the broker and the commit of it."""
    cluster.runs_with("reporting", planted)
    await_quiet(cluster)
    with psycopg.connect(cluster.databases["reporting"]) as holder:
        holder.execute("LOCK TABLE history IN EXCLUSIVE MODE")
        load = Load(registrations(cluster, f"inbox {planted}", N_ON_THE_WAY))
        load.start()
        load.finish()
        until(lambda: somebody_waits(holder), "reporting waits for its commit")
        await_relayed(cluster)
        cluster.kill("reporting")
    lost = list(inbox_holds_what_is_open(cluster, "reporting", cluster.broker.waiting("reporting")))
    assert bool(lost) == loses, lost
    cluster.runs_with("reporting")
    await_quiet(cluster)


def somebody_waits(holder: psycopg.Connection) -> bool:
    """Whether a transaction waits for a lock in this database."""
    waiting = holder.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return waiting is not None and waiting[0] > 0


def await_relayed(cluster: Cluster) -> None:
    """Wait until the broker has the whole log of actors."""
    with cluster.store("actors") as store:
        head = store.log.head().position
    until(lambda: relayed(cluster)["actors"] >= head, "the broker has everything")
