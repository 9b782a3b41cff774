"""How does the edge report a problem? As `application/problem+json`, with a sentence that says what to do.

Source: RFC 9457.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.edge.links import accepted, addresses, preferred, rooted
from shared.pages.rendering import render

PROBLEM_JSON = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the standard's word
    """An answer that reports a problem; the body holds further members."""

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status
        self.detail = detail
        self.members = members
        self.headers = dict(headers or {})


def malformed(detail: str, **members: Any) -> Problem:
    """400: the request does not have the required form."""
    return Problem(HTTPStatus.BAD_REQUEST, detail, **members)


def not_possible(detail: str, **members: Any) -> Problem:
    """422: the form is right, but a value is not possible."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, **members)


def not_signed_in(detail: str) -> Problem:
    """401: the caller is unknown."""
    return Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer realm="kosilab"'})


def unavailable(detail: str, retry_after_s: int) -> Problem:
    """503: try again in a while."""
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": str(retry_after_s)})


def response_of(problem: Problem, request: Request) -> Response:
    """The problem as JSON, or as a small page for a browser."""
    title = HTTPStatus(problem.status).phrase
    if accepted(request, ("application/json", PROBLEM_JSON, "text/html")) == "text/html":
        text, mimetype = _page(request, title, problem.detail), "text/html"
    else:
        content = {"type": "about:blank", "title": title, "status": problem.status, "detail": problem.detail}
        text, mimetype = json.dumps(content | _members(request, problem), ensure_ascii=False), PROBLEM_JSON
    # It may quote the caller's input, including half characters: those stay as JSON escapes.
    body = text.encode("utf-8", "backslashreplace")
    return Response(body, problem.status, headers=problem.headers, mimetype=mimetype)


def _members(request: Request, problem: Problem) -> dict[str, Any]:
    """The further members; a path among them as the reader has to ask for it."""
    return {
        name: rooted(request, value) if isinstance(value, str) and value.startswith("/") else value
        for name, value in problem.members.items()
    }


def _page(request: Request, title: str, detail: str) -> str:
    language = preferred(request)
    shown = addresses(request, language)
    return render("problem.html", language, title=title, detail=detail, city="", **shown)
