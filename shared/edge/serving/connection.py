"""What happens on one connection? Request after request: the head, whether it is let in, the body, the answer.

Only the answer takes a worker. Whoever sends slowly holds nothing but the connection, and that not for long.
"""

import socket
from contextlib import nullcontext, suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from prometheus_client import Counter

from shared.edge.addresses import FORWARDED, FORWARDED_PREFIX, household
from shared.edge.bodies import MAX_BODY
from shared.edge.serving.answers import CONTINUE, Answer, refusal, send_all
from shared.edge.serving.doors import ALIVE, Door
from shared.edge.serving.heads import Head, Unreadable
from shared.edge.serving.incoming import IDLE_S, READ_WITHIN_S, Incoming
from shared.service import telemetry

if TYPE_CHECKING:
    from shared.edge.serving.server import Server

SPARE = "spare"
FULL = 429
STOPPING = 503
RETRY_AFTER_S = 2

LINGER_S = 2.0
"""How long a connection stays open after its last answer [s], so that the client can read it."""

LINGER_PARTS = 16

UNDER_OTHER_NAMES = {"HTTP_CONTENT_TYPE": "CONTENT_TYPE", "HTTP_CONTENT_LENGTH": "CONTENT_LENGTH"}

REFUSED = Counter("kosilab_requests_refused_total", "Requests refused by the server itself", ["status"])

log = telemetry.logger("web")


class Connection:
    """One connection through a door."""

    def __init__(self, server: "Server", door: Door, connection: socket.socket, peer: str) -> None:
        self.is_silent = True
        self._server = server
        self._door = door
        self._socket = connection
        self._peer = peer
        self._incoming = Incoming(connection)
        self._place = ""
        self._has_asked = False
        self._is_proxy = door.proxies.trusts(peer)

    def hang_up(self) -> None:
        """End it, from any thread."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        """Answer until one side has enough."""
        try:
            if self._is_proxy or self._takes(_address(self._peer)) or self._takes_spare():
                silent_s = READ_WITHIN_S
                while self._answered_next(silent_s):
                    silent_s = IDLE_S
            else:
                self._refuse(FULL)
        except OSError as error:
            log.debug("connection_broke", reason=type(error).__name__)
        except Exception:
            log.exception("connection_failed")
        finally:
            self._leave_place()
            self._socket.close()

    def _answered_next(self, silent_s: float) -> bool:
        self.is_silent = True
        try:
            head = self._incoming.head(silent_s=silent_s)
            if head is None:
                return False
            self.is_silent = False
            with self._server.under_way():
                return self._answered(head)
        except Unreadable as unreadable:
            self._refuse(unreadable.status)
            return False
        finally:
            if self._is_proxy:  # its next request may be another client's
                self._leave_place()

    def _answered(self, head: Head) -> bool:
        """Answer one request; returns whether another one may follow.

        Raises: Unreadable, OSError.
        """
        self._has_asked = False
        environ = self._environ(head)
        if environ["PATH_INFO"] == ALIVE:
            return self._finish(head, Answer(self._door.application, environ))
        if self._server.is_finishing:
            self._refuse(STOPPING)
            return False
        admission = self._door.admit(environ)
        if not self._moves_to(admission.session, environ["REMOTE_ADDR"]):
            self._refuse(FULL)
            return False
        if admission.refusal is not None:
            return self._finish(head, Answer(admission.refusal, environ))
        self._read_body(head, environ)
        with self._server.workers.at_work(environ):
            answer = Answer(self._door.application, environ)
        return self._finish(head, answer)

    def _read_body(self, head: Head, environ: dict[str, Any]) -> None:
        """A body that is announced as too large is not read: the application refuses it unread.

        Raises: Unreadable, OSError.
        """
        if (head.length or 0) > MAX_BODY:
            return
        if head.asks_first and head.length != 0:
            self._has_asked = True
            send_all(self._socket, CONTINUE)
        self.is_silent = True
        environ["wsgi.input"] = BytesIO(self._incoming.body(MAX_BODY))
        self.is_silent = False

    def _finish(self, head: Head, answer: Answer) -> bool:
        """Send it, and read on to the end of the request."""
        is_unsent = head.asks_first and head.length != 0 and not self._has_asked
        keeps_alive = head.keeps_alive and not is_unsent and not self._server.is_finishing
        with self._server.aside() if answer.is_stream else nullcontext():
            keeps_alive = answer.send(self._socket, keeps_alive=keeps_alive)
        self.is_silent = True
        return not is_unsent and self._incoming.has_ended() and keeps_alive

    def _moves_to(self, session: str, address: str) -> bool:
        """Take a place where this request counts; returns whether there is one."""
        if self._place == SPARE:
            return False
        return self._takes(f"session {session}" if session else _address(address))

    def _takes(self, key: str) -> bool:
        if key == self._place:
            return True
        if not self._server.places[self._door].take(key, self):
            return False
        self._leave_place()
        self._place = key
        return True

    def _takes_spare(self) -> bool:
        """A place for those for whom there is none: they are answered whether the process is alive, else refused."""
        if self._server.spare.take(SPARE, self):
            self._place = SPARE
        return self._place == SPARE

    def _leave_place(self) -> None:
        places = self._server.spare if self._place == SPARE else self._server.places[self._door]
        places.leave(self._place, self)
        self._place = ""

    def _refuse(self, status: int) -> None:
        """Answer with the server's own word, then close: what follows could be the rest of anything."""
        REFUSED.labels(status).inc()
        retry_after_s = RETRY_AFTER_S if status in {FULL, STOPPING} else None
        with suppress(OSError):
            self._socket.settimeout(LINGER_S)
            self._socket.sendall(refusal(status, retry_after_s=retry_after_s))
            self._socket.shutdown(socket.SHUT_WR)
            self.is_silent = True
            for _ in range(LINGER_PARTS):  # a connection that is closed unread is reset, and the answer lost
                if not self._socket.recv(65_536):
                    break

    def _environ(self, head: Head) -> dict[str, Any]:
        forwarded = [value for name, value in head.fields if name == FORWARDED]
        prefixes = [value for name, value in head.fields if name == FORWARDED_PREFIX]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": head.method,
            "SCRIPT_NAME": self._door.proxies.prefix(self._peer, prefixes),
            "PATH_INFO": unquote_to_bytes(head.path).decode("latin-1"),
            "QUERY_STRING": head.query.decode("latin-1"),
            "SERVER_NAME": "kosilab",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": f"HTTP/{head.version}",
            "REMOTE_ADDR": self._door.proxies.client(self._peer, forwarded),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.input_terminated": head.length is None,
            "wsgi.errors": None,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in head.fields:
            if "_" in name:
                continue  # it would pass for the field with a hyphen
            key = f"HTTP_{name.upper().replace('-', '_')}"
            key = UNDER_OTHER_NAMES.get(key, key)
            separator = "; " if name == "cookie" else ","
            environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
        return environ


def _address(address: str) -> str:
    return f"address {household(address)}"
