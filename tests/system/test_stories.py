"""Do the three stories come to their end with a process per service, RabbitMQ and PostgreSQL between them?"""

from collections.abc import Mapping

import pytest

from deploy.city import load_city
from deploy.demo import exchange, volunteering, work
from deploy.demo.story import Story
from tests.contracts.bus.rights import FOLLOWS
from tests.system.checks import (
    await_quiet,
    facts_are_the_replay,
    history_is_the_logs,
    logs_without_gap,
    nothing_is_parked,
    read_logs,
    watcher_saw_all,
)
from tests.system.citizen import Citizen
from tests.system.cluster import CITY, Cluster
from tests.system.faults import relayed

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.system,
    pytest.mark.needs_rabbitmq,
    pytest.mark.needs_postgres,
]


@pytest.fixture(scope="module")
def heard_after(cluster: Cluster) -> Mapping[str, int]:
    """From where on the watcher listens for these tests: others, on the same city, have taken out what came before."""
    await_quiet(cluster)
    cluster.broker.take_out()
    return relayed(cluster)


@pytest.fixture(scope="module")
def citizen(cluster: Cluster, heard_after: Mapping[str, int]) -> Citizen:
    """A client of the whole city."""
    return Citizen(cluster)


def test_an_exchange_ends_in_an_agreement_that_both_have_kept(citizen: Citizen) -> None:
    story = Story("exchange", citizen, load_city(CITY).districts[0])
    exchange.tell(story)
    assert story.ended_in == "AgreementFulfilled"


def test_a_place_for_a_volunteer_ends_in_confirmed_hours(citizen: Citizen) -> None:
    story = Story("volunteering", citizen, load_city(CITY).districts[0])
    volunteering.tell(story)
    assert story.ended_in.startswith("VolunteerHoursConfirmed")


def test_a_job_ends_in_a_placement_that_lasts(citizen: Citizen) -> None:
    story = Story("work", citizen, load_city(CITY).districts[0])
    work.tell(story)
    assert story.ended_in.startswith("PlacementStarted")


def test_after_them_everybody_has_everything_once(
    cluster: Cluster, citizen: Citizen, heard_after: Mapping[str, int]
) -> None:
    logs = read_logs(cluster, await_quiet(cluster))
    assert len(logs.records["marketplace"]) > 20
    watched = cluster.broker.take_out()
    assert [
        *logs_without_gap(logs),
        *history_is_the_logs(cluster, logs),
        *facts_are_the_replay(cluster),
        *nothing_is_parked(cluster),
        *watcher_saw_all(watched, logs, heard_after),
    ] == []
    assert set(FOLLOWS["reporting"]) <= set(watched)
