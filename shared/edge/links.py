"""Which language does the reader prefer, and how do pages link to each other without losing it?"""

from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from shared.pages.language import Language, languages

LANGUAGE = "lang"
"""The parameter that chooses the language; it is known wherever a page is answered, and nowhere else."""


def preferred(request: Request) -> Language:
    """The chosen language, else the one that the reader's browser prefers among those of the pages."""
    languages_by_tag = languages()
    named = request.args.get(LANGUAGE)
    if named is not None and named in languages_by_tag:
        return languages_by_tag[named]
    return languages_by_tag[
        request.accept_languages.best_match(languages_by_tag, default=next(iter(languages_by_tag)))
    ]


def addresses(request: Request, language: Language) -> dict[str, Any]:
    """The values for links in templates: the page in other languages, and links that keep a chosen language."""
    chosen = LANGUAGE in request.args

    def link(path: str, **parameters: str) -> str:
        given = {name: value for name, value in parameters.items() if value}
        query = urlencode(given | ({LANGUAGE: language.tag} if chosen else {}))
        address, _, mark = path.partition("#")
        return address + (f"?{query}" if query else "") + (f"#{mark}" if mark else "")

    others = {name: value for name, value in request.args.items() if name != LANGUAGE}
    editions = [(edition, f"?{urlencode({**others, LANGUAGE: tag})}") for tag, edition in languages().items()]
    return {"link": link, "editions": editions, "path": request.path}
