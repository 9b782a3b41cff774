"""How is a page answered? In the reader's language, beside the JSON of the same address, with its style sheets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.edge.links import LANGUAGE, accepted, addresses, preferred
from shared.edge.problems import HTML, VARIES, Problem, not_possible
from shared.edge.routes import Answer, Route
from shared.kernel.sentence import Sentence
from shared.pages.files import edition, static_files
from shared.pages.language import Language, languages
from shared.pages.rendering import render

FOR_EVER = "public, max-age=31536000, immutable"


def wants_page(request: Request) -> bool:
    """Whether the caller prefers a page to JSON; the default is JSON."""
    return accepted(request, ("application/json", HTML)) == HTML


def either(data: Answer, page: Answer) -> Answer:
    """One address, two forms: JSON, and a page where `Accept: text/html`."""

    def answer(request: Request, args: Mapping[str, str]) -> Response:
        response = page(request, args) if wants_page(request) else data(request, args)
        response.headers["Vary"] = VARIES
        return response

    return answer


def language_of(request: Request) -> Language:
    """The language of the parameter, else the one that the reader prefers.

    Raises: Problem 422 for a language that pages don't speak.
    """
    languages_by_tag = languages()
    if request.args.get(LANGUAGE, next(iter(languages_by_tag))) not in languages_by_tag:
        raise not_possible(Sentence("Pages speak {tags}.", tags=", ".join(languages_by_tag)), field=LANGUAGE)
    return preferred(request)


def page_response(
    request: Request, template: str, *folders: Path, status: int = 200, signed_in: bool = False, **values: Any
) -> Response:
    """A page in the reader's language, its template from one of these folders or the shared one.

    With `signed_in` the page was made for one caller, so nobody may keep it.

    Raises: Problem 422 for a language that pages don't speak.
    """
    language = language_of(request)
    shown = render(template, language, *folders, **values, **addresses(request, language))
    response = Response(shown, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = language.tag
    response.headers["Cache-Control"] = "no-store" if signed_in else "no-cache"
    response.headers["Vary"] = VARIES
    return response


def static_route() -> Route:
    """The route of style sheets and fonts."""
    return Route("GET", "/static/<mark>/<path:name>", static_file)


def static_file(request: Request, args: Mapping[str, str]) -> Response:
    """A file that browsers may keep for ever; compressed when the browser accepts that."""
    file = static_files().get(args["name"])
    if file is None or args["mark"] != edition():
        raise Problem(404, "There is no such file.")
    packed = file.packed if request.accept_encodings["gzip"] else None
    response = Response(packed or file.content, content_type=file.content_type)
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{edition()}-{'gzip' if packed else 'plain'}")
    return response.make_conditional(request)
