"""What does a service keep about a person? It answers for itself, to the person's own token: `/<service>/own-data`."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypedDict

from werkzeug.wrappers import Request, Response

from shared.edge.openapi import PROBLEM, SIGNED_IN
from shared.edge.problems import not_signed_in, unavailable
from shared.edge.queries import json_response, refuse_unknown
from shared.edge.routes import Route, caller_of, caller_with, require_role
from shared.edge.tokens import Issuer
from shared.events.codec import decode, encode_data
from shared.kernel.identity import noun_id_of
from shared.kernel.sentence import Sentence
from shared.service.app import App
from shared.service.tables import Role

OWNERS = frozenset({Role.PERSON})
TIMEOUT_S = 5.0
"""The longest wait for another service's answer [s]."""

TEXT = {"type": "string"}
EVENTS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "time", "noun_id", "data"],
        "properties": {"type": TEXT, "time": TEXT, "noun_id": TEXT, "data": {"type": "object"}},
    },
}

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class KeptEvent(TypedDict):
    """An event that is about the person, as they read it."""

    type: str
    time: str
    noun_id: str
    data: dict[str, Any]


class Holder(Protocol):
    """A service that may keep something about a person."""

    def events_for(self, token: str) -> list[KeptEvent]:
        """What it keeps about the bearer of this token.

        Raises: Problem 401, 403, 503.
        """
        ...


def events_about(app: App, person_id: str) -> list[KeptEvent]:
    """Every event of the service that is about this person, stream by stream.

    Raises: LogUnavailable.
    """
    events: list[KeptEvent] = []
    for part in app.tables.about(app, person_id):
        for stored in app.store.log.read_stream(part.stream):
            event = decode(stored.record)
            if part.belongs(event):
                data = json.loads(encode_data(event.data))
                shown = {name: value for name, value in data.items() if name not in part.hidden(event)}
                events.append(
                    {
                        "type": type(event.data).__name__,
                        "time": event.time.isoformat(),
                        "noun_id": noun_id_of(event.stream),
                        "data": shown,
                    }
                )
    return events


class HolderHere:
    """A service in this process; the person's token is judged here as it would be there."""

    def __init__(self, app: App, issuer: Issuer) -> None:
        self._app = app
        self._issuer = issuer

    def events_for(self, token: str) -> list[KeptEvent]:
        """What it keeps."""
        caller = caller_with(token, self._issuer)
        require_role(caller, OWNERS)
        return events_about(self._app, caller.actor)


class HolderElsewhere:
    """A service at an address; it is asked with the person's token and nobody else's."""

    def __init__(self, service: str, url: str) -> None:
        self._service = service
        self._url = f"{url}/{service}/own-data"

    def events_for(self, token: str) -> list[KeptEvent]:
        """What it keeps."""
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        try:
            request = urllib.request.Request(self._url, headers=headers)  # noqa: S310 - the operator's own URL
            with _direct.open(request, timeout=TIMEOUT_S) as response:
                events: list[KeptEvent] = json.load(response)["events"]
        except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            sentence = Sentence("{service} does not say now what it keeps; ask again.", service=self._service)
            raise unavailable(sentence, 5) from error
        return events


class OwnEvents:
    """Answers for one service."""

    def __init__(self, app: App, issuer: Issuer) -> None:
        self._app = app
        self._issuer = issuer

    def route(self) -> Route:
        """The one address."""
        service = self._app.tables.name
        return Route("GET", f"/{service}/own-data", self.answer, _operation(service))

    def answer(self, request: Request, _: Mapping[str, str]) -> Response:
        """What the service keeps about the person who asks."""
        caller = caller_of(request, self._issuer)
        if caller is None:
            raise not_signed_in("Sign in to read this.")
        require_role(caller, OWNERS)
        refuse_unknown(request, set())
        return json_response({"events": events_about(self._app, caller.actor)}, signed_in=True)


def holders(
    services: Iterable[str], apps: Mapping[str, App], url_of: Callable[[str], str], issuer: Issuer
) -> Mapping[str, Holder]:
    """Who is asked what is kept, by service: here, or at its address; a service without an address is not asked."""
    here: dict[str, Holder] = {name: HolderHere(apps[name], issuer) for name in services if name in apps}
    elsewhere = {name: HolderElsewhere(name, url_of(name)) for name in services if name not in apps}
    return {**here, **elsewhere}


def _operation(service: str) -> dict[str, Any]:
    schema = {"type": "object", "required": ["events"], "properties": {"events": EVENTS}}
    return {
        "operationId": "OwnEvents",
        "summary": f"What {service} keeps about the person who asks.",
        "security": SIGNED_IN,
        "parameters": [],
        "responses": {
            "200": {"description": "As asked.", "content": {"application/json": {"schema": schema}}},
            **dict.fromkeys(("400", "401", "403", "414", "422", "429", "503"), PROBLEM),
        },
    }
