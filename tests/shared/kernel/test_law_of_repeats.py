"""Does the law of repeats catch a decider that stays quiet about something else than the record says?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shared.events.vocabulary import EndReason
from shared.kernel.decider import Decider
from shared.kernel.refusal import require
from shared.testing.repeats import assert_a_repeat_says_the_same, changed_in_one_field


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """Open a door on a day."""

    door_id: str
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened:
    """A door was opened."""

    opened_on: date


MONDAY, TUESDAY = (OpenDoor(door_id="d1", opened_on=date(2026, 3, day)) for day in (2, 3))


def door_is_closed(opened: DoorOpened | None, _: OpenDoor) -> bool:
    """Open a door once."""
    return opened is None


def rightly(opened: DoorOpened | None, command: OpenDoor) -> Sequence[DoorOpened]:
    """Quiet only about the day that is recorded."""
    event = DoorOpened(opened_on=command.opened_on)
    if event == opened:
        return []
    require(opened, command, door_is_closed)
    return [event]


def lazily(opened: DoorOpened | None, command: OpenDoor) -> Sequence[DoorOpened]:
    """Quiet about every other day."""
    return [] if opened else [DoorOpened(opened_on=command.opened_on)]


def sternly(opened: DoorOpened | None, command: OpenDoor) -> Sequence[DoorOpened]:
    """Never quiet."""
    require(opened, command, door_is_closed)
    return [DoorOpened(opened_on=command.opened_on)]


def silently(_: DoorOpened | None, __: OpenDoor) -> Sequence[DoorOpened]:
    """Always quiet."""
    return []


def door(decide: Any) -> Decider[Any, Any, Any]:
    """A door that is judged so."""
    return Decider(name="door", initial=None, decide=decide, evolve=lambda _, event: event)


@pytest.mark.parametrize("commands", [(MONDAY,), (MONDAY, TUESDAY), (MONDAY, MONDAY)])
def test_a_decider_that_compares_passes(commands: tuple[OpenDoor, ...]) -> None:
    assert_a_repeat_says_the_same(door(rightly), commands)


@pytest.mark.parametrize(
    ("decide", "broken"),
    [
        (lazily, "the record says something else"),
        (sternly, "the same again is quiet"),
        (silently, "nothing is recorded"),
    ],
)
def test_a_decider_that_does_not_is_caught(decide: Any, broken: str) -> None:
    with pytest.raises(AssertionError, match=broken):
        assert_a_repeat_says_the_same(door(decide), (MONDAY,))


def test_exceptions_are_stated_one_by_one() -> None:
    assert_a_repeat_says_the_same(door(silently), (MONDAY,), asks=(OpenDoor,))
    assert_a_repeat_says_the_same(door(sternly), (MONDAY,), anew=(OpenDoor,))
    assert_a_repeat_says_the_same(door(lazily), (MONDAY,), added=("opened_on",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """One field of each type."""

    words: str = "a"
    number: int = 1
    hours: Decimal = Decimal(1)
    day: date = date(2026, 3, 2)
    yes: bool = True
    reason: EndReason = EndReason.OTHER
    many: tuple[str, ...] = ("a", "b")
    maybe: str | None = None
    perhaps: int | None = 1
    at: int = 0


def test_every_field_is_changed_once_but_for_what_is_kept() -> None:
    event = Everything()
    others = list(changed_in_one_field(event, {"at"}))
    assert replace(event, maybe="x") in others
    assert replace(event, perhaps=None) in others
    assert replace(event, many=("a",)) in others
    changed = {
        name for other in others for name in event.__slots__ if getattr(other, name) != getattr(event, name)
    }
    assert changed == set(event.__slots__) - {"at"}
    assert all(
        sum(getattr(other, name) != getattr(event, name) for name in event.__slots__) == 1 for other in others
    )
