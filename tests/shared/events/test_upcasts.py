"""Is an event of an older version read as one of today, by pure steps?"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from shared.events.codec import Envelope, UnknownEventType, decode, encode_envelope
from shared.events.registry import Audience, event
from shared.events.upcasts import newest, upcast
from tests.shared.events.golden import SAMPLES

V1, V2, V3 = (f"kosilab.actors.TestHeld.v{version}" for version in (1, 2, 3))


def record(type_name: str, data: bytes) -> bytes:
    """A record of this type with this data."""
    sample = msgspec.json.decode(SAMPLES["kosilab.actors.LabClosed.v1"], type=Envelope)
    sample.type, sample.data = type_name, msgspec.Raw(data)
    return encode_envelope(sample)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestHeld:
    """Version 3: hours as a decimal, and a place."""

    __test__ = False
    title: str
    hours: Decimal
    place: str


@pytest.fixture
def test_held(own_registry: None) -> None:
    """An event in its third version, with a step from each older one."""
    event("actors", Audience.OPEN, version=3)(TestHeld)

    @upcast(V1, V2)
    def with_place(fields: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**fields, "place": "unknown"}

    @upcast(V2, V3)
    def with_hours(fields: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = {name: value for name, value in fields.items() if name != "minutes"}
        return {**kept, "hours": str(Decimal(fields["minutes"]) / 60)}


@pytest.mark.usefixtures("test_held")
def test_each_older_version_is_read_as_todays() -> None:
    assert decode(record(V1, b'{"title":"T","minutes":90}')).data == TestHeld(
        title="T", hours=Decimal("1.5"), place="unknown"
    )
    assert decode(record(V2, b'{"title":"T","minutes":90,"place":"P"}')).data == TestHeld(
        title="T", hours=Decimal("1.5"), place="P"
    )
    today = b'{"title":"T","hours":"1.5","place":"P"}'
    assert decode(record(V3, today)).data == TestHeld(title="T", hours=Decimal("1.5"), place="P")


@pytest.mark.usefixtures("test_held")
def test_the_reader_still_learns_the_type_that_was_written() -> None:
    assert decode(record(V1, b'{"title":"T","minutes":90}')).type == V1


@pytest.mark.usefixtures("test_held")
@pytest.mark.parametrize(
    "data",
    [
        b'{"title":"T"}',
        b'{"title":3,"minutes":90}',
        b"[]",
        b"null",
        b'{"minutes":{}}',
        b"[" * 20_000,
        b'{"minutes":"x"}',
    ],
)
def test_an_old_event_of_another_form_is_refused(data: bytes) -> None:
    whole = record(V1, b"0").replace(b'"data":0', b'"data":' + data)
    with pytest.raises(msgspec.MsgspecError):
        decode(whole)


@pytest.mark.usefixtures("own_registry")
def test_a_step_to_nowhere_leaves_the_type_unknown() -> None:
    upcast(V1, V2)(dict)
    with pytest.raises(UnknownEventType):
        decode(record(V1, b"{}"))


@pytest.mark.usefixtures("test_held")
def test_there_is_one_step_from_each_version() -> None:
    with pytest.raises(ValueError, match="has an upcast already"):
        upcast(V1, V3)(dict)


@pytest.mark.usefixtures("test_held")
def test_steps_do_not_lead_back() -> None:
    with pytest.raises(ValueError, match="leads back"):
        upcast(V3, V1)(dict)
    with pytest.raises(ValueError, match="leads back"):
        upcast("kosilab.actors.Other.v1", "kosilab.actors.Other.v1")(dict)


def test_what_has_no_step_is_not_even_read() -> None:
    def read() -> Mapping[str, Any]:
        raise AssertionError

    assert newest("kosilab.actors.LabClosed.v1", read) == ("kosilab.actors.LabClosed.v1", {})
