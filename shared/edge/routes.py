"""What is a route? A method, a path and the function that answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from werkzeug.wrappers import Request, Response

from shared.edge.problems import not_signed_in
from shared.edge.tokens import BadToken, Issuer
from shared.service.tables import Caller

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
