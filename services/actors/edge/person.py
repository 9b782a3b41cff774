"""Who reads personal data? Staff for a purpose that the person agreed to, the person all; each look is an event."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from werkzeug.wrappers import Request, Response

from services.actors.custody.person import FIELDS, StoredAboutPerson, read_personal, stored_about
from shared.edge.openapi import ID, PROBLEM, SIGNED_IN
from shared.edge.own_data import EVENTS, Holder, KeptEvent
from shared.edge.problems import Problem, malformed, not_possible, not_signed_in
from shared.edge.queries import json_response, refuse_unknown
from shared.edge.routes import Route, caller_of, no_such, require_role
from shared.edge.tokens import Issuer
from shared.eventlog.port import Refusal
from shared.events.schema import ID_PATTERN
from shared.events.vocabulary import Purpose
from shared.kernel.sentence import Sentence
from shared.service.app import App, NoSuchStream, NotYours
from shared.service.tables import Caller, Role

T = TypeVar("T")

READERS = frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.PERSON})

# --- what OpenAPI says of it: parameters, forms and refusals, exactly as the edge has them -------
TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
SEALED = dict.fromkeys(FIELDS, MAYBE)
PURPOSE = {
    "name": "purpose",
    "in": "query",
    "required": True,
    "schema": {"type": "string", "enum": [str(purpose) for purpose in Purpose]},
}
DETAILS = ("purpose", "role", "given_how", "given_on", "recorded_by")
EVENT = {
    "type": "object",
    "required": ["type", "time", *DETAILS],
    "properties": {"type": TEXT, "time": TEXT, **dict.fromkeys(DETAILS, MAYBE)},
}


def _operation(
    name: str, summary: str, properties: dict[str, Any], parameters: list[Any], *refusals: str
) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {
        "operationId": name,
        "summary": summary,
        "security": SIGNED_IN,
        "parameters": parameters,
        "responses": {
            "200": {"description": "As asked.", "content": {"application/json": {"schema": schema}}},
            **dict.fromkeys(
                ("400", "401", "403", "404", "409", "414", "422", "429", "503", *refusals), PROBLEM
            ),
        },
    }


PERSONAL = _operation(
    "Disclosures",
    "What is sealed of a person, opened for a purpose of the role that they agreed to; every look is an event.",
    {"id": TEXT, **SEALED, "is_erased": {"type": "boolean"}},
    [ID, PURPOSE],
)
OWN = _operation(
    "OwnData",
    "All that is kept about the person who asks.",
    {
        "person_id": TEXT,
        "context": TEXT,
        "personal": {"type": "object", "properties": SEALED},
        "is_erased": {"type": "boolean"},
        "consents": {"type": "array", "items": TEXT},
        "events": {"type": "array", "items": EVENT},
        "elsewhere": {"type": "object", "additionalProperties": EVENTS},
    },
    [],
)


# --- the addresses ----------------------------------------------------------------------------
class AllAboutPerson(StoredAboutPerson):
    """All that the city keeps about a person: what actors keeps, and by service what the others answer."""

    elsewhere: dict[str, list[KeptEvent]]


def all_about(app: App, caller: Caller, token: str, holders: Mapping[str, Holder]) -> AllAboutPerson:
    """All that is kept about the bearer of this token; each service is asked with it and answers for itself.

    Raises: Problem 403, 404, 409; 503 when a service does not answer, because a part would look like the whole.
    """
    stored = answered(lambda: stored_about(app, caller))
    elsewhere = {service: holder.events_for(token) for service, holder in holders.items()}
    return {**stored, "elsewhere": elsewhere}


class Disclosures:
    """Answers with what is sealed of a person."""

    def __init__(self, app: App, issuer: Issuer, holders: Mapping[str, Holder]) -> None:
        self._app = app
        self._issuer = issuer
        self._holders = holders

    def routes(self) -> list[Route]:
        """The two addresses for machines."""
        return [
            Route("GET", "/actors/persons/<id>/personal-data", self.of_person, PERSONAL),
            Route("GET", "/actors/own-data", self.own, OWN),
        ]

    def of_person(self, request: Request, args: Mapping[str, str]) -> Response:
        """A person's sealed data, for a purpose that they agreed to."""
        caller = self._caller(request, READERS)
        refuse_unknown(request, {"purpose"})
        purpose = _purpose(request)
        if not re.fullmatch(ID_PATTERN, args["id"]):
            raise no_such("persons", args["id"])
        personal = answered(lambda: read_personal(self._app, caller, args["id"], purpose))
        return json_response(
            {"id": args["id"], **personal.values, "is_erased": personal.is_erased}, signed_in=True
        )

    def own(self, request: Request, _: Mapping[str, str]) -> Response:
        """All that is kept about the person who asks."""
        caller = self._caller(request, frozenset({Role.PERSON}))
        refuse_unknown(request, set())
        token = request.headers["Authorization"].partition(" ")[2].strip()
        return json_response(all_about(self._app, caller, token, self._holders), signed_in=True)

    def _caller(self, request: Request, roles: frozenset[Role]) -> Caller:
        caller = caller_of(request, self._issuer)
        if caller is None:
            raise not_signed_in("Sign in to read this.")
        require_role(caller, roles)
        return caller


def answered(ask: Callable[[], T | Refusal]) -> T:
    """The answer to a question; a refusal becomes a problem.

    Raises: Problem 403, 404, or 409 with the rule that said no.
    """
    try:
        answer = ask()
    except NotYours:
        raise Problem(403, "This belongs to somebody else.") from None
    except NoSuchStream as unknown:
        raise no_such("persons", str(unknown)) from None
    if isinstance(answer, Refusal):
        raise Problem(409, answer.sentence, rule=answer.rule)
    return answer


def must_be_a_purpose() -> Sentence:
    """What a purpose may be."""
    return Sentence("`purpose` must be one of: {words}.", words=", ".join(Purpose))


def _purpose(request: Request) -> Purpose:
    text = request.args.get("purpose")
    if text is None:
        raise malformed(must_be_a_purpose(), field="purpose")
    if text not in set(Purpose):
        raise not_possible(must_be_a_purpose(), field="purpose")
    return Purpose(text)
