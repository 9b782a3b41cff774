"""How does psycopg wait in a green process? As eventlet's sockets do, which costs less than a patched `select`.

psycopg's own `wait_select` works, too, but eventlet's `select` makes listeners and a timer for each call, also to learn
that a socket can be written to, which it nearly always can.
"""

from collections.abc import Generator
from time import monotonic
from typing import Any, TypeVar

from eventlet.green import select as green_select
from eventlet.hubs import trampoline
from eventlet.patcher import original
from psycopg import errors, waiting
from psycopg.waiting import READY_NONE, READY_R, READY_W, WAIT_R, WAIT_RW

T = TypeVar("T")

select: Any = original("select")
"""The standard library's own: asked without waiting, it stops nobody."""

READABLE = select.POLLIN | select.POLLHUP | select.POLLERR


def wait_green(
    gen: Generator[Any, Any, T], fileno: int, interval: float = 0.0, timeout: float | None = None
) -> T:
    """Run psycopg's generator to its end, and let others run whenever it waits; what it returns.

    Every `interval` [s] the generator is asked anyway: a connection may be closed by another thread meanwhile.
    Raises: OperationalError for such a connection; what the generator raises.
    """
    deadline = None if timeout is None else monotonic() + timeout
    try:
        wanted = next(gen)
        while True:
            left = interval if deadline is None else max(0.0, min(interval, deadline - monotonic()))
            try:
                ready = _waited(fileno, wanted, left)
            except (OSError, ValueError) as error:
                raise errors.OperationalError("connection socket closed") from error
            wanted = gen.send(ready)
            if deadline is not None and monotonic() >= deadline:
                raise errors._WaitTimeout("wait timeout expired")  # noqa: SLF001 - as psycopg's own
    except StopIteration as ended:
        result: T = ended.value
        return result


def _waited(fileno: int, wanted: int, seconds: float) -> int:
    """What the socket is ready for after at most so long [s]."""
    ready = _now(fileno)
    if ready & wanted:
        return ready & wanted
    if wanted == WAIT_RW:  # hardly ever: what the server does not take until somebody reads its answer
        readable, writable, _ = green_select.select([fileno], [fileno], [], seconds)
        return (READY_R if readable else READY_NONE) | (READY_W if writable else READY_NONE)
    try:
        trampoline(
            fileno, read=wanted == WAIT_R, write=wanted != WAIT_R, timeout=seconds, timeout_exc=TimeoutError
        )
    except TimeoutError:
        return READY_NONE
    return READY_R if wanted == WAIT_R else READY_W


def _now(fileno: int) -> int:
    """What the socket is ready for at this moment.

    Raises: ValueError for one that is closed.
    """
    poll = select.poll()
    poll.register(fileno, select.POLLIN | select.POLLOUT)
    ready = 0
    for _, event in poll.poll(0):
        if event & select.POLLNVAL:
            raise ValueError("not open")
        ready |= READY_R if event & READABLE else READY_NONE
        ready |= READY_W if event & select.POLLOUT else READY_NONE
    return ready


def install() -> None:
    """Have psycopg wait like this from now on."""
    waiting.wait = wait_green
