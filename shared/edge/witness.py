"""Where do other cities have their checkpoints cosigned? `POST /witness/add-checkpoint`, without sign-in.

The signature on the checkpoint decides. Source: C2SP tlog-witness.
"""

from collections.abc import Callable
from datetime import datetime

from werkzeug.wrappers import Request, Response

from shared.edge.bodies import read_body
from shared.edge.routes import Route
from shared.ledger.witness import Witness
from shared.service import clock

PREFIX = "/witness"
PATH = f"{PREFIX}/add-checkpoint"


def witness_routes(witness: Witness, now: Callable[[], datetime] = clock.now) -> list[Route]:
    """The witness's only route."""

    def answer(request: Request, _: object) -> Response:
        reply = witness.add_checkpoint(read_body(request), now())
        response = Response(reply.body, reply.status, content_type=reply.content_type)
        response.headers["Cache-Control"] = "no-store"
        return response

    return [Route("POST", PATH, answer)]
