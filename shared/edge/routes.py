"""What is a route? A method, a path and the function that answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from werkzeug.wrappers import Request, Response

from shared.edge.problems import not_signed_in
from shared.edge.tokens import BadToken, Issuer
from shared.service.tables import Caller

Answer: TypeAlias = Callable[[Request, Mapping[str, str]], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the application's table; `path` is werkzeug's notation (`/marketplace/offers/<id>`)."""

    method: str
    path: str
    answer: Answer


def caller_of(request: Request, issuer: Issuer) -> Caller | None:
    """Who asks, by the Authorization header; None when nobody signed in.

    Raises: Problem 401 for a token that does not hold.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise not_signed_in("Sign in with `Authorization: Bearer <token>`.")
    try:
        return issuer.verify(token.strip())
    except BadToken:
        raise not_signed_in("The token does not hold, or no longer; get a new one.") from None
