"""How much happens in a simulated city? The section [simulation] of its file, checked; numbers are per year or say so.

Each story declares its part of the section as a struct of its own.
"""

import difflib
from collections.abc import Mapping
from typing import Any

import msgspec

from shared.service.settings import BadSetting


class Amounts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the section; a key that it does not have is an error."""


def amounts_of(
    slug: str, section: Mapping[str, Any], parts: Mapping[str, type[Amounts]]
) -> dict[type[Amounts], Amounts]:
    """Every part of the section by its type, with defaults where the city's file is silent.

    Raises: BadSetting, with a sentence that says what is wrong in the file of the city with this slug.
    """
    fields = [(name, part, msgspec.field(default_factory=part)) for name, part in parts.items()]
    whole = msgspec.defstruct("Whole", fields, bases=(Amounts,), frozen=True, kw_only=True)
    try:
        converted = msgspec.convert(dict(section), whole)
    except msgspec.ValidationError as error:
        hint = _hint(str(error), [*parts, *_keys()])
        raise BadSetting(f"The section [simulation] of {slug}: {error}{hint}") from error
    return {part: getattr(converted, name) for name, part in parts.items()}


def _hint(message: str, keys: list[str]) -> str:
    _, unknown, rest = message.partition("unknown field `")
    close = difflib.get_close_matches(rest.partition("`")[0], keys, n=1) if unknown else []
    return f". Did you mean {close[0]}?" if close else ""


def _keys() -> list[str]:
    return [name for part in Amounts.__subclasses__() for name in part.__struct_fields__]
