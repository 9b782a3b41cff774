"""What is a route? A method, a path and the function that answers."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from werkzeug.wrappers import Request, Response

from shared.edge.problems import Problem, not_signed_in
from shared.edge.tokens import BadToken, Issuer
from shared.kernel.sentence import Sentence, enumerated
from shared.service.tables import Caller, Role

MAX_SHOWN = 64
"""How much of what a caller sent an answer repeats [characters]."""

ROLES: Mapping[Role, Sentence] = {
    Role.OPERATOR: Sentence("an operator"),
    Role.COORDINATOR: Sentence("a coordinator"),
    Role.COUNSELLOR: Sentence("a counsellor"),
    Role.BROKER: Sentence("a broker"),
    Role.NOTARY: Sentence("a notary"),
    Role.ORGANISATION: Sentence("an organisation"),
    Role.PERSON: Sentence("a person"),
    Role.RESEARCHER: Sentence("a researcher"),
    Role.AUDITOR: Sentence("an auditor"),
    Role.DOWNSTREAM: Sentence("a downstream system"),
    Role.SERVICE: Sentence("a service"),
}

Answer: TypeAlias = Callable[[Request, Mapping[str, str]], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the application's table; `path` is werkzeug's notation (`/marketplace/offers/<id>`).

    `operation` is its OpenAPI description, for routes that no table of the service describes.
    """

    method: str
    path: str
    answer: Answer
    operation: Mapping[str, Any] | None = None


def caller_of(request: Request, issuer: Issuer) -> Caller | None:
    """The caller according to the Authorization header; None without a sign-in.

    Raises: Problem 401 for an invalid token.
    """
    header = request.headers.get("Authorization")
    return None if header is None else _verified(header, issuer)


def require_role(caller: Caller, roles: Collection[Role]) -> None:
    """Raises: Problem 403 for a caller without one of these roles; it names who may."""
    if caller.role not in roles:
        allowed = enumerated([ROLES[role] for role in Role if role in roles])
        sentence = "Only {roles} may do this; you are signed in as {role}."
        raise Problem(403, Sentence(sentence, roles=allowed, role=ROLES[caller.role]))


def no_such(nouns: str, noun_id: str) -> Problem:
    """404: none of these nouns (`offers`) has this id, or the caller may not see it."""
    noun = Sentence(nouns.removesuffix("es" if nouns.endswith("ches") else "s").replace("-", " "))
    return Problem(404, Sentence('No {noun} has the id "{id}".', noun=noun, id=noun_id[:MAX_SHOWN]))


def caller_with(token: str, issuer: Issuer) -> Caller:
    """The bearer of a token that a form contains.

    Raises: Problem 401.
    """
    return _verified(f"Bearer {token}", issuer)


def _verified(header: str, issuer: Issuer) -> Caller:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise not_signed_in("Sign in with `Authorization: Bearer <token>`.")
    try:
        return issuer.verify(token.strip())
    except BadToken:
        raise not_signed_in("This token is invalid or has expired.") from None
