"""How does a test wait? For a condition, with a deadline; never for a length of time."""

import socket
import time
from collections.abc import Callable

PAUSE = 0.02  # [s] between the first two looks
LONGER = 1.25  # how much longer each pause is than the one before
LONGEST = 0.25  # [s] whoever looks all the time takes the processor from what it waits for


class TooLate(AssertionError):  # noqa: N818 - says what happened
    """The condition did not come true in time."""


def until(condition: Callable[[], bool], what: str, within: float = 30.0) -> None:
    """Return once the condition is true; within [s].

    Raises: TooLate with the sentence `what`.
    """
    deadline, pause = time.monotonic() + within, PAUSE
    while not condition():
        if time.monotonic() > deadline:
            raise TooLate(f"{what}: not within {within:g} s")
        time.sleep(pause)
        pause = min(pause * LONGER, LONGEST)


def accepts(host: str, port: int) -> bool:
    """Whether somebody listens on this port."""
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def speaks_amqp(host: str, port: int) -> bool:
    """Whether a broker opens the AMQP 0-9-1 conversation on this port (and not merely a proxy the connection)."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"  # a method frame: Connection.Start
    except OSError:
        return False
