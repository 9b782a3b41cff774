"""Is it found out which tests start something, and is whoever starts something unannounced stopped?"""

import importlib
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from operator import attrgetter

import pytest
from werkzeug.serving import make_server

from tests.apart import APART, Unannounced, announced, starts
from tests.servers.children import Child


def runs_a_program() -> None:
    subprocess.run(["true"], check=True)


def runs_it_for_somebody() -> None:
    for _ in range(2):
        runs_a_program()


def has_a_child() -> None:
    Child(["true"], None)  # type: ignore[arg-type]  # nobody calls this


def answers() -> None:
    make_server("127.0.0.1", 0, None)  # type: ignore[arg-type]  # nobody calls this


@contextmanager
def with_a_program() -> Iterator[None]:
    runs_a_program()
    yield


class Desk:
    """Starts something in one of its methods."""

    @property
    def answer(self) -> None:
        """What a program says."""
        runs_a_program()


class OtherDesk(Desk):
    """Starts something as it inherits it."""


def listens() -> None:
    socket.create_server(("127.0.0.1", 0))


@cache
def starts_it_once() -> None:
    runs_a_program()


@announced
def hides_it() -> None:
    importlib.import_module("subprocess")


def counts() -> None:
    sum(range(3))


@pytest.mark.parametrize(
    "called",
    [
        runs_a_program,
        runs_it_for_somebody,
        has_a_child,
        answers,
        with_a_program,
        listens,
        starts_it_once,
        hides_it,
        Desk,
        OtherDesk,
    ],
)
def test_it_is_found_out_who_starts_something(called: Callable[..., object]) -> None:
    assert starts(called)


def test_it_is_found_out_who_does_not() -> None:
    assert not starts(counts)


def test_a_test_is_apart_by_what_it_calls(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker(APART)
    runs_a_program()


def test_a_test_is_apart_by_what_its_fixture_calls(request: pytest.FixtureRequest, program: None) -> None:
    assert request.node.get_closest_marker(APART)


@pytest.fixture
def program() -> None:
    runs_a_program()


def test_a_process_that_nobody_announced_is_stopped(request: pytest.FixtureRequest) -> None:
    hidden = importlib.import_module("subprocess")  # the name does not show in the code of this test
    assert not request.node.get_closest_marker(APART)
    with pytest.raises(Unannounced, match="make quick"):
        hidden.run(["true"], check=True)


def test_a_server_that_nobody_announced_is_stopped() -> None:
    hidden = attrgetter("listen")
    with socket.socket() as server, pytest.raises(Unannounced, match="make quick"):
        hidden(server)()
