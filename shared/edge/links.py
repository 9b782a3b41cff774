"""What does the reader accept, in which form and language, and how do links lead back to this city?

A proxy may serve the city under a path of its own; every link then begins with that prefix.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MIMEAccept
from werkzeug.wrappers import Request

from shared.pages.files import address_of
from shared.pages.language import Language, languages

LANGUAGE = "lang"
"""The parameter that chooses the language; it is known wherever a page is answered, and nowhere else."""

ANY = "*"


def accepted(request: Request, forms: Sequence[str]) -> str | None:
    """The form that the reader prefers, the first of equals; parameters such as a charset don't count."""
    named = ((form.partition(";")[0].strip(), weight) for form, weight in request.accept_mimetypes)
    return MIMEAccept(list(named)).best_match(forms)


def preferred(request: Request, otherwise: str = "de") -> Language:
    """The chosen language, else the one that the reader's client prefers among those of the pages, else this one.

    Weights count first, then the order in the header; `de` serves whoever asks for `de-AT`.
    Source: RFC 9110, 12.5.4; RFC 4647, 3.4.
    """
    languages_by_tag = languages()
    named = request.args.get(LANGUAGE)
    if named is not None and named in languages_by_tag:
        return languages_by_tag[named]
    weights = _weights(request)
    best = max(
        languages_by_tag,
        key=lambda tag: (weights.get(tag, weights.get(ANY, (0.0, 0))), tag == otherwise),
    )
    return languages_by_tag[best]


def _weights(request: Request) -> dict[str, tuple[float, int]]:
    """The weight of each named language, and its place from behind."""
    weights: dict[str, tuple[float, int]] = {}
    for place, (tag, weight) in enumerate(request.accept_languages):
        weights.setdefault(tag.partition("-")[0].lower(), (weight, -place))
    return weights


def rooted(request: Request, path: str) -> str:
    """The address of a path of this city, as the reader has to ask for it."""
    return f"{request.script_root}{path}"


def addresses(request: Request, language: Language) -> dict[str, Any]:
    """The values for links in templates: the page in other languages, and links that keep a chosen language."""
    chosen = LANGUAGE in request.args

    def link(path: str, **parameters: str) -> str:
        given = {name: value for name, value in parameters.items() if value}
        query = urlencode(given | ({LANGUAGE: language.tag} if chosen else {}))
        address, _, mark = path.partition("#")
        return rooted(request, address) + (f"?{query}" if query else "") + (f"#{mark}" if mark else "")

    others = {name: value for name, value in request.args.items() if name != LANGUAGE}
    editions = [(edition, f"?{urlencode({**others, LANGUAGE: tag})}") for tag, edition in languages().items()]
    return {
        "link": link,
        "rooted": lambda path: rooted(request, path),
        "static": lambda name: rooted(request, address_of(name)),
        "editions": editions,
        "path": request.path,
    }
