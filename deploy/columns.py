"""Which columns does each kind of file have? `make catalogue` writes the end of docs/importing.md from the kinds."""

from collections.abc import Iterator
from pathlib import Path

from deploy.intake.kinds import KINDS
from shared.tabular.cells import ListOf, OneOf
from shared.tabular.fields import Field

IMPORTING = Path(__file__).parent.parent / "docs" / "importing.md"
HEADING = "\n## The headings of each kind\n"
ABOUT = """
Written by `make catalogue`; a test keeps it fresh. A field's own name is a heading too; **bold** fields are needed.
"""


def with_columns(text: str) -> str:
    """The document with its last part as the kinds are declared now."""
    return "".join([text.partition(HEADING)[0], HEADING, ABOUT, *_tables()])


def _tables() -> Iterator[str]:
    for kind in KINDS.values():
        yield f"\n### {kind.name}\n\n| field | headings | words of a closed list |\n|---|---|---|\n"
        for field in kind.fields:
            name = f"**`{field.name}`**" if field.required else f"`{field.name}`"
            yield f"| {name} | {', '.join(field.titles)} | {', '.join(_words(field))} |\n"


def _words(field: Field) -> list[str]:
    inner = field.parse.parser if isinstance(field.parse, ListOf) else field.parse
    return inner.shown if isinstance(inner, OneOf) else []
