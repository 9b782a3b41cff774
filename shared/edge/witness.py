"""Where do other cities have their checkpoints cosigned? `POST /witness/add-checkpoint`, without sign-in.

The signature on the checkpoint decides. Source: C2SP tlog-witness.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from werkzeug.wrappers import Request, Response

from shared.edge.bodies import read_body
from shared.edge.problems import unavailable
from shared.edge.routes import Route
from shared.ledger.witness import Witness
from shared.service import clock

PREFIX = "/witness"
PATH = f"{PREFIX}/add-checkpoint"


def witness_routes(witness: Witness, now: Callable[[], datetime] = clock.now) -> list[Route]:
    """The route of the witness; the limit per address is the same as without sign-in."""

    def answer(request: Request, _: object) -> Response:
        body = read_body(request)
        try:
            reply = witness.add_checkpoint(body, now())
        except sqlite3.Error:
            raise unavailable("The witness cannot save its memory now; try again.", 5) from None
        response = Response(reply.body, reply.status, content_type=reply.content_type)
        response.headers["Cache-Control"] = "no-store"
        return response

    return [Route("POST", PATH, answer)]
