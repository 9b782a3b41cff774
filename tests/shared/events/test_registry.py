"""Does the registry refuse what would spoil a storage format, and do all events hold only what lasts?"""

import ast
import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

import shared.events
from shared.events import registry
from shared.events.actors.organisation import OrganisationVerified
from shared.events.all import nouns
from shared.events.process import ReactionRefused
from shared.events.registry import EVERY_SERVICE, SERVICES, Audience, all_types, by_wire_name, event, type_of

LASTING = (str, int, bool, Decimal, date, datetime, type(None))


@pytest.mark.usefixtures("own_registry")
def test_an_event_is_known_by_its_wire_name() -> None:
    @event("actors", Audience.OPEN, version=3)
    @dataclass(frozen=True, slots=True, kw_only=True)
    class TestHeld:
        pass

    registered = by_wire_name("kosilab.actors.TestHeld.v3")
    assert registered is not None
    assert registered is type_of(TestHeld)
    assert (registered.owner, registered.version, registered.audience) == ("actors", 3, Audience.OPEN)
    assert ("kosilab.actors.TestHeld.v3", registered) in list(all_types())


def test_what_every_service_writes_has_a_name_in_each() -> None:
    for service in SERVICES:
        assert by_wire_name(f"kosilab.{service}.ReactionRefused.v1") is type_of(ReactionRefused)


@pytest.mark.usefixtures("own_registry")
def test_a_name_is_taken_once() -> None:
    @dataclass(frozen=True)
    class OrganisationVerified:
        pass

    with pytest.raises(ValueError, match="registered already"):
        event("actors", Audience.OPEN)(OrganisationVerified)
    with pytest.raises(KeyError):
        type_of(OrganisationVerified)


@pytest.mark.usefixtures("own_registry")
def test_a_name_taken_by_one_service_is_taken_for_an_event_of_every_service() -> None:
    before = dict(all_types())

    @dataclass(frozen=True)
    class MatchProposed:
        pass

    with pytest.raises(ValueError, match="registered already"):
        event(EVERY_SERVICE, Audience.INTERNAL)(MatchProposed)
    assert dict(all_types()) == before, "half a registration would be worse than none"


@pytest.mark.usefixtures("own_registry")
def test_the_next_version_has_a_name_of_its_own() -> None:
    @dataclass(frozen=True)
    class OrganisationVerified:
        pass

    event("actors", Audience.OPEN, version=2)(OrganisationVerified)
    assert by_wire_name("kosilab.actors.OrganisationVerified.v2") is type_of(OrganisationVerified)


def test_an_owner_owns_a_log() -> None:
    with pytest.raises(ValueError, match="owns no log"):
        event("townhall", Audience.OPEN)(OrganisationVerified)


@pytest.mark.parametrize("version", [0, -1])
def test_versions_count_from_one(version: int) -> None:
    with pytest.raises(ValueError, match="count from 1"):
        event("actors", Audience.OPEN, version=version)(OrganisationVerified)


def test_an_event_is_a_frozen_dataclass() -> None:
    class Plain:
        pass

    @dataclass
    class Changeable:
        pass

    for cls in (Plain, Changeable):
        with pytest.raises(ValueError, match="frozen dataclass"):
            event("actors", Audience.OPEN)(cls)


def unlasting(hint: Any, where: str) -> Iterator[str]:
    """The places in a type where something stands that JSON would not keep: a float above all."""
    if get_origin(hint) in (Union, types.UnionType, tuple):
        for part in get_args(hint):
            yield from unlasting(part, where)
    elif isinstance(hint, type) and is_dataclass(hint):
        if not hint.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            yield f"{where} can be changed"
        hints = get_type_hints(hint)
        for field in fields(hint):
            yield from unlasting(hints[field.name], f"{where}.{field.name}")
    elif not (hint is ... or hint in LASTING or (isinstance(hint, type) and issubclass(hint, StrEnum))):
        yield f"{where} is {hint}"


@pytest.mark.parametrize("name", dict(all_types()))
def test_no_event_holds_a_float_or_anything_else_that_does_not_last(name: str) -> None:
    assert list(unlasting(dict(all_types())[name].cls, name)) == []


def test_a_planted_float_is_found_however_deep() -> None:
    @dataclass(frozen=True)
    class Part:
        share: float

    @dataclass
    class Whole:
        parts: tuple[Part, ...]
        score: float | None = None

    hints = {"parts": tuple[Part, ...], "score": float | None}
    assert list(unlasting(hints["parts"], "W.parts")) == ["W.parts.share is <class 'float'>"]
    assert list(unlasting(hints["score"], "W.score")) == ["W.score is <class 'float'>"]
    assert list(unlasting(dict[str, int], "W")) == ["W is dict[str, int]"]
    assert next(unlasting(Whole, "W")) == "W can be changed"


@pytest.mark.parametrize("name", dict(all_types()))
def test_every_field_may_be_named_only(name: str) -> None:
    assert all(field.kw_only for field in fields(dict(all_types())[name].cls))


def test_every_module_with_events_is_imported_by_all() -> None:
    folder = Path(shared.events.__file__).parent
    registering = {
        ".".join(("shared.events", *path.relative_to(folder).with_suffix("").parts))
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == registry.__name__
        and any(name.name == "event" for name in node.names)
    }
    assert registering == {"shared.events.process", *nouns()}
