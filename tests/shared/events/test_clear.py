"""Is everything about people sealed that is not on the list of what may be read, with a reason?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, get_args, get_type_hints

import pytest

from shared.events.actors.erasure import ErasureEvent
from shared.events.actors.person import PersonEvent
from shared.events.clear import (
    COARSE,
    LEFT_OUT_FOR_A_PERSON,
    LEFT_OUT_FOR_A_SEARCH,
    OFFERED,
    RANDOM,
    ROLE,
    RULE,
)
from shared.events.codec import sealed_fields
from shared.events.employment.placement import PlacementEvent
from shared.events.marketplace.engagement import CounsellingEvent, EngagementEvent
from shared.events.registry import all_types

CLEAR = {registered.cls: registered.clear for _, registered in all_types() if registered.clear is not None}
TELLING = {"person_id", "search_id", "need_party", "is_search"}
"""Fields by which an event is about a person."""

STREAMS = (PersonEvent, ErasureEvent, CounsellingEvent, EngagementEvent, PlacementEvent)
LEFT_OUT = {LEFT_OUT_FOR_A_PERSON, LEFT_OUT_FOR_A_SEARCH}
WRITTEN_BY_NO_PERSON = {RANDOM, ROLE, OFFERED, COARSE, RULE, *LEFT_OUT}


def about_people() -> set[type]:
    """Every event type that is about a person."""
    published = {registered.cls for _, registered in all_types()}
    of_streams = {cls for union in STREAMS for cls in get_args(union)}
    telling = {cls for cls in published if TELLING & {field.name for field in fields(cls)}}
    named = {cls for cls in published if cls.__name__.startswith(("Search", "Match", "PlaceReopen"))}
    return of_streams | telling | named


def parts(hint: Any) -> Iterator[type]:
    """The types within a type."""
    inner = get_args(hint)
    if inner:
        for part in inner:
            yield from parts(part)
    elif isinstance(hint, type):
        yield hint


def clear_fields(cls: type, listed: Mapping[str, str], before: str = "") -> Iterator[tuple[str, set[type]]]:
    """What stands in the clear, part by part where the whole is not listed: each with its types."""
    hints = get_type_hints(cls)
    for field in fields(cls):
        path, types = before + field.name, set(parts(hints[field.name]))
        inner = next((part for part in types if is_dataclass(part)), None)
        if not before and field.name in sealed_fields(cls):
            continue
        if inner is not None and path not in listed:
            yield from clear_fields(inner, listed, f"{path}.")
        else:
            yield path, types


def objections(cls: type, listed: Mapping[str, str]) -> list[str]:
    """What is wrong with an event's line: not on the list, stale, or text that somebody may have written."""
    there = dict(clear_fields(cls, listed))
    missing = [f"{name} has no reason to be in the clear" for name in there if name not in listed]
    stale = [f"{name} is not there" for name in listed if name not in there]
    written = [
        f"{name} may hold what a person wrote"
        for name, types in there.items()
        if str in types and name in listed and listed[name] not in WRITTEN_BY_NO_PERSON
    ]
    return [*missing, *stale, *written]


def test_every_event_about_people_has_reasons_and_no_other() -> None:
    assert about_people() == set(CLEAR)


@pytest.mark.parametrize("cls", CLEAR, ids=lambda cls: cls.__name__)
def test_what_an_event_tells_in_the_clear_has_a_reason(cls: type) -> None:
    assert objections(cls, CLEAR[cls]) == []


@dataclass(frozen=True)
class Note:
    """A part of an event."""

    text: str


@dataclass(frozen=True)
class Planted:
    """An event that tells too much."""

    person_id: str
    born_on: date
    note: Note
    remark: str


def test_a_field_that_nobody_gave_a_reason_for_is_found_and_so_is_free_text() -> None:
    listed = {"person_id": RANDOM, "remark": "a rule decides by it", "gone": RANDOM}
    assert objections(Planted, listed) == [
        "born_on has no reason to be in the clear",
        "note.text has no reason to be in the clear",
        "gone is not there",
        "remark may hold what a person wrote",
    ]
