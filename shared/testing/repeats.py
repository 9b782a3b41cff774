"""Which law holds for a command that comes again? A repeat says the same, or it is refused."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused

DAY = timedelta(days=1)


def assert_a_repeat_says_the_same(
    decider: Decider[Any, Any, Any],
    commands: Sequence[Any],
    *,
    asks: Collection[type] = (),
    anew: Collection[type] = (),
    added: Collection[str] = (),
) -> None:
    """A command is quiet only where the record says all that it says; with any one field changed it is not quiet.

    `asks` are commands that ask whether there is something to do (timers, reactions), so that "nothing" is an answer.
    `anew` are commands whose repeat is not quiet: each says something new, or the record can't tell whether it does.
    `added` are fields that the app fills in, or that describe and decide nothing.
    """
    past: list[tuple[Any, list[Any]]] = []
    state = decider.initial
    for command in commands:
        _assert_quiet_rightly(decider, state, commands, past, asks=asks, added=added)
        events = _answer(decider, state, command)
        if not events:
            continue
        past.append((state, events))
        state = decider.fold(events, state)
        if type(command) not in anew:
            assert _answer(decider, state, command) == [], f"the same again is quiet: {command}"
    _assert_quiet_rightly(decider, state, commands, past, asks=asks, added=added)


def _assert_quiet_rightly(
    decider: Decider[Any, Any, Any],
    state: Any,
    commands: Sequence[Any],
    past: Sequence[tuple[Any, list[Any]]],
    *,
    asks: Collection[type],
    added: Collection[str],
) -> None:
    for command in commands:
        if type(command) in asks or _answer(decider, state, command) != []:
            continue
        assert past, f"nothing is recorded that this could repeat: {command}"
        kept = {"at", f"{decider.name}_id", *added}
        for other in changed_in_one_field(command, kept):
            is_quiet = _answer(decider, state, other) == []
            assert not is_quiet or _is_recorded(decider, command, other, past, added), (
                f"this is quiet, but the record says something else: {other}, not {command}, after {past}"
            )


def _is_recorded(
    decider: Decider[Any, Any, Any],
    command: Any,
    other: Any,
    past: Sequence[tuple[Any, list[Any]]],
    added: Collection[str],
) -> bool:
    """Whether events say so already, or no event would ever tell the two commands apart; `added` fields aside."""
    written = [_without(added, event) for _, events in past for event in events]
    for before, _ in past:
        answer = [_without(added, event) for event in _answer(decider, before, other) or ()]
        same = [_without(added, event) for event in _answer(decider, before, command) or ()]
        if answer and (answer == same or all(each in written for each in answer)):
            return True
    return False


def _without(names: Collection[str], event: Any) -> tuple[type, dict[str, Any]]:
    """What the event says besides these fields."""
    return type(event), {
        field.name: getattr(event, field.name) for field in fields(event) if field.name not in names
    }


def _answer(decider: Decider[Any, Any, Any], state: Any, command: Any) -> list[Any] | None:
    """The events, or None for a refusal."""
    try:
        return list(decider.decide(state, command))
    except Refused:
        return None


def changed_in_one_field(event: Any, kept: Collection[str] = ()) -> Iterator[Any]:
    """The same dataclass with another value in one field, for each field but the `kept` ones."""
    hints = get_type_hints(type(event))
    for field in fields(event):
        if field.name not in kept:
            for value in _others(getattr(event, field.name), hints[field.name], kept):
                yield replace(event, **{field.name: value})


def _samples(hints: tuple[Any, ...]) -> Iterator[Any]:
    """A value in place of none."""
    values: dict[Any, Any] = {str: "x", int: 1, Decimal: Decimal(1), date: date(2020, 1, 1), bool: True}
    for hint in hints:
        if isinstance(hint, type) and issubclass(hint, Enum):
            yield next(iter(hint))
        elif hint in values:
            yield values[hint]


def _others(value: Any, hint: Any, kept: Collection[str]) -> Iterator[Any]:
    if get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint):
        yield from [None] if value is not None else _samples(get_args(hint))
    match value:
        case bool():
            yield not value
        case Enum():
            yield from (member for member in type(value) if member is not value)
        case str():
            yield f"{value}x"
        case int() | Decimal():
            yield value + 1
        case date():
            yield value - DAY
        case tuple() if value:
            yield value[:-1]
            yield from ((other, *value[1:]) for other in _others(value[0], type(value[0]), kept))
        case _ if is_dataclass(value):
            yield from changed_in_one_field(value, kept)
