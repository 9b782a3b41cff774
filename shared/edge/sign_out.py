"""How does a bearer end what they began? `POST /sign-out` takes their token back, for every process of the city."""

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.edge.openapi import PROBLEM, SIGNED_IN
from shared.edge.problems import Problem, not_signed_in
from shared.edge.queries import refuse_unknown
from shared.edge.routes import Route, caller_of
from shared.edge.tokens import Issuer
from shared.service.tables import Role

ADDRESS = "/sign-out"
OPERATION: Mapping[str, Any] = {
    "operationId": "SignOut",
    "summary": "take back the token that this request bears",
    "security": SIGNED_IN,
    "responses": {
        "204": {"description": "The token no longer holds anywhere."},
        **dict.fromkeys(("400", "401", "403", "429", "503"), PROBLEM),
    },
}


def sign_out_route(issuer: Issuer) -> Route:
    """The route that ends a token."""

    def answer(request: Request, _: Mapping[str, str]) -> Response:
        caller = caller_of(request, issuer)
        if caller is None:
            raise not_signed_in("There is no token to take back.")
        refuse_unknown(request, set())
        if caller.role == Role.SERVICE or issuer.taken_back is None:
            raise Problem(403, "A service's own token ends by itself within minutes.")
        issuer.taken_back.take_back_token(caller.token_id)
        return Response(status=204, headers={"Cache-Control": "no-store"})

    return Route("POST", ADDRESS, answer, OPERATION)
