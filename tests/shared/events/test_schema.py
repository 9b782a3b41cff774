"""Do the derived marshmallow schemas and msgspec agree on every sample and on whatever events may hold?"""

import json

import pytest
from hypothesis import given, settings

from shared.events.codec import decode, decode_envelope, encode_data
from shared.events.registry import all_types
from shared.events.schema import schema_for
from shared.testing.strategies import any_of
from tests.shared.events.golden import SAMPLES

TYPES = dict(all_types())


@pytest.mark.parametrize("name", TYPES)
def test_both_read_the_same_event_from_a_sample(name: str) -> None:
    record = SAMPLES[name]
    loaded = schema_for(TYPES[name].cls)().load(json.loads(bytes(decode_envelope(record).data)))
    assert loaded == decode(record).data


@pytest.mark.parametrize("name", TYPES)
def test_both_write_the_same_json_of_a_sample(name: str) -> None:
    read = decode(SAMPLES[name])
    assert schema_for(TYPES[name].cls)().dump(read.data) == json.loads(encode_data(read.data))


@pytest.mark.parametrize("name", TYPES)
def test_both_agree_on_whatever_an_event_may_hold(name: str) -> None:
    schema = schema_for(TYPES[name].cls)()

    @settings(max_examples=25)
    @given(any_of(TYPES[name].cls))
    def agree(event: object) -> None:
        assert schema.load(json.loads(encode_data(event))) == event

    agree()
