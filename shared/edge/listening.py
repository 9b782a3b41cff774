"""On which address does a process answer, and which sentence explains when it cannot?"""

import errno
import socket

BACKLOG = 512


class PortTaken(Exception):  # noqa: N818 - says what happened
    """The address cannot be listened on, with a sentence that says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """The socket on which the process answers; port 0 is any free one.

    Raises: PortTaken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    # Not SO_REUSEPORT: a second process on the same port would take a part of the requests.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortTaken(_why_not(host, port, error)) from error
    return listener


def address_of(host: str, port: int) -> str:
    """The address of a port as one types it into a browser: of IPv6 in brackets.

    Source: RFC 3986, 3.2.2.
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def refuse_taken(host: str, port: int) -> None:
    """Make sure that the address is free, before anything that takes long.

    Raises: PortTaken.
    """
    listen(host, port).close()


def _why_not(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            another = "PORT=…, --port … or KOSILAB_WORKER_PORT"
            return f"Port {port} is taken: stop what listens there, or give another ({another})."
        case errno.EACCES:
            return f"Port {port} is for the administrator only: give one above 1023 (PORT=… or --port …)."
        case _:
            correct = "KOSILAB_HOST or KOSILAB_WORKER_HOST"
            return f"{host} is no address of this machine ({error.strerror}): correct {correct}."
