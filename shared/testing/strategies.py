"""Which values may a command or an event have? All that the bounds of its fields allow, for hypothesis."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from hypothesis import strategies as st

from shared.events.bounds import hints_of, kind_and_bound
from shared.kernel.quantity import Amount, Whole
from shared.kernel.sealed import Sealed
from shared.kernel.text import ID as ID_BOUND
from shared.kernel.text import Form, Words

PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Sealed: st.none(),  # a record never brings it back
}
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)


def within(bound: Any) -> st.SearchStrategy[Any]:
    """The values that a bound allows, texts in the form in which they are kept."""
    match bound:
        case Words():
            return TEXT.map(bound.normalised).filter(bound.holds)
        case Form():
            return st.from_regex(bound.pattern, fullmatch=True)
        case Whole():
            return st.integers(bound.least, bound.most)
        case Amount():
            least = bound.least + (Decimal(1).scaleb(-bound.decimals) if bound.is_above else 0)
            return st.decimals(least, bound.most, places=bound.decimals).filter(bound.holds)
        case _:
            msg = f"no values are known for {bound}"
            raise TypeError(msg)


ID = within(ID_BOUND)


def any_of(*classes: type, **chosen: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Instances of these dataclasses; `chosen` gives the values of the fields that it names."""
    return st.one_of(*(_built(cls, chosen) for cls in classes))


def _built(cls: Any, chosen: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    hints = hints_of(cls)
    values = {
        field.name: chosen.get(field.name, _values(hints[field.name], field.name)) for field in fields(cls)
    }
    return st.builds(cls, **values)


def _values(hint: Any, name: str) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint):
        return st.none() | _present(hint, name)
    return _present(hint, name)


def _present(hint: Any, name: str) -> st.SearchStrategy[Any]:
    kind, bound = kind_and_bound(hint, name)
    if get_origin(kind) is tuple:
        return st.lists(_values(get_args(kind)[0], name.removesuffix("s")), max_size=3).map(tuple)
    if kind in PLAIN:
        return PLAIN[kind]
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    return _built(kind, {}) if is_dataclass(kind) else within(bound)
