"""Through which doors does a process answer? Each has an address, an application, and a word on who is let in."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from shared.edge.addresses import Proxies
from shared.edge.listening import address_of

ALIVE = "/livez"
"""The path that is answered without a worker, however many wait."""

CONNECTIONS = 200
"""How many connections one address may hold open before it signs in, and one session afterwards."""

Application: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Any]
"""A WSGI application."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request is let in, decided by its head alone: `refusal` answers it when it is not.

    `session` is who has signed in, empty for a stranger.
    """

    session: str = ""
    refusal: Application | None = None


def admit_everybody(_: dict[str, Any]) -> Admission:
    """Let everybody in, as a stranger."""
    return Admission()


@dataclass(frozen=True, slots=True, eq=False)
class Door:
    """One address at which a process answers."""

    listener: socket.socket
    application: Application
    admit: Callable[[dict[str, Any]], Admission] = admit_everybody
    proxies: Proxies = field(default_factory=Proxies)
    most_connections: int = CONNECTIONS

    @property
    def address(self) -> str:
        """Where it is."""
        host, port = self.listener.getsockname()[:2]
        return address_of(host, port)
