"""What did the caller send? JSON of a bounded size and depth, without doubled keys, in UTF-8."""

import json
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from shared.edge.problems import Problem, malformed
from shared.kernel.sentence import Sentence

MAX_BODY = 64 * 1024
MAX_DEPTH = 16
IDENTITY = "identity"
MAX_DIGITS = 400  # more digits than any float has


def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object.

    Raises: Problem 413, 415, 400.
    """
    body = read_body(request)
    if request.mimetype not in {"application/json", ""}:
        raise Problem(415, "Send the body as application/json.")
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_whole_number
        )
    except UnicodeDecodeError:
        raise malformed("The request body is not UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise malformed(Sentence("The request body is not valid JSON: {why}.", why=_why(error))) from None
    if not isinstance(value, dict):
        raise malformed("The request body must be a JSON object.")
    if _depth(value) > MAX_DEPTH:
        raise malformed(Sentence("The request body is nested more than {most} levels deep.", most=MAX_DEPTH))
    return value


def read_body(request: Request) -> bytes:
    """The body's bytes, never more than the limit, even when the caller announced more.

    Raises: Problem 413, 415, 400.
    """
    if request.headers.get("Content-Encoding", IDENTITY).lower() != IDENTITY:
        raise Problem(415, "Send the body as it is, not packed.", headers={"Accept-Encoding": IDENTITY})
    announced = request.content_length
    too_large = Problem(413, Sentence("A request body may have at most {most} KiB.", most=MAX_BODY // 1024))
    if (announced or 0) > MAX_BODY:
        raise too_large
    body = _read_up_to(request, MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise too_large
    if announced is not None and len(body) < announced:
        raise malformed("The request body is shorter than its headers announce.")
    return body


def _read_up_to(request: Request, most: int) -> bytes:
    parts: list[bytes] = []
    try:
        # One read may return only a part.
        while most > 0 and (part := request.stream.read(most)):
            parts.append(part)
            most -= len(part)
    except (HTTPException, OSError, ValueError):  # the body ended early, or its chunks are malformed
        raise malformed("The request body ended early or differs from its headers.") from None
    return b"".join(parts)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        msg = "an object has the same key twice"
        raise ValueError(msg)
    return members


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        msg = f"a number has more than {MAX_DIGITS} digits"
        raise ValueError(msg)
    return int(digits)


def _no_constant(name: str) -> Any:
    msg = f"{name} is no JSON number"
    raise ValueError(msg)


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return str(error) if isinstance(error, ValueError) else "nested too deep"


def _depth(value: Any) -> int:
    depth, layer = 0, [value]
    while layer:
        depth += 1
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth
