"""How does a log ask a witness over HTTP, and never wait long for one?"""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from shared.ledger.policy import Witness
from shared.ledger.witness import Reply

TIMEOUT_S = 5.0
"""How long a witness may be silent [s]."""

WITHIN_S = 10.0
"""How long a whole answer may take [s], also when it arrives byte by byte."""

MAX_REPLY = 16_384

Ask: TypeAlias = Callable[[Witness, bytes], Reply]
"""Sends a request to a witness; raises OSError when it does not answer."""


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the policy alone says where a witness answers."""

    def redirect_request(self, *_: Any) -> None:
        """A redirect counts as the answer, and it is no cosignature."""


_opener = urllib.request.build_opener(_StayThere)


def ask_over_http(witness: Witness, body: bytes) -> Reply:
    """Send the request to the address in the policy.

    Raises: OSError when there is none, when nobody answers there, or not in HTTP.
    """
    try:
        return _sent(f"{witness.url.rstrip('/')}/add-checkpoint", body)
    except (ValueError, http.client.HTTPException) as error:
        raise ConnectionError(type(error).__name__) from error


def _sent(url: str, body: bytes) -> Reply:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ConnectionError("the policy gives no address of the witness")
    request = urllib.request.Request(url, data=body, method="POST")  # noqa: S310 - looked at above
    try:
        with _opener.open(request, timeout=TIMEOUT_S) as response:
            return _reply(response.status, response)
    except urllib.error.HTTPError as error:
        return _reply(error.code, error)


def _reply(status: int, response: Any) -> Reply:
    kind = response.headers.get("Content-Type", "")
    return Reply(status, response.read(MAX_REPLY).decode(errors="replace"), kind)


class Impatient:
    """Asks in a thread and waits for a limited time; asks a witness again only after it has answered."""

    def __init__(self, ask: Ask, within_s: float = WITHIN_S) -> None:
        self._ask = ask
        self._within_s = within_s
        self._under_way: dict[str, Future[Reply]] = {}

    def __call__(self, witness: Witness, body: bytes) -> Reply:
        """What the witness answers.

        Raises: OSError when it does not answer in time.
        """
        before = self._under_way.get(witness.name)
        if before is not None and not before.done():
            raise TimeoutError("the witness has not answered the last request yet")
        answer = self._under_way[witness.name] = Future()
        Thread(target=self._fill, args=(answer, witness, body), daemon=True).start()
        return answer.result(self._within_s)

    def _fill(self, answer: Future[Reply], witness: Witness, body: bytes) -> None:
        try:
            answer.set_result(self._ask(witness, body))
        except OSError as error:
            answer.set_exception(error)
