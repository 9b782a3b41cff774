"""At which doors does a process answer, and which of them shows positions and counts to whom?"""

from collections.abc import Iterator

import pytest
from werkzeug.test import Client

from deploy.city import load_city
from deploy.doors import doors_of
from deploy.instance import Instance
from shared.bus.memory import MemoryBus
from shared.service.settings import BadSetting, load
from tests.deploy.desk import Desk
from tests.servers.ports import free_port


@pytest.fixture
def watched(desk: Desk) -> Iterator[Instance]:
    """An instance with a worker port."""
    ports = {"KOSILAB_PORT": str(free_port()), "KOSILAB_WORKER_PORT": str(free_port())}
    opened = Instance(load_city("wuppertal"), desk.settings(**ports), bus=MemoryBus())
    yield opened
    opened.close()


@pytest.mark.apart
def test_an_edge_with_a_worker_port_has_two_doors_and_only_the_second_shows_figures(
    watched: Instance,
) -> None:
    edge, worker = doors_of(watched, has_edge=True)
    try:
        for path in ("/metrics", "/readyz?verbose"):
            assert Client(edge.application).get(path).status_code == 401
            assert Client(worker.application).get(path).status_code == 200
        assert worker.listener.getsockname()[0] == "127.0.0.1"
        assert edge.most_connections == 200
    finally:
        edge.listener.close()
        worker.listener.close()


@pytest.mark.apart
def test_a_worker_without_an_edge_has_the_second_only(watched: Instance) -> None:
    (worker,) = doors_of(watched, has_edge=False)
    worker.listener.close()
    assert Client(worker.application).get("/actors/organisations").status_code == 404


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", ""])
def test_a_number_of_connections_that_is_none_is_refused(value: str) -> None:
    settings = load({"KOSILAB_CONNECTIONS": value}, {})
    with pytest.raises(BadSetting, match="KOSILAB_CONNECTIONS"):
        settings.whole_number("KOSILAB_CONNECTIONS", least=1)
