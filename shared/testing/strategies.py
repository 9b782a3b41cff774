"""Which values may a command or an event have? Everything that its fields' types allow, for hypothesis."""

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

SAFE_INTEGER = 2**53
"""Beyond it, readers of JSON in other languages lose digits."""

PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(codec="utf-8"), max_size=20),
    bool: st.booleans(),
    int: st.integers(-SAFE_INTEGER, SAFE_INTEGER),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    type(None): st.none(),
}


def any_of(*classes: type, **chosen: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Instances of these dataclasses; fields named in `chosen` take their values from there."""
    return st.one_of(*(_built(cls, chosen) for cls in classes))


def _built(cls: type, chosen: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    values = {field.name: chosen.get(field.name, _values(hints[field.name])) for field in fields(cls)}
    return st.builds(cls, **values)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _built(hint, {})
    if get_origin(hint) in (Union, types.UnionType):
        return reduce(or_, (_values(part) for part in get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=3).map(tuple)
    msg = f"no values are known for {hint}"
    raise TypeError(msg)
