"""Does every event survive the way into bytes and back, and does nothing else come through?"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NoReturn

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.actors.lab import (
    LabEstablished,
    LabMandateDefined,
)
from shared.events.codec import (
    Envelope,
    UnknownEventType,
    decode,
    decode_envelope,
    encode_data,
    encode_envelope,
    padded,
    wire_name,
)
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementRetentionDenied,
)
from shared.events.marketplace.agreement import AgreementDrafted
from shared.events.marketplace.market_day import MarketDayScheduled
from shared.events.process import AuditAccessOpened
from shared.events.registry import all_types
from shared.testing.strategies import any_of
from tests.shared.events.examples import EXAMPLES
from tests.shared.events.golden import SAMPLES

TYPES = dict(all_types())
RECORDS = list(SAMPLES.values())
DENIED = "kosilab.employment.PlacementRetentionDenied.v1"
AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
TOLD = "2026-01-15T09:30:00Z"
REFUSALS = (msgspec.MsgspecError, UnknownEventType)


def record(type_name: str = DENIED, data: bytes = b'{"milestone":3}', **attributes: Any) -> bytes:
    """A record with this data and these attributes; nothing is checked."""
    stored: dict[str, Any] = {
        "audience": "internal",
        "commandid": "c1",
        "data": msgspec.Raw(data),
        "id": "e1",
        "previous": padded(16),
        "recordedtime": AT,
        "sequence": padded(17),
        "source": "urn:kosilab:05124000:employment:1",
        "specversion": "1.0",
        "streamversion": 4,
        "subject": "placement-pl-1",
        "time": AT,
        "type": type_name,
        **attributes,
    }
    return encode_envelope(Envelope(**stored))


def no_float(text: str) -> NoReturn:
    """Fails, for a number with a point was found."""
    raise AssertionError(text)


def keys_in_order(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object, whose keys must be sorted and each there once."""
    keys = [key for key, _ in pairs]
    assert keys == sorted(set(keys))
    return dict(pairs)


@pytest.mark.parametrize("name", TYPES)
def test_every_event_survives_the_codec(name: str) -> None:
    @settings(max_examples=25)
    @given(any_of(TYPES[name].cls))
    def survives(event: object) -> None:
        written = record(name, encode_data(event))
        read = decode(written)
        assert read.data == event
        assert type(read.data) is TYPES[name].cls
        json.loads(written, object_pairs_hook=keys_in_order, parse_float=no_float, parse_constant=no_float)

    survives()


def test_what_a_reader_knows_is_what_the_record_says() -> None:
    written = record(correlationid="co", causationid="ca", authid="counsellor", lab="l1", synthetic=True)
    read = decode(written)
    assert (read.position, read.previous, read.version) == (17, 16, 4)
    assert (read.service, read.stream, read.noun_id) == ("employment", "placement-pl-1", "pl-1")
    assert (read.time, read.recorded_at, read.record) == (AT, AT, written)
    assert (read.correlation_id, read.causation_id) == ("co", "ca")
    assert (read.auth_id, read.lab, read.synthetic) == ("counsellor", "l1", True)
    assert json.loads(encode_envelope(decode_envelope(written))) == json.loads(written)


def test_what_does_not_apply_is_left_out() -> None:
    assert set(json.loads(record())) == {
        *("audience", "commandid", "data", "id", "previous", "recordedtime", "sequence", "source"),
        *("specversion", "streamversion", "subject", "time", "type"),
    }


def test_the_wire_name_tells_owner_event_and_version() -> None:
    assert wire_name(PlacementRetentionDenied(milestone=3), "employment") == DENIED
    audit = AuditAccessOpened(token_id="t1")
    assert wire_name(audit, "reporting") == "kosilab.reporting.AuditAccessOpened.v1"


def test_positions_sort_as_text_like_numbers() -> None:
    assert sorted([padded(10), padded(9), padded(100)]) == [padded(9), padded(10), padded(100)]


# --- what must not get into a log -------------------------------------------------------------
CONTRACT = PlacementContracted(
    contracted_on=date(2026, 1, 1), starts_on=date(2026, 1, 1), hours_per_week=Decimal("38.50")
)


def test_decimals_are_strings_with_the_digits_they_came_with() -> None:
    assert b'"hours_per_week":"38.50"' in encode_data(CONTRACT)


@pytest.mark.parametrize("odd", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_decimal_that_is_no_number_is_not_written(odd: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        encode_data(replace(CONTRACT, hours_per_week=Decimal(odd)))
    drafted = EXAMPLES[AgreementDrafted][1]
    assert isinstance(drafted, AgreementDrafted)
    deep = (drafted.commitments[1], replace(drafted.commitments[0], hours=Decimal(odd)))
    with pytest.raises(ValueError, match="no number"):
        encode_data(replace(drafted, commitments=deep))


def market_day(opens_at: datetime) -> MarketDayScheduled:
    """A market day that opens at this time."""
    return MarketDayScheduled(
        name="M", held_on=date(2026, 9, 18), trading_opens_at=opens_at, trading_closes_at=AT
    )


def test_times_are_written_in_utc() -> None:
    summer = datetime(2026, 9, 18, 17, tzinfo=timezone(timedelta(hours=2)))
    assert b'"trading_opens_at":"2026-09-18T15:00:00Z"' in encode_data(market_day(summer))


def test_a_time_without_offset_is_neither_written_nor_read() -> None:
    with pytest.raises(ValueError, match="no offset"):
        encode_data(market_day(datetime(2026, 9, 18, 17)))  # noqa: DTZ001
    for name in ("time", "recordedtime"):
        with pytest.raises(msgspec.ValidationError):
            decode(record().replace(f'"{name}":"{TOLD}"'.encode(), f'"{name}":"{TOLD[:-1]}"'.encode()))


def test_text_that_utf8_does_not_hold_is_not_written() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        encode_data(LabMandateDefined(mandate="\ud800"))


# --- what does not get out of one -------------------------------------------------------------
@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"milestone":null}',
        b'{"milestone":3.0}',
        b'{"milestone":"3"}',
        b'{"milestone":true}',
        b'{"milestone":NaN}',
        b'{"milestone":1e400}',
        b'{"milestone":' + b"9" * 5_000 + b"}",
        b'{"milestone":3,}',
        b"[" * 20_000 + b"]" * 20_000,
        b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b',"milestone":3}',
        b'{"milestone":3,"x":"\xff',
    ],
)
def test_data_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode(record(data=b"0").replace(b'"data":0', b'"data":' + data))


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("sequence", "17"),
        ("sequence", "٣" * 20),
        ("sequence", "-" + "1" * 19),
        ("sequence", "x" * 20),
        ("previous", ""),
        ("previous", "1_0" + "0" * 17),
    ],
)
def test_a_position_is_twenty_digits(name: str, odd: str) -> None:
    attributes: dict[str, Any] = {name: odd}
    with pytest.raises(msgspec.ValidationError):
        decode(record(**attributes))


@pytest.mark.parametrize(
    "name", ["", "nonsense", "kosilab.employment.Nothing.v1", "kosilab.actors.PlacementRetentionDenied.v1"]
)
def test_a_type_that_nobody_registered_is_told_apart(name: str) -> None:
    with pytest.raises(UnknownEventType):
        decode(record(name))


def test_text_that_is_no_utf8_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_envelope(record().replace(b'"c1"', b'"\xff"'))


def test_further_fields_are_let_pass_for_newer_writers() -> None:
    assert decode(record(data=b'{"milestone":3,"note":"x"}')).data == PlacementRetentionDenied(milestone=3)


def test_of_two_equal_keys_the_last_counts_as_for_every_reader_in_python() -> None:
    twice = record(data=b'{"milestone":3,"milestone":6}')[:-1] + b',"id":"e2"}'
    assert decode(twice).id == json.loads(twice)["id"] == "e2"
    assert decode(twice).data.milestone == json.loads(twice)["data"]["milestone"] == 6


def test_a_decimal_is_read_from_a_string_only_of_digits() -> None:
    name = "kosilab.actors.LabEstablished.v1"
    lab = LabEstablished(name="L", begins_on=date(2026, 1, 1), budget=Decimal("1.50"))
    assert decode(record(name, encode_data(lab))).data == lab
    with pytest.raises(msgspec.ValidationError):
        decode(record(name, encode_data(lab).replace(b'"1.50"', b'"1,50"')))


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_one_of_two_ways(garbage: bytes) -> None:
    with pytest.raises(REFUSALS):
        decode(garbage)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(sorted(TYPES)),
    st.dictionaries(st.sampled_from(["milestone", "terms", "name"]), JSON) | JSON,
)
def test_any_json_as_data_is_read_or_refused(name: str, data: Any) -> None:
    try:
        decode(record(name, json.dumps(data).encode()))
    except REFUSALS:
        return


@given(
    st.sampled_from(RECORDS),
    st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=3)), min_size=1, max_size=4),
)
def test_a_damaged_record_is_read_or_refused(written: bytes, damages: list[tuple[int, bytes]]) -> None:
    damaged = bytearray(written)
    for place, piece in damages:
        damaged[place : place + len(piece)] = piece
    try:
        decode(bytes(damaged))
    except REFUSALS:
        return
