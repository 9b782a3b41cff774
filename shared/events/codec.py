"""How does an event become the one byte string that log, message, feed and auditor share, and back?

A record is one CloudEvent 1.0 in JSON, structured mode, sorted keys, UTF-8. Nobody re-serialises it.
Source: CloudEvents 1.0.2, JSON event format; architecture 5.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from operator import is_
from typing import Annotated, Any, TypeAlias, get_args, get_type_hints

import msgspec

from shared.events.registry import by_wire_name, type_of
from shared.events.upcasts import newest
from shared.kernel.recorded import Recorded
from shared.kernel.sealed import Sealed

MAX_RECORD_BYTES = 60_000
POSITION_DIGITS = 20

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its offset; a time without an offset names no moment."""

_encoder = msgspec.json.Encoder(order="sorted", decimal_format="string")


class Envelope(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The CloudEvent's attributes by their wire names, in the alphabetical order in which they are written."""

    audience: str
    authid: str | None = None
    causationid: str | None = None
    commandid: str
    correlationid: str | None = None
    data: msgspec.Raw
    dataschema: str | None = None
    fundingref: str | None = None
    id: str
    lab: str | None = None
    legalbasis: str | None = None
    previous: str
    purpose: str | None = None
    recordedtime: Moment
    sealed: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    sequence: str
    source: str
    specversion: str
    streamversion: int
    subject: str
    synthetic: bool = False
    time: Moment
    type: str


_envelope_decoder = msgspec.json.Decoder(Envelope)


class UnknownEventType(ValueError):  # noqa: N818 - names what happened
    """The record's type is one that this code does not know."""


def encode_data(event: object) -> bytes:
    """The event's own JSON: sorted keys, decimals and times as strings, times in UTC, no floats, nothing sealed.

    Raises: ValueError for a decimal that is no number, a time without offset, or text that UTF-8 cannot
    encode: a log would keep it for ever.
    """
    return _encoder.encode(_lasting(event))


def as_recorded(event: Any) -> Any:
    """The event as a reader of the log gets it: without sealed values."""
    sealed = sealed_fields(event.__class__)
    return replace(event, **dict.fromkeys(sealed)) if sealed else event


def sealed_of(event: Any) -> Mapping[str, Sealed]:
    """The values of an event that go into slots beside the log, by field."""
    values = {name: getattr(event, name) for name in sealed_fields(event.__class__)}
    return {name: value for name, value in values.items() if value is not None}


@cache
def sealed_fields(cls: type) -> tuple[str, ...]:
    """The fields of an event that hold personal values."""
    hints = get_type_hints(cls)
    return tuple(field.name for field in fields(cls) if Sealed in get_args(hints[field.name]))


def encode_envelope(envelope: Envelope) -> bytes:
    """The record: the exact bytes that are stored, sent and hashed."""
    return _encoder.encode(envelope)


def decode_envelope(record: bytes) -> Envelope:
    """The record's attributes, its data still undecoded.

    Raises: msgspec.DecodeError when the bytes are no record.
    """
    try:
        return _envelope_decoder.decode(record)
    except (RecursionError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(str(error)) from error


def decode(record: bytes) -> Recorded[Any]:
    """The record with its event, upcast to the newest version.

    Raises: UnknownEventType; msgspec.DecodeError or msgspec.ValidationError when the bytes are no record.
    """
    envelope = decode_envelope(record)
    return recorded(envelope, _decode_data(envelope.type, envelope.data), record)


def recorded(envelope: Envelope, data: Any, record: bytes) -> Recorded[Any]:
    """The event in this envelope, with its attributes as a reader knows them.

    Raises: msgspec.ValidationError when a position is malformed.
    """
    return Recorded(
        position=_position(envelope.sequence),
        id=envelope.id,
        source=envelope.source,
        service=envelope.type.split(".", 2)[1],
        stream=envelope.subject,
        version=envelope.streamversion,
        type=envelope.type,
        audience=envelope.audience,
        time=envelope.time,
        recorded_at=envelope.recordedtime,
        previous=_position(envelope.previous),
        command_id=envelope.commandid,
        data=data,
        record=record,
        correlation_id=envelope.correlationid,
        causation_id=envelope.causationid,
        auth_id=envelope.authid,
        lab=envelope.lab,
        synthetic=envelope.synthetic,
    )


def wire_name(event: object, service: str) -> str:
    """The CloudEvent `type` of an event in the log of `service`."""
    return type_of(type(event)).wire_name(service)


def _decode_data(type_name: str, data: msgspec.Raw) -> Any:
    registered = by_wire_name(type_name)
    try:
        if registered is not None:
            return _decoder(registered.cls).decode(data)
        name, values = newest(type_name, lambda: msgspec.json.decode(data, type=dict[str, Any]))
    except (RecursionError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(str(error)) from error
    except msgspec.MsgspecError:
        raise
    except (LookupError, AttributeError, TypeError, ValueError, ArithmeticError) as error:
        msg = f"{type_name} can't be upcast: {error}"
        raise msgspec.ValidationError(msg) from error
    registered = by_wire_name(name)
    if registered is None:
        raise UnknownEventType(type_name)
    return msgspec.convert(values, registered.cls)


@cache
def _decoder(cls: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cls)


def _lasting(value: Any) -> Any:
    """The value with its times in UTC and without sealed values; types that hold neither are skipped."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            msg = f"{value} is no moment: it has no offset"
            raise ValueError(msg)
        return value.astimezone(UTC)
    if isinstance(value, Decimal) and not value.is_finite():
        msg = f"{value} is no number"
        raise ValueError(msg)
    if isinstance(value, tuple):
        parts = tuple(_lasting(part) for part in value)
        return value if all(map(is_, parts, value)) else parts
    kind: type = type(value)
    if not is_dataclass(kind):
        return value
    before = {name: getattr(value, name) for name in _watched(kind)}
    after = {name: _lasting(part) for name, part in before.items()}
    after |= dict.fromkeys(sealed_fields(kind), msgspec.UNSET)
    return value if all(after[name] is before[name] for name in before) else replace(value, **after)


@cache
def _watched(cls: type) -> tuple[str, ...]:
    """The fields of an event, or of a part of one, that may hold times, decimals or sealed values, however deep."""
    hints = get_type_hints(cls)
    return tuple(field.name for field in fields(cls) if _wants_a_look(hints[field.name]))


def _wants_a_look(hint: Any) -> bool:
    if hint in (datetime, Decimal, Sealed):
        return True
    if isinstance(hint, type) and is_dataclass(hint):
        return bool(_watched(hint))
    return any(_wants_a_look(part) for part in get_args(hint))


def _position(text: str) -> int:
    if len(text) != POSITION_DIGITS or not (text.isascii() and text.isdigit()):
        msg = f"{text[:POSITION_DIGITS]} is no position"
        raise msgspec.ValidationError(msg)
    return int(text)


def padded(position: int) -> str:
    """A position as it stands in `sequence` and `previous`: text that sorts like the number."""
    return f"{position:0{POSITION_DIGITS}d}"
