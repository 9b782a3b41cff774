"""Where does a request end? eventlet's HTTP, made strict: no body is read for ever, or taken for another request.

Source: RFC 9112, 6 and 9.6.
"""

from functools import partial
from typing import Any

from nameko.web.server import HttpOnlyProtocol

READ_ON_AT_MOST = 16 * 1024 * 1024
"""How much of a body that nobody wanted is still read [bytes]: a caller that is cut off never sees the answer."""

AT_ONCE = 64 * 1024
SEND_AT_ONCE = "eventlet.minimum_write_chunk_size"
"""The name in a request's environment of how much is gathered before it is sent [bytes]."""


class StrictProtocol(HttpOnlyProtocol):  # type: ignore[misc]  # nameko is untyped
    """One connection."""

    def get_environ(self) -> dict[str, Any]:
        """The request as WSGI tells it; where it ends unclearly it is the connection's last."""
        environ: dict[str, Any] = super().get_environ()
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ["wsgi.input_terminated"] = True  # the body says itself where it ends
        if self._ends_unclearly():
            self.close_connection = True
        # eventlet would read an unwanted body to its end, however far that is.
        environ["eventlet.input"].discard = lambda: None
        return environ

    def handle_one_response(self) -> None:
        """Answer, then read on to the end of the request, within bounds."""
        super().handle_one_response()
        body = self.environ["eventlet.input"]
        # Whoever waits for our word has sent no body; to read now would be to ask for it.
        if not body.should_send_hundred_continue and not _read_on(body):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """What a broken request said is anybody's, so it is not logged; the caller is answered 400."""

    def _ends_unclearly(self) -> bool:
        """A length that is none, two lengths, an encoding that we don't know: a proxy may read it otherwise."""
        lengths = self.headers.get_all("content-length", [])
        encodings = [one.lower() for one in self.headers.get_all("transfer-encoding", [])]
        plain = all(one.isascii() and one.isdecimal() for one in lengths)
        return len(lengths) > 1 or not plain or encodings not in ([], ["chunked"])


def _read_on(body: Any) -> bool:
    """Whether the body came to its end."""
    left = READ_ON_AT_MOST
    try:
        for part in iter(partial(body.read, AT_ONCE), b""):
            left -= len(part)
            if left < 0:
                return False
    except (OSError, ValueError):  # gone, or its chunks are no chunks
        return False
    return True
