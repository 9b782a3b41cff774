"""How does the edge report a problem? As `application/problem+json`, with a sentence that says what to do.

Source: RFC 9457.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias

from markupsafe import Markup, escape
from werkzeug.wrappers import Request, Response

from shared.edge.links import LANGUAGE, accepted, addresses, preferred, rooted
from shared.kernel.sentence import translated
from shared.pages.language import Language, languages, words_of
from shared.pages.rendering import render

PROBLEM_JSON = "application/problem+json"
HTML = "text/html"
CODE = re.compile("`([^`]*)`")
VARIES = "Accept, Accept-Language, Authorization"
LOCALES = Path(__file__).parent / "locales"

Sentences: TypeAlias = Mapping[str, Mapping[str, str]]
"""By the tag of a language: its sentences for the English ones."""


def sentences_in(folders: Iterable[Path] = ()) -> Sentences:
    """The sentences of the edge and of these catalogues (`<folder>/<tag>.po`)."""
    files = {tag: [folder / f"{tag}.po" for folder in (LOCALES, *folders)] for tag in languages()}
    return {
        tag: {english: words for path in paths if path.exists() for english, words in words_of(path).items()}
        for tag, paths in files.items()
    }


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


def response_of(problem: Problem, request: Request, sentences: Sentences) -> Response:
    """The problem as JSON, or as a small page for a browser, in the reader's language.

    JSON is English unless the client names a language, pages are German.
    """
    is_page = accepted(request, ("application/json", PROBLEM_JSON, HTML)) == HTML
    language = preferred(request) if is_page else preferred(request, otherwise="en")
    words = sentences[language.tag]
    title, detail = (translated(text, words) for text in (HTTPStatus(problem.status).phrase, problem.detail))
    members = {name: _shown(value, request, words) for name, value in problem.members.items()}
    if is_page:
        text = _page(request, language, title, detail, members)
    else:
        content = {"type": "about:blank", "title": title, "status": problem.status, "detail": detail}
        text = json.dumps(content | members, ensure_ascii=False)
    # It may quote the caller's input, including half characters: those stay as JSON escapes.
    body = text.encode("utf-8", "backslashreplace")
    mimetype = HTML if is_page else PROBLEM_JSON
    response = Response(body, problem.status, headers=problem.headers, mimetype=mimetype)
    response.headers["Content-Language"] = language.tag
    response.headers["Vary"] = VARIES
    return response


def _shown(value: Any, request: Request, words: Mapping[str, str]) -> Any:
    """A further member: sentences in the reader's language, a path as the reader has to ask for it."""
    if isinstance(value, Mapping):
        return {name: _shown(inner, request, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner, request, words) for inner in value]
    if isinstance(value, str) and value.startswith("/"):
        return rooted(request, value)
    return translated(value, words) if isinstance(value, str) else value


def _page(request: Request, language: Language, title: str, detail: str, members: Mapping[str, Any]) -> str:
    shown = addresses(request, language)
    fields = [(name, _marked(message)) for name, message in _named(members.get("fields", {}))]
    nearest = members.get("nearest")
    if nearest is not None and LANGUAGE in request.args:
        nearest += f"{'&' if '?' in nearest else '?'}{LANGUAGE}={language.tag}"
    return render(
        "problem.html",
        language,
        title=title,
        detail=_marked(detail),
        fields=fields,
        nearest=nearest,
        city="",
        **shown,
    )


def _marked(sentence: str) -> Markup:
    """The sentence for a page: what stands between backticks is code, all else is escaped."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(sentence))))  # noqa: S704 - escaped just before


def _named(messages: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Each wrong field with what is wrong with it."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _named(inner, f"{where}.{name}".strip("."))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _named(inner, where)
    else:
        yield where, str(messages)
