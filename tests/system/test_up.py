"""Does one real process start, answer, bear with unkind clients, and stop cleanly when told?"""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from shared.edge.tokens import Issuer
from shared.service.settings import load
from shared.service.tables import Role
from tests.servers import until
from tests.servers.ports import free_port

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

KOSILAB = str(Path(sys.executable).with_name("kosilab"))
STARTS_WITHIN = 60.0
TOKEN = re.compile(r"\S+\.\S+\.\S{20,}")


class Up:
    """`kosilab up` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        """Start it; returns when it says where it answers."""
        self.port = free_port()
        self.data = folder / "city"
        self._said, self._complained = folder / "out", folder / "err"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KOSILAB_")}
        with self._said.open("wb") as out, self._complained.open("wb") as err:
            self.process = subprocess.Popen(
                [KOSILAB, "up", "--data", str(self.data), "--port", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment,
                start_new_session=True,
            )
        until(
            lambda: "For other roles" in self.printed or self.ended, "it says where it answers", STARTS_WITHIN
        )

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self.process.poll() is not None

    @property
    def printed(self) -> str:
        """What it printed."""
        return self._said.read_text(encoding="utf-8")

    @property
    def complained(self) -> str:
        """What it logged."""
        return self._complained.read_text(encoding="utf-8")

    def ask(self, path: str, body: object = None) -> str:
        """The answer to a request, signed in as a coordinator."""
        issuer = Issuer.of(load({"KOSILAB_DATA_DIR": str(self.data)}, {}), "wuppertal")
        token = issuer.issue(Role.COORDINATOR, "coordinator", timedelta(hours=1))
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=20) as answer:
            text: str = answer.read().decode()
        return text

    def stop(self, number: signal.Signals) -> int:
        """Tell it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    """An instance that answers; killed at the end if it is still there."""
    started = Up(tmp_path)
    yield started
    if not started.ended:
        os.killpg(started.process.pid, signal.SIGKILL)
        started.process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_answers_and_stops_quietly(up: Up, number: signal.Signals) -> None:
    assert f"KoSI-Lab Wuppertal answers at http://127.0.0.1:{up.port}" in up.printed
    assert TOKEN.search(up.printed) is None, "a file is no terminal: others may read it"
    assert up.ask("/livez") == "ok\n"
    assert up.ask("/readyz") == "ready\n"
    posted = json.loads(
        up.ask("/actors/organisations", {"name": "Bäckerei Blau", "sector": "company", "district": "Barmen"})
    )
    shown = json.loads(up.ask(f"/actors/organisations/{posted['id']}?min_position={posted['position']}"))
    assert shown["name"] == "Bäckerei Blau"
    assert up.stop(number) == 0
    assert up.complained == ""


def test_an_open_connection_does_not_keep_it_from_stopping(up: Up) -> None:
    with socket.create_connection(("127.0.0.1", up.port)) as listening:
        listening.sendall(b"GET /livez HTTP/1.1\r\nHost: city\r\n\r\n")  # and the connection stays open
        assert listening.recv(100).startswith(b"HTTP/1.1 200")
        assert up.stop(signal.SIGTERM) == 0


def test_clients_that_break_off_end_nothing_but_their_own_connection(up: Up) -> None:
    beginnings = (
        b"",
        b"\x16\x03\x01\x02\x00\x01\x00",  # somebody speaks TLS
        b"POST /actors/organisations HTTP/1.1\r\nHost: city\r\nContent-Length: 1000\r\n\r\n{",
        b"GET / HTTP/1.1\r\nHost: city\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /livez HTTP/1.1\r\nHost: city\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"Wilhelmine Muster\r\n\r\n",  # what a broken request says stays out of the log
        b"G" * 70_000,
    )
    for beginning in beginnings:
        with socket.create_connection(("127.0.0.1", up.port)) as rude, suppress(OSError):
            # Linger 0: the connection is not closed but reset, in the middle of whatever is said.
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            rude.sendall(beginning)
    assert up.ask("/livez") == "ok\n"
    assert not up.ended
    assert up.stop(signal.SIGTERM) == 0
    assert up.complained == ""


def test_a_second_instance_is_told_that_port_or_files_are_taken(up: Up, tmp_path: Path) -> None:
    def second(data: Path, port: int) -> subprocess.CompletedProcess[str]:
        arguments = [KOSILAB, "up", "--samples", "--data", str(data), "--port", str(port)]
        return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)

    same_port = second(tmp_path / "another", up.port)
    same_files = second(tmp_path / "city", free_port())
    assert (same_port.returncode, same_port.stderr.count("\n")) == (1, 1)
    assert f"Port {up.port} is taken" in same_port.stderr
    assert not (tmp_path / "another" / "databases").exists()
    assert (same_files.returncode, same_files.stderr.count("\n")) == (1, 1)
    assert "An instance runs on" in same_files.stderr
