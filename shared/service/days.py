"""Which days and months may a command name? Those within ten years of its moment, and birth dates of people who live.

Every command of every service is judged here, whoever sends it: a day that no rule of a noun looks at is read by
somebody later, and must not stop them.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from shared.kernel.city_day import today_in_the_city

YEARS_AROUND = 10  # [years] before and after the moment of a command
LONGEST_LIFE = 120  # [years]
THE_MOMENT = "at"
BIRTH_DATE = "birth_date"
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def days_and_months_are_near(state: object, command: Any, looked_up: Collection[str] = ()) -> bool:
    """Choose days and months within ten years of today, write a month as 2026-03, and a birth date that is possible.

    A day that the noun has already may be said again: a command that changes one term carries them all. Fields that the
    service itself has `looked_up` are no statement of a sender.
    """
    if not names_days(type(command)):
        return True
    today = today_in_the_city(command.at)
    far = {value for name, value in days_in(command, looked_up) if not _is_near(name, value, today)}
    return not far or far <= {value for _, value in days_in(state) if isinstance(value, date)}


def days_in(part: Any, without: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Every day, moment and month that a command or a part of it names, with the field's name."""
    if not is_dataclass(part):
        return
    for name in (field.name for field in fields(part) if field.name not in {THE_MOMENT, *without}):
        value = getattr(part, name)
        if isinstance(value, date) or (isinstance(value, str) and is_month(name)):
            yield name, value
        elif isinstance(value, tuple):
            for entry in value:
                yield from days_in(entry)
        else:
            yield from days_in(value)


def is_month(name: str) -> bool:
    """Whether a text field of this name holds a month."""
    return name == "month" or name.endswith("_month")


def names_days(cls: Any) -> bool:
    """Whether a command of this class can name a day or a month at all; most can't, and cost nothing here."""
    return _names_days(cls)


@cache
def _names_days(cls: type) -> bool:
    hints = get_type_hints(cls)
    return any(
        name != THE_MOMENT and (is_month(name) or any(_holds_days(hint) for hint in _parts_of(hints[name])))
        for name in hints
    )


def _holds_days(hint: Any) -> bool:
    if not isinstance(hint, type):
        return False
    return issubclass(hint, date) or (is_dataclass(hint) and names_days(hint))


def _parts_of(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in (Union, UnionType, tuple):
        for part in get_args(hint):
            yield from _parts_of(part)
    else:
        yield hint


def _is_near(name: str, value: date | str, today: date) -> bool:
    if isinstance(value, str):
        month = _MONTH.fullmatch(value)
        return month is not None and _is_around((int(month[1]), int(month[2])), today)
    day = today_in_the_city(value) if isinstance(value, datetime) else value
    if name == BIRTH_DATE:
        return today.year - LONGEST_LIFE <= day.year and day <= today
    return _is_around((day.year, day.month, day.day), today)


def _is_around(given: tuple[int, ...], today: date) -> bool:
    first, last = today.year - YEARS_AROUND, today.year + YEARS_AROUND
    rest = (today.month, today.day)[: len(given) - 1]
    return (first, *rest) <= given <= (last, *rest)
