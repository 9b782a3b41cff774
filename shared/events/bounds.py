"""May an event be appended? Only when each of its values is within the bound of its field, whoever appends it.

The bound stands in the field's type (`shared.kernel.text`, `shared.kernel.quantity`); fields without one have that of
their kind. The same bounds make the schemas of the edges (`schema.py`), so what is appended holds to what is published.
Older records are read as they are: reading judges nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Annotated, Any, Protocol, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from shared.kernel.quantity import COUNT, NUMBER, Entries
from shared.kernel.sealed import Sealed
from shared.kernel.sentence import Sentence
from shared.kernel.text import ID, WRITTEN_BY_CODE

E = TypeVar("E")
Check: TypeAlias = Callable[[Any], bool]


class Bound(Protocol):
    """What a value may be; `sentence` says it, as the end of a sentence."""

    @property
    def sentence(self) -> Sentence: ...  # noqa: D102 - as in the class

    def holds(self, value: object) -> bool: ...  # noqa: D102 - as in the class


@dataclass(frozen=True, slots=True)
class Fault:
    """One value of an event that is not possible: where (`terms.places`), which value, and what is possible there."""

    path: str
    value: object
    sentence: Sentence


class Impossible(ValueError):  # noqa: N818 - says what it is
    """An event that its own schema forbids; nothing is appended."""

    def __init__(self, event: object, faults: tuple[Fault, ...]) -> None:
        listed = " ".join(f"{fault.path}: {fault.sentence}" for fault in faults)
        super().__init__(f"{type(event).__name__} is not possible: {listed}")
        self.faults = faults


def possible(events: Sequence[E], state: object = None) -> Sequence[E]:
    """These events, when each of their values is within its bound.

    What the noun holds already, from before there was this bound, may be said again: a command that changes one term
    carries them all.
    Raises: Impossible, with each value that is not possible.
    """
    for event in events:
        cls: Any = type(event)
        if not check_of(cls)(event):
            faults = tuple(_new_faults(cls, event, state))
            if faults:
                raise Impossible(event, faults)
    return events


def kind_and_bound(hint: Any, name: str) -> tuple[Any, Any]:
    """What a field holds, without None, and its bound; None where every value of its kind is possible."""
    if get_origin(hint) in (Union, UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is Annotated:
        kind, *notes = get_args(hint)
        return kind, next(note for note in notes if hasattr(note, "holds"))
    if get_origin(hint) is tuple:
        return hint, Entries()
    if hint is str:
        return hint, ID if name == "id" or name.endswith("_id") else WRITTEN_BY_CODE
    return hint, {int: COUNT, Decimal: NUMBER}.get(hint)


def hints_of(cls: Any) -> Mapping[str, Any]:
    """The types of a class's fields, with their bounds."""
    return get_type_hints(cls, include_extras=True)


@cache
def check_of(cls: Any) -> Check:
    """The check of a whole event or part, made once: it costs a few microseconds, and every append pays it."""
    hints = hints_of(cls)
    checks = [
        (attrgetter(field.name), check)
        for field in fields(cls)
        if (check := _check(hints[field.name], field.name)) is not None
    ]

    def holds(event: Any) -> bool:
        for value_of, check in checks:
            value = value_of(event)
            if value is not None and not check(value):
                return False
        return True

    return holds


def _check(hint: Any, name: str) -> Check | None:
    kind, bound = kind_and_bound(hint, name)
    if get_origin(kind) is tuple:
        entry = _check(get_args(kind)[0], name.removesuffix("s"))
        if entry is None:
            holds: Check = bound.holds
            return holds
        return lambda values: bound.holds(values) and all(map(entry, values))
    if is_dataclass(kind):
        part: Any = kind
        return None if kind is Sealed else check_of(part)
    return None if bound is None else bound.holds


def _new_faults(cls: Any, event: object, state: object) -> Iterator[Fault]:
    standing = list(_parts_of(state))
    for fault in _faults(cls, event, ""):
        if not any(_is_same(fault.value, part) for part in standing):
            yield fault


def _faults(hint: Any, value: Any, path: str) -> Iterator[Fault]:
    name = path.rpartition(".")[2]
    kind, bound = kind_and_bound(hint, name)
    if value is None or kind is Sealed:
        return
    if bound is not None and not bound.holds(value):
        yield Fault(path, value, bound.sentence)
    elif get_origin(kind) is tuple:
        for number, entry in enumerate(value):
            yield from _faults(get_args(kind)[0], entry, f"{path}.{number}")
    elif is_dataclass(kind):
        hints = hints_of(kind)
        for field in fields(kind):
            inner = f"{path}.{field.name}" if path else field.name
            yield from _faults(hints[field.name], getattr(value, field.name), inner)


def _parts_of(value: Any) -> Iterator[Any]:
    """A state's values, however deep, and its lists as a whole."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from _parts_of(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from _parts_of(entry)
    elif isinstance(value, tuple | list | frozenset):
        for entry in value:
            yield from _parts_of(entry)


def _is_same(value: object, part: object) -> bool:
    return type(value) is type(part) and value == part
