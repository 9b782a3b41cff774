"""How does a template become a page? Jinja, escaping everything, in the reader's language."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.pages.language import Language

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache
def environment(folders: tuple[Path, ...], language: Language) -> Environment:
    """Templates of these folders, then the shared ones; a missing value is an error."""
    environment = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]  # of i18n
    environment.globals["language"] = language
    return environment


def render(template: str, language: Language, /, *folders: Path, **values: Any) -> str:
    """The page that a template renders with these values."""
    return environment(folders, language).get_template(template).render(**values)
