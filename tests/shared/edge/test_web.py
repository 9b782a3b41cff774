"""Does a connection that ends badly end only itself?"""

import socket
from typing import Any

from shared.edge.green.web import Web


class Broken:
    """A WSGI server on a connection that breaks in a way that eventlet does not foresee."""

    def process_request(self, _: Any) -> None:
        raise OSError("raw readinto() failed")


def test_whatever_a_connection_ends_with_it_is_closed_and_nothing_else_happens() -> None:
    ours, theirs = socket.socketpair()
    web = Web()
    web._serv = Broken()
    web.process_request(ours, ("127.0.0.1", 1))  # nameko ends the process when this raises
    assert ours.fileno() == -1
    assert theirs.recv(1) == b""
    theirs.close()
