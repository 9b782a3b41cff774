"""What does a host make of an instance? Hosts a small application and a loop on a few workers, and says how it went.

`HOST PORT [doomed]`: the host is nameko or threads.
"""

import sys

if sys.argv[1] == "nameko":
    from shared.edge.green.host import GreenHost as ThisHost
else:
    from tests.edge.threads import ThreadsHost as ThisHost  # type: ignore[assignment]  # either is a Host

ThisHost().prepare()

import threading  # noqa: E402 - prepared first
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402

from werkzeug.wrappers import Request, Response  # noqa: E402

from shared.edge import host  # noqa: E402
from shared.edge.listening import listen  # noqa: E402
from shared.edge.serving.doors import Door  # noqa: E402

N_WORKERS = 3
doors = {name: threading.Event() for name in ("slow", "stream")}


def say(*words: object) -> None:
    """A line for whoever watches."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")  # at once: `print` writes the end of the line apart
    sys.stdout.flush()


class Loop:
    """A loop that says when it begins and ends."""

    name = "a loop"

    def run(self, stopping: threading.Event) -> None:
        """Until told to stop."""
        say("loop runs")
        while not stopping.is_set():
            stopping.wait(0.05)
        say("loop stopped")


class Doomed(Loop):
    """A loop that ends by itself, badly."""

    name = "a doomed loop"

    def run(self, stopping: threading.Event) -> None:
        """Fail when asked to."""
        say("doomed loop runs", stopping.is_set())
        doors["doom"].wait()
        msg = "doomed"
        raise RuntimeError(msg)


def stream() -> Iterator[bytes]:
    """Two parts, the second when the door is opened."""
    yield b"begun\n"
    doors["stream"].wait()
    yield b"ended\n"


@Request.application
def application(request: Request) -> Response:
    """Slow, streaming, opening doors, or quick."""
    match request.path.strip("/").split("/"):
        case ["open", name]:
            doors[name].set()
            return Response("opened")
        case ["slow"]:
            say("slow begins")
            doors["slow"].wait()
            return Response("slow is done")
        case ["brief"]:
            say("brief begins")
            time.sleep(0.3)
            return Response("brief is done")
        case ["stream"]:
            return Response(stream(), mimetype="text/event-stream")
        case _:
            return Response("quick")


if "doomed" in sys.argv:
    doors["doom"] = threading.Event()
host.MAX_WORKERS = N_WORKERS
loops: list[Loop] = [Loop(), *([Doomed()] if "doomed" in sys.argv else [])]
door = Door(listen("127.0.0.1", int(sys.argv[2])), application)
ThisHost().serve([door], loops, ready=lambda: say("ready"))
say("served")
