"""Does anything personal ever enter a record?"""

from dataclasses import dataclass

import pytest

from shared.events.codec import encode_data, sealed_fields, sealed_of
from shared.events.registry import Audience, event
from shared.kernel.sealed import Retention, Sealed

NAME = Sealed("person-1", Retention.PROFILE, "Erika Beispiel")


@pytest.fixture
def noted(own_registry: None) -> type:
    """An event with a sealed field."""

    @event("actors", Audience.INTERNAL)
    @dataclass(frozen=True, slots=True, kw_only=True)
    class NoteTaken:
        district: str
        name: Sealed | None = None

    return NoteTaken


def test_a_sealed_value_is_not_in_the_record(noted: type) -> None:
    assert encode_data(noted(district="Barmen", name=NAME)) == b'{"district":"Barmen"}'


def test_a_sealed_value_is_handed_out_for_its_slot(noted: type) -> None:
    assert sealed_fields(noted) == ("name",)
    assert sealed_of(noted(district="Barmen", name=NAME)) == {"name": NAME}
    assert sealed_of(noted(district="Barmen")) == {}


def test_a_sealed_value_is_not_shown_by_chance() -> None:
    assert "Erika" not in f"{NAME} {NAME!r} {[NAME]}"
