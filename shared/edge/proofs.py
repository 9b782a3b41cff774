"""How does anybody check a log without reading it? `GET /<service>/log/checkpoint`, `…/proof`, `…/consistency`.

A checkpoint is public by its nature: it holds a size and a hash. Proofs are for those who may read the feed.
Source: C2SP tlog-checkpoint, tlog-proof; the consistency proof has the form of tlog-witness's request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.edge.feed import MAX_POSITION, READERS
from shared.edge.openapi import PROBLEM, SIGNED_IN
from shared.edge.problems import Problem, malformed, not_possible, not_signed_in
from shared.edge.queries import refuse_unknown, whole_number
from shared.edge.routes import Route, caller_of, require_role
from shared.edge.tokens import Issuer
from shared.kernel.sentence import Sentence
from shared.ledger.policy import Policy
from shared.ledger.port import Shelf
from shared.ledger.proof import consistency, record_proof

TEXT = {"schema": {"type": "string"}}
SIZE = {"type": "integer", "minimum": 1, "maximum": MAX_POSITION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """The proofs of one service's log; `origin` is read each time, since a restore changes it."""

    service: str
    shelf: Shelf
    origin: Callable[[], str]
    policy: Policy
    issuer: Issuer

    def routes(self) -> list[Route]:
        """The three routes."""
        base = f"/{self.service}/log"
        return [
            Route("GET", f"{base}/checkpoint", self.checkpoint, CHECKPOINT),
            Route("GET", f"{base}/proof", self.proof, PROOF),
            Route("GET", f"{base}/consistency", self.consistency, CONSISTENCY),
        ]

    def checkpoint(self, request: Request, _: Mapping[str, str]) -> Response:
        """The newest checkpoint with all its signatures."""
        caller_of(request, self.issuer)  # signing in is not required, but a token must be valid
        refuse_unknown(request, set())
        kept = self.shelf.last_checkpoint(self.origin())
        if kept is None:
            raise Problem(404, "There is no checkpoint yet; it follows a minute after the first event.")
        return _text(kept[0])

    def proof(self, request: Request, _: Mapping[str, str]) -> Response:
        """The proof that the log holds the record at a position."""
        self._reader(request, {"position"})
        position = _required(request, "position")
        return self._proved(lambda: str(record_proof(self.origin(), self.shelf, position, self.policy)))

    def consistency(self, request: Request, _: Mapping[str, str]) -> Response:
        """The proof that a checkpoint, by default the newest, only adds to earlier records."""
        self._reader(request, {"from", "to"})
        old = _required(request, "from")
        new = whole_number(request, "to", default=0, least=1, most=MAX_POSITION)
        if new and new < old:
            raise not_possible("`to` must not be smaller than `from`.", field="to")
        return self._proved(lambda: str(consistency(self.origin(), self.shelf, old, new or None)))

    def _reader(self, request: Request, allowed: set[str]) -> None:
        caller = caller_of(request, self.issuer)
        if caller is None:
            raise not_signed_in("Sign in to get a proof.")
        require_role(caller, READERS)
        refuse_unknown(request, allowed)

    def _proved(self, make: Callable[[], str]) -> Response:
        try:
            return _text(make())
        except LookupError as error:
            raise Problem(404, Sentence("There is no such proof: {why}.", why=error.args[0])) from None


def _required(request: Request, name: str) -> int:
    if name not in request.args:
        raise malformed(Sentence("`{name}` is missing.", name=name), field=name)
    return whole_number(request, name, default=0, least=1, most=MAX_POSITION)


def _text(body: str) -> Response:
    response = Response(body, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


def _operation(summary: str, name: str, security: Any, *parameters: Any) -> Mapping[str, Any]:
    refusals = ("400", "401", "403", "404", "414", "422", "429", "503")
    return {
        "operationId": name,
        "summary": summary,
        "security": security,
        "parameters": list(parameters),
        "responses": {
            "200": {"description": "The answer.", "content": {"text/plain": TEXT}},
            **dict.fromkeys(refusals, PROBLEM),
        },
    }


CHECKPOINT = _operation("the newest checkpoint, a signed note", "Checkpoint", [{}, *SIGNED_IN])
PROOF = _operation(
    "the proof that the log holds a record",
    "RecordProof",
    SIGNED_IN,
    {"name": "position", "in": "query", "required": True, "schema": SIZE},
)
CONSISTENCY = _operation(
    "the proof that a checkpoint only adds to earlier records",
    "ConsistencyProof",
    SIGNED_IN,
    {"name": "from", "in": "query", "required": True, "schema": SIZE},
    {
        "name": "to",
        "in": "query",
        "schema": SIZE,
        "description": "The size of a checkpoint; by default the newest.",
    },
)
