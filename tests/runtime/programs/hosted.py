"""What does nameko make of an instance? Hosts a small application and a loop on a few workers, and says how it went."""

from shared.edge.patched import patch

patch()

import sys  # noqa: E402 - patched first
import threading  # noqa: E402
from collections.abc import Iterator  # noqa: E402

import eventlet  # noqa: E402
from werkzeug.wrappers import Request, Response  # noqa: E402

from shared.edge import runtime  # noqa: E402

N_WORKERS = 3
doors = {name: eventlet.event.Event() for name in ("slow", "stream")}


def say(*words: object) -> None:
    """A line for whoever watches."""
    print(*words, flush=True)


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
            doors[name].send()
            return Response("opened")
        case ["slow"]:
            say("slow begins")
            doors["slow"].wait()
            return Response("slow is done")
        case ["brief"]:
            say("brief begins")
            eventlet.sleep(0.3)
            return Response("brief is done")
        case ["stream"]:
            return Response(stream(), mimetype="text/event-stream")
        case _:
            return Response("quick")


if "doomed" in sys.argv:
    doors["doom"] = eventlet.event.Event()
runtime.MAX_WORKERS = N_WORKERS
loops: list[Loop] = [Loop(), *([Doomed()] if "doomed" in sys.argv else [])]
runtime.serve(application, loops, port=int(sys.argv[1]), ready=lambda: say("ready"))
say("served")
