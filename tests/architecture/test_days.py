"""Does every command of every service refuse days and months that nobody can mean?"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from deploy.services import SERVICE_TABLES
from services.marketplace.domain.need import NEED, AmendSearch
from services.marketplace.domain.offer import OFFER, AmendOffer
from shared.service.days import days_and_months_are_near, days_in, names_days
from shared.service.tables import CommandRoute
from tests.marketplace.scenes import EXCHANGE, SEARCH

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROUTES = [route for tables in SERVICE_TABLES.values() for route in tables.commands]
FAR_DAYS = [date.min, date(2016, 3, 1), date(2036, 3, 3), date.max]
FAR_MONTHS = ["0000-02", "0001-01", "2016-02", "2036-04", "9999-12", "2026-13", "2026-3", "March", ""]


def of_type(hint: Any, name: str) -> Any:
    """A value of this type, with a day or a month wherever there can be one."""
    if get_origin(hint) in (Union, UnionType):
        return of_type(next(part for part in get_args(hint) if part is not NoneType), name)
    if get_origin(hint) is tuple:
        return (of_type(get_args(hint)[0], name),)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{field.name: of_type(hints[field.name], field.name) for field in fields(hint)})  # type: ignore[operator]  # a class, not an instance
    if issubclass(hint, StrEnum):
        return next(iter(hint))
    simple: dict[type, Any] = {
        str: "2026-03" if "month" in name else "word",
        int: 1,
        bool: True,
        Decimal: Decimal(1),
        date: NOW.date(),
        datetime: NOW,
    }
    return simple[hint]


def with_far_days(part: Any, without: frozenset[str] = frozenset({"at"})) -> Iterator[Any]:
    """The command or a part of it, each time with one day or month that is far away."""
    for field in fields(part):
        value = getattr(part, field.name)
        if field.name in without:
            continue
        if isinstance(value, datetime):
            yield replace(part, **{field.name: NOW + timedelta(days=3_660)})
        elif isinstance(value, date):
            yield from (replace(part, **{field.name: day}) for day in FAR_DAYS if field.name != "birth_date")
            yield replace(part, **{field.name: date.max})
        elif isinstance(value, str) and "month" in field.name:
            yield from (replace(part, **{field.name: month}) for month in FAR_MONTHS)
        elif is_dataclass(value):
            yield from (replace(part, **{field.name: far}) for far in with_far_days(value))
        elif isinstance(value, tuple) and is_dataclass(value[0]):
            yield from (replace(part, **{field.name: (far,)}) for far in with_far_days(value[0]))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.command.__name__)
def test_a_day_or_month_more_than_ten_years_away_is_refused(route: CommandRoute[Any, Any]) -> None:
    command = of_type(route.command, "")
    command = replace(command, at=NOW)
    assert days_and_months_are_near(None, command, route.informs)
    far = list(with_far_days(command, route.informs | {"at"}))
    assert bool(far) == any(True for _ in days_in(command, route.informs))
    assert names_days(type(command)) or not far
    for other in far:
        assert route.failed_check(None, other, None) is days_and_months_are_near  # type: ignore[arg-type]  # days need no view


def test_most_commands_that_name_days_are_looked_at() -> None:
    assert sum(names_days(route.command) for route in ROUTES) > 20


def test_a_day_that_the_noun_has_already_may_be_said_again_but_no_month() -> None:
    state = replace(OFFER.initial, terms=replace(EXCHANGE, available_from=date(2011, 1, 1)))
    again = AmendOffer(
        offer_id="of1", terms=replace(EXCHANGE, available_from=date(2011, 1, 1), places=2), at=NOW
    )
    assert days_and_months_are_near(state, again)
    other = replace(again, terms=replace(EXCHANGE, available_from=date(2011, 1, 2)))
    assert not days_and_months_are_near(state, other)
    broken = replace(SEARCH, from_month="0000-02")
    search = replace(NEED.initial, terms=broken)
    assert not days_and_months_are_near(search, AmendSearch(need_id="s1", terms=broken, at=NOW))
