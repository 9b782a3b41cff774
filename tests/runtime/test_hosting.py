"""How does a host run an instance? Few workers, streams outside of them, and an end in good order."""

import queue
import signal
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from shared.edge import host
from shared.edge.green.container import Doors, container_of
from shared.edge.serving.doors import Door
from tests.edge.process import HOSTS
from tests.runtime.green import ROOT, command_for, environment
from tests.servers.ports import free_port

N_WORKERS = 3  # as the program sets it


class Hosted:
    """The program `hosted` at work."""

    def __init__(self, host_name: str, *arguments: str) -> None:
        """Start it; returns when it is ready."""
        self.port = free_port()
        self.process = subprocess.Popen(
            command_for("hosted", host_name, str(self.port), *arguments),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        self.until("ready")

    def until(self, line: str) -> None:
        """Return when it has said this."""
        while line not in self.said:
            self.said.append(self._lines.get(timeout=60))
            assert self.said[-1] != "", (self.said, self.process.stderr and self.process.stderr.read())

    def ask(self, path: str) -> str:
        """The answer to a request."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            text: str = answer.read().decode()
        return text

    def end(self) -> int:
        """What it ended with; all that it said is in `said` then."""
        code = self.process.wait(60)
        while (line := self._lines.get(timeout=60)) != "":
            self.said.append(line)
        return code

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.strip())
        self._lines.put("")


@pytest.fixture(params=HOSTS)
def hosted(request: pytest.FixtureRequest) -> Iterator[Hosted]:
    """The program on each host, killed at the end if it still runs."""
    yield from _hosted(request.param)


@pytest.fixture(params=HOSTS)
def doomed(request: pytest.FixtureRequest) -> Iterator[Hosted]:
    """The same with a loop that fails when asked to."""
    yield from _hosted(request.param, "doomed")


def _hosted(*arguments: str) -> Iterator[Hosted]:
    started = Hosted(*arguments)
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()
    for pipe in (started.process.stdout, started.process.stderr):
        if pipe is not None:
            pipe.close()


def test_there_are_two_hundred_workers_and_not_namekos_ten() -> None:
    assert host.MAX_WORKERS == 200


def test_one_container_has_one_entrypoint_for_everything() -> None:
    with socket.socket() as listener:
        container = container_of([Door(listener, lambda *_: [])], [])
    assert [type(entrypoint) for entrypoint in container.entrypoints] == [Doors]
    nowhere = container_of([], [])
    assert list(nowhere.entrypoints) == []


def test_streams_take_no_worker(hosted: Hosted) -> None:
    streams = [
        urllib.request.urlopen(f"http://127.0.0.1:{hosted.port}/stream", timeout=60)
        for _ in range(N_WORKERS * 3)
    ]
    assert {stream.readline() for stream in streams} == {b"begun\n"}
    assert hosted.ask("/quick") == "quick"
    hosted.ask("/open/stream")
    assert {stream.read() for stream in streams} == {b"ended\n"}
    for stream in streams:
        stream.close()


def test_whoever_finds_no_worker_waits_and_is_answered(hosted: Hosted) -> None:
    answers: list[str] = []
    askers = [
        threading.Thread(target=lambda: answers.append(hosted.ask("/slow"))) for _ in range(N_WORKERS - 1)
    ]
    for asker in askers:
        asker.start()
    hosted.until("slow begins")
    assert hosted.ask("/quick") == "quick"
    hosted.ask("/open/slow")
    for asker in askers:
        asker.join()
    assert answers == ["slow is done"] * (N_WORKERS - 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_answers_what_is_under_way_then_ends_the_loops_then_itself(
    hosted: Hosted, number: signal.Signals
) -> None:
    stream = urllib.request.urlopen(f"http://127.0.0.1:{hosted.port}/stream", timeout=60)
    assert stream.readline() == b"begun\n"
    answers: list[str] = []
    asker = threading.Thread(target=lambda: answers.append(hosted.ask("/brief")))
    asker.start()
    hosted.until("brief begins")
    hosted.process.send_signal(number)
    assert hosted.end() == 0
    asker.join()
    assert answers == ["brief is done"]
    assert set(hosted.said[:2]) == {"loop runs", "ready"}
    assert hosted.said[2:] == ["brief begins", "loop stopped", "served"]
    stream.close()


def test_a_loop_that_fails_ends_the_process_loudly_instead_of_leaving_half_of_it(doomed: Hosted) -> None:
    doomed.ask("/open/doom")
    assert doomed.end() != 0
    assert doomed.process.stderr is not None
    assert "RuntimeError: doomed" in doomed.process.stderr.read()
    assert "served" not in doomed.said
