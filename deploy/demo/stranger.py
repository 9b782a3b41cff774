"""How does a client talk to a city when it has only an address and a token? In JSON over HTTP."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any, TypeAlias

from shared.service import clock
from shared.service.tables import Caller

ANSWER_WITHIN_S = 15.0
HAPPEN_WITHIN_S = 20.0
"""How long it may take until a command has its effect [s]."""
PAUSE_S = 0.05
AGAIN = frozenset({429, 503})
MOST_ITEMS = 500

Document: TypeAlias = dict[str, Any]


class NotSo(Exception):  # noqa: N818 - names the situation
    """The city gave an unexpected answer, or none in time."""


class Stranger:
    """A client that signs in as any caller and remembers the position of its last command in each log."""

    def __init__(self, address: str, token_of: Callable[[Caller], str]) -> None:
        self._address = address
        self._token_of = token_of
        self._tokens: dict[Caller, str] = {}
        self.positions: dict[str, int] = {}

    def send(self, path: str, by: Caller, /, **body: Any) -> Document:
        """Send a command; the answer with id, position and events.

        Raises: NotSo.
        """
        status, answer = self._ask("POST", path, by, body)
        if status not in {200, 201}:
            raise NotSo(f"POST {path} as {by.role}: {status} {_why(answer)}")
        service = path.split("/")[1]
        self.positions[service] = max(self.positions.get(service, 0), answer["position"])
        return answer

    def read(self, path: str, by: Caller | None, /, **parameters: str | int) -> Document:
        """Read a view as soon as it has the events that this client wrote.

        Raises: NotSo.
        """
        service = path.split("/")[1]
        if service in self.positions and "min_position" not in parameters:
            parameters["min_position"] = self.positions[service]
        where = f"{path}?{urllib.parse.urlencode(parameters)}" if parameters else path
        until = clock.monotonic() + HAPPEN_WITHIN_S
        while True:
            status, answer = self._ask("GET", where, by)
            if status == 200:  # noqa: PLR2004 - HTTP's status for success
                return answer
            if status not in AGAIN or clock.monotonic() > until:
                raise NotSo(f"GET {where}: {status} {_why(answer)}")
            clock.sleep(PAUSE_S)

    def await_one(self, path: str, by: Caller, /, **filters: str) -> Document:
        """The first document that matches these filters, as soon as it exists.

        Raises: NotSo when there is none in time.
        """
        documents: list[Document] = self.await_so(path, by, lambda answer: bool(answer["items"]), **filters)[
            "items"
        ]
        return documents[0]

    def await_so(
        self, path: str, by: Caller | None, is_so: Callable[[Document], bool], /, **parameters: str
    ) -> Document:
        """Read again until the condition holds.

        Raises: NotSo when it does not hold in time.
        """
        until = clock.monotonic() + HAPPEN_WITHIN_S
        while not is_so(answer := self.read(path, by, **parameters)):
            if clock.monotonic() > until:
                raise NotSo(f"GET {path}: it did not happen within {HAPPEN_WITHIN_S:.0f} s")
            clock.sleep(PAUSE_S)
        return answer

    def all_of(self, path: str, by: Caller, /, **filters: str) -> list[Document]:
        """Every document that matches these filters.

        Raises: NotSo.
        """
        documents: list[Document] = []
        after: dict[str, str] = {}
        while True:
            page = self.read(path, by, limit=MOST_ITEMS, **filters, **after)
            documents += page["items"]
            if page["next"] is None:
                return documents
            after = {"after": page["next"]}

    def _ask(
        self, method: str, where: str, by: Caller | None, body: Document | None = None
    ) -> tuple[int, Document]:
        request = urllib.request.Request(self._address + where, method=method)  # noqa: S310 - the demo's city
        request.add_header("Accept", "application/json")
        if by is not None:
            request.add_header("Authorization", f"Bearer {self._token(by)}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_WITHIN_S) as response:  # noqa: S310 - as above
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _problem(error.read())
        except (OSError, ValueError) as error:
            raise NotSo(f"{method} {where}: {type(error).__name__}") from error

    def _token(self, by: Caller) -> str:
        if by not in self._tokens:
            self._tokens[by] = self._token_of(by)
        return self._tokens[by]


def _problem(body: bytes) -> Document:
    try:
        problem: Document = json.loads(body)
    except ValueError:
        return {}
    return problem


def _why(answer: Document) -> str:
    return " ".join(str(answer[name]) for name in ("rule", "detail", "fields") if name in answer)
