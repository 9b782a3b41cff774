"""Which port is free?

Below the range from which the system takes the ports of outgoing connections: a client that knocks again and again on
the port of a killed server would else sooner or later be given that very port, and meet itself.
"""

import secrets
import socket

LOWEST, HIGHEST = 15_000, 32_000


def free_port() -> int:
    """A port on which nobody listens at this moment, on 127.0.0.1."""
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
