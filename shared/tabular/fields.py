"""What is a kind of file? The fields of a row, the headings of their columns, and the meaning of their cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from shared.tabular.cells import Parser, Value, line_of_text
from shared.tabular.spelling import as_heading, words_of


class About(Enum):
    """Who a row of a kind of file is about: an organisation, or one person under the file's own number."""

    ORGANISATION = "organisation"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a row: `titles` are its German and English headings; the first is shown.

    `refers_to` is the kind of nouns that its texts name, where these must exist beforehand.
    """

    name: str
    titles: tuple[str, ...]
    parse: Parser
    required: bool = False
    default: Value = None
    refers_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of file; its first field is the key. `in_order` lists pairs of dates, the earlier one first.

    `meanings` say in German what each field means. `examples` are invented rows with a cell for each field, written
    `BSP-1 | t-30 | …`: `t` is today, `{district}` one of the city. `after` are the kinds that they refer to.
    """

    name: str
    about: About
    fields: tuple[Field, ...]
    in_order: tuple[tuple[str, str], ...] = ()
    meanings: Mapping[str, str]
    examples: tuple[str, ...]
    after: tuple[str, ...] = ()

    @cached_property
    def by_title(self) -> Mapping[str, Field]:
        """The field that a folded heading means; every field's own name is one of its headings."""
        return {as_heading(title): field for field in self.fields for title in (field.name, *field.titles)}


def must(name: str, parse: Parser, titles: str) -> Field:
    """A field whose column and cell are required; its headings are written `Stadtteil | Bezirk`."""
    return Field(name=name, titles=words_of(titles), parse=parse, required=True)


def may(name: str, parse: Parser, titles: str, default: Value = None, refers_to: str = "") -> Field:
    """A field whose column or cell may be missing."""
    return Field(name=name, titles=words_of(titles), parse=parse, default=default, refers_to=refers_to)


def key(titles: str) -> Field:
    """The file's own key, under its usual headings and under these."""
    return must(
        "key", line_of_text, f"Nr. | Schlüssel | ID | Nummer | lfd. Nr. | Kennung | number | {titles}"
    )
