"""Which values may a command or an event have? All that the edges accept (`shared.events.schema`), for hypothesis."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from shared.events.schema import ID_PATTERN, LARGEST_INTEGER
from shared.kernel.sealed import Sealed

LARGEST_DECIMAL = 10**12 - 1
"""The largest number with the edges' twelve digits before the point."""

ID = st.from_regex(ID_PATTERN, fullmatch=True)
PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20),
    bool: st.booleans(),
    int: st.integers(-LARGEST_INTEGER, LARGEST_INTEGER),
    Decimal: st.decimals(-LARGEST_DECIMAL, LARGEST_DECIMAL, places=6),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    type(None): st.none(),
    Sealed: st.none(),  # a record never brings it back
}


def any_of(*classes: type, **chosen: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Instances of these dataclasses; `chosen` gives the values of the fields that it names."""
    return st.one_of(*(_built(cls, chosen) for cls in classes))


def _built(cls: type, chosen: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    values = {
        field.name: chosen.get(field.name, _values(hints[field.name], field.name)) for field in fields(cls)
    }
    return st.builds(cls, **values)


def _values(hint: Any, name: str) -> st.SearchStrategy[Any]:
    if hint is str and (name == "id" or name.endswith("_id")):
        return ID
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _built(hint, {})
    if get_origin(hint) in (Union, types.UnionType):
        return reduce(or_, (_values(part, name) for part in get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0], name.removesuffix("s")), max_size=3).map(tuple)
    msg = f"no values are known for {hint}"
    raise TypeError(msg)
