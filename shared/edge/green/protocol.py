"""How does eventlet read requests strictly? Its own protocol, with the rules of `shared.edge.framing`."""

from typing import Any

from nameko.web.server import HttpOnlyProtocol

from shared.edge.framing import ends_unclearly, read_on

SEND_AT_ONCE = "eventlet.minimum_write_chunk_size"
"""The name in a request's environment of the send buffer's size [bytes]."""


class StrictProtocol(HttpOnlyProtocol):  # type: ignore[misc]  # nameko is untyped
    """One connection."""

    def get_environ(self) -> dict[str, Any]:
        """The request as WSGI describes it; when its end is unclear, it is the connection's last one."""
        environ: dict[str, Any] = super().get_environ()
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ["wsgi.input_terminated"] = True  # chunks mark the end of the body
        if ends_unclearly(self.headers):
            self.close_connection = True
        # eventlet would read an unwanted body to its end, however long it is.
        environ["eventlet.input"].discard = lambda: None
        return environ

    def handle_one_response(self) -> None:
        """Answer, then read on to the end of the request, within bounds."""
        super().handle_one_response()
        body = self.environ["eventlet.input"]
        # A client that waits for `100 Continue` has sent no body; reading now would ask for it.
        if not body.should_send_hundred_continue and not read_on(body):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Do not log a broken request, since it may be personal; the caller gets 400."""
