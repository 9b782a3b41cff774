"""Whatever a witness does on the other end of the line, does the log that asks it get on?"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.ledger.asking import WITHIN_S, Impatient, ask_over_http
from shared.ledger.policy import Witness
from shared.ledger.witness import Reply
from tests.shared.ledger.small_city import WITNESSES

NAME, SIGNER = next(iter(WITNESSES.items()))
GOOD = Reply(200, "signed")


def at(url: str) -> Witness:
    """The witness at this address."""
    return Witness(NAME, SIGNER.key, url)


@contextmanager
def saying(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says this to everybody; its address, and what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    heard.append(line.recv(65_536))
                    line.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 422 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_no_http_is_no_answer(answer: bytes) -> None:
    with saying(answer) as (url, _), pytest.raises(ConnectionError):
        ask_over_http(at(url), b"x")


@pytest.mark.parametrize("url", ["", "file:///etc", "ftp://127.0.0.1", "http://[", "http://127.0.0.1:port"])
def test_what_is_no_address_is_not_gone_to(url: str) -> None:
    with pytest.raises(ConnectionError):
        ask_over_http(at(url), b"x")


def test_a_witness_sends_nobody_elsewhere() -> None:
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (elsewhere, heard):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}/\r\nContent-Length: 0\r\n\r\n"
        with saying(moved.encode()) as (url, _):
            assert ask_over_http(at(url), b"x").status == 302
        assert heard == []


def test_an_answer_without_end_is_cut_off() -> None:
    with saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000) as (url, _):
        assert len(ask_over_http(at(url), b"x").body) == 16_384


def test_whoever_drags_the_answer_out_is_not_waited_for_and_not_asked_again_meanwhile() -> None:
    at_last = threading.Event()
    asked: list[str] = []

    def ask(witness: Witness, _: bytes) -> Reply:
        asked.append(witness.name)
        at_last.wait()
        return GOOD

    impatient = Impatient(ask, within_s=0.01)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            impatient(at("one"), b"x")
    assert asked == [NAME]
    at_last.set()
    patient = Impatient(ask)
    assert patient(at("one"), b"x") == patient(at("one"), b"x") == GOOD


def test_what_went_wrong_is_told_to_whoever_asked() -> None:
    def refuse(_: Witness, __: bytes) -> Reply:
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        Impatient(refuse)(at("one"), b"x")


def test_witnesses_are_waited_for_apart() -> None:
    at_last = threading.Event()

    def ask(witness: Witness, _: bytes) -> Reply:
        if witness.name == "slow":
            at_last.wait()
        return GOOD

    impatient = Impatient(ask, within_s=0.01)
    with pytest.raises(TimeoutError):
        impatient(Witness("slow", SIGNER.key), b"x")
    impatient._within_s = WITHIN_S
    assert impatient(at("one"), b"x") == GOOD
    at_last.set()
