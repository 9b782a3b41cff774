"""How does a request become a command? By the service's command table: path, body, caller, key."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from typing import Any

import marshmallow
from prometheus_client import Histogram
from werkzeug.wrappers import Request, Response

from shared.edge.bodies import read_json
from shared.edge.districts import Districts
from shared.edge.links import rooted
from shared.edge.problems import Problem, malformed, not_possible, not_signed_in, unavailable
from shared.edge.routes import Route, caller_of, no_such, require_role
from shared.edge.tokens import Issuer
from shared.eventlog.port import (
    CommandIdReused,
    Conflict,
    Done,
    LogUnavailable,
    Outcome,
    RecordTooLarge,
    Refusal,
)
from shared.events.bounds import Impossible
from shared.events.schema import ID_PATTERN, NOT_POSSIBLE, schema_for
from shared.kernel.identity import noun_id_of
from shared.kernel.sentence import Sentence
from shared.service import clock, ids
from shared.service.app import App, NoSuchStream, NotYours
from shared.service.origin import Origin
from shared.service.tables import Caller, CommandRoute

MAX_KEY = 128
DURATION = Histogram(
    "kosilab_command_duration_seconds", "Time from request to outcome [s]", ["service", "command"]
)


def command_routes(app: App, issuer: Issuer, districts: Districts) -> Iterator[Route]:
    """The routes of all commands that have a sender."""
    for route in app.tables.commands:
        if route.roles:
            yield Route(
                "POST", path_of(app.tables.name, route), CommandEndpoint(app, route, issuer, districts)
            )


def path_of(service: str, route: CommandRoute[Any, Any]) -> str:
    """The path of a command."""
    base = f"/{service}/{route.nouns}"
    return base if route.starts else f"{base}/<id>/{kebab(route.command.__name__)}"


def kebab(name: str) -> str:
    """AcceptMatch as accept-match."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def fields_of_body(route: CommandRoute[Any, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The command's fields that the body never holds, and those that it may leave out."""
    noun_id = f"{route.decider.name}_id"
    return frozenset({noun_id, "at"}) | route.informs, frozenset(route.derived) - {noun_id}


class CommandEndpoint:
    """Answers one line of the command table."""

    def __init__(self, app: App, route: CommandRoute[Any, Any], issuer: Issuer, districts: Districts) -> None:
        self._app = app
        self._districts = districts
        self._route = route
        self._issuer = issuer
        self._service = app.tables.name
        self._noun_id = f"{route.decider.name}_id"
        without, optional = fields_of_body(route)
        command: Any = route.command  # mypy takes no type[Any] for hashable
        self._schema = schema_for(command, without, optional)()
        self._required = {field.name for field in fields(route.command)} & optional
        self._secret = issuer.local_key.encode()

    def __call__(self, request: Request, args: Mapping[str, str]) -> Response:
        """The outcome of the command as an HTTP answer."""
        caller = caller_of(request, self._issuer)
        if caller is None:
            raise not_signed_in("Sign in to do this.")
        require_role(caller, self._route.roles)
        key = _idempotency_key(request)
        body = read_json(request)
        command_id = ids.command_id(self._service, f"{caller.role}:{caller.actor}", key)
        with DURATION.labels(self._service, self._route.command.__name__).time():
            return self._outcome(request, caller, command_id, body, args.get("id"))

    def _outcome(
        self, request: Request, caller: Caller, command_id: str, body: dict[str, Any], named: str | None
    ) -> Response:
        if named is not None and not re.fullmatch(ID_PATTERN, named):
            raise no_such(self._route.nouns, named)
        digest = self._digest(request.path.rstrip("/"), body)  # the last slash has no meaning
        try:
            command = self._command(caller, command_id, body, named)
            origin = Origin(caller=caller, correlation_id=ids.derived("correlation", command_id))
            outcome = self._app.handle(
                command, command_id=command_id, request_digest=digest, origin=origin, is_keyed=True
            )
        except NotYours as refused:
            raise Problem(403, str(refused) or "This belongs to somebody else.") from None
        except NoSuchStream:
            raise no_such(self._route.nouns, named or "") from None
        except CommandIdReused:
            raise Problem(409, "This Idempotency-Key was used for another request; use a new one.") from None
        except Conflict:
            raise unavailable(
                "Too many requests changed this at once; send the same request again.", 1
            ) from None
        except LogUnavailable:
            raise unavailable(
                "The log does not answer now; send the same request with the same key.", 5
            ) from None
        except Impossible as impossible:
            raise not_possible(
                "Some values are not possible.",
                fields={fault.path: [fault.sentence] for fault in impossible.faults},
            ) from None
        except RecordTooLarge:
            raise not_possible("The request is too large for one event.") from None
        return self._response(request, outcome, self._noticed(caller, command, outcome))

    def _command(self, caller: Caller, command_id: str, body: dict[str, Any], named: str | None) -> Any:
        self._districts.refuse_others(body)
        try:
            loaded: dict[str, Any] = self._schema.load(self._whole(body, named))
        except marshmallow.ValidationError as error:
            raise _problem_of(error.messages_dict) from None
        route = self._route
        own_id = self._derived(caller, None, self._noun_id) if route.starts else None
        noun_id = named or own_id or ids.derived("noun", command_id)
        if noun_id not in (named, own_id):
            self._app.begins(route.decider, noun_id)
        if not re.fullmatch(ID_PATTERN, noun_id):
            raise Problem(403, "Your token names no id that is usable here.")
        version, state = self._app.state_of(route.decider, noun_id)
        if version == 0 and not route.starts:
            raise NoSuchStream(noun_id)
        for name in self._required:
            derived = self._derived(caller, state, name)
            if derived is not None and loaded.get(name, derived) != derived:
                raise Problem(403, _not_in_ones_name(name, derived), field=name)
            if derived is not None:
                loaded[name] = derived
            elif name not in loaded:
                raise malformed("A field is missing.", fields={name: ["is required"]})
        return route.command(**{self._noun_id: noun_id}, **loaded, at=clock.now())

    def _whole(self, body: dict[str, Any], named: str | None) -> dict[str, Any]:
        """The body, completed by what is in force where the command amends something.

        Raises: NoSuchStream.
        """
        if self._route.amends is None or named is None:
            return body
        version, state = self._app.state_of(self._route.decider, named)
        standing = None if version == 0 else self._route.amends(state)
        if standing is None:
            raise NoSuchStream(named)
        in_force: dict[str, Any] = self._schema.dump(standing)
        return amended(in_force, body)

    def _noticed(self, caller: Caller, command: Any, outcome: Outcome) -> Mapping[str, Any]:
        """What the answer says besides of what this caller may see."""
        if self._route.noticed is None or isinstance(outcome, Refusal):
            return {}
        store: Any = self._app.store
        return self._route.noticed(caller, command, store.ask)

    def _derived(self, caller: Caller, state: Any, name: str) -> Any:
        derive = self._route.derived.get(name)
        return None if derive is None else derive(caller, state)

    def _digest(self, path: str, body: dict[str, Any]) -> str:
        """The digest has a key, so that it reveals nothing about the request after an erasure."""
        content = json.dumps([path, body], sort_keys=True, ensure_ascii=False)
        return hmac.new(self._secret, content.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _response(self, request: Request, outcome: Outcome, noticed: Mapping[str, Any]) -> Response:
        if isinstance(outcome, Refusal):
            raise Problem(409, outcome.sentence, rule=outcome.rule)
        noun_id = noun_id_of(outcome.stream)
        content = {
            "id": noun_id,
            "position": outcome.position,
            "version": outcome.version,
            "events": [name.split(".")[2] for name in outcome.types],
        }
        response = Response(
            json.dumps({**content, **noticed}, ensure_ascii=False),
            201 if self._route.starts else 200,
            mimetype="application/json",
        )
        if self._route.starts:
            response.headers["Location"] = rooted(request, f"/{self._service}/{self._route.nouns}/{noun_id}")
        return response


def amended(in_force: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """What is in force with the changes of the body; what the body leaves out stays, and null removes."""
    whole = dict(in_force)
    for name, value in body.items():
        before = whole.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            whole[name] = amended(before, value)
        else:
            whole[name] = value
    return whole


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ids.new_id()
    with suppress(UnicodeError):  # headers come as Latin-1; most callers mean UTF-8
        key = key.encode("latin-1").decode("utf-8")
    if not 0 < len(key) <= MAX_KEY:
        raise malformed(Sentence("An Idempotency-Key must have 1 to {most} characters.", most=MAX_KEY))
    return key


def _problem_of(messages: Mapping[str, Any]) -> Problem:
    leaves = list(_leaves(messages))
    impossible = all(leaf.startswith(NOT_POSSIBLE) for leaf in leaves)
    make = not_possible if impossible else malformed
    return make("Some fields are wrong.", fields=_without_mark(messages))


def _without_mark(messages: Any) -> Any:
    if isinstance(messages, Mapping):
        return {str(name): _without_mark(inner) for name, inner in messages.items()}
    if isinstance(messages, list):
        return [_without_mark(inner) for inner in messages]
    if isinstance(messages, Sentence):
        return Sentence(messages.pattern.removeprefix(NOT_POSSIBLE), **messages.values)
    return str(messages).removeprefix(NOT_POSSIBLE)


def _not_in_ones_name(name: str, derived: Any) -> Sentence:
    """Why a caller may not send a field: it follows from who has signed in."""
    sentence = 'You are signed in for "{value}"; leave out `{name}`, or send "{value}".'
    return Sentence(sentence, name=name, value=derived)


def _leaves(messages: Any) -> Iterator[str]:
    if isinstance(messages, Mapping):
        for inner in messages.values():
            yield from _leaves(inner)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _leaves(inner)
    else:
        yield str(messages)


def done_example() -> dict[str, Any]:
    """The schema of a successful answer, for the documentation."""
    done = Done(stream="offer-4f1c", position=57, version=1, types=("kosilab.marketplace.OfferPosted.v1",))
    return {"id": "4f1c", "position": done.position, "version": done.version, "events": ["OfferPosted"]}
