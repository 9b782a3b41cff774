"""How does an event become the one byte string that log, message, feed and auditor share, and back?

A record is one CloudEvent 1.0 in JSON, structured mode, sorted keys, UTF-8. Nobody re-serialises it.
Source: CloudEvents 1.0.2, JSON event format; architecture 5.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from shared.events.registry import by_wire_name, type_of
from shared.events.upcasts import newest
from shared.kernel.recorded import Recorded

MAX_RECORD_BYTES = 60_000
POSITION_DIGITS = 20

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
    recordedtime: datetime
    sealed: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    sequence: str
    source: str
    specversion: str
    streamversion: int
    subject: str
    synthetic: bool = False
    time: datetime
    type: str


_envelope_decoder = msgspec.json.Decoder(Envelope)


class UnknownEventType(ValueError):  # noqa: N818 - says what happened
    """The record's type is one that this code does not know."""


def encode_data(event: object) -> bytes:
    """The event's own JSON: sorted keys, decimals and times as strings, no floats."""
    return _encoder.encode(event)


def encode_envelope(envelope: Envelope) -> bytes:
    """The record: exactly these bytes are stored, sent and hashed."""
    return _encoder.encode(envelope)


def decode_envelope(record: bytes) -> Envelope:
    """The record's attributes, its data still undecoded.

    Raises: msgspec.DecodeError when the bytes are no record.
    """
    return _envelope_decoder.decode(record)


def decode(record: bytes) -> Recorded:
    """The record with its event, upcast to the newest version.

    Raises: UnknownEventType; msgspec.DecodeError or msgspec.ValidationError when the bytes are no record.
    """
    envelope = _envelope_decoder.decode(record)
    return recorded(envelope, _decode_data(envelope.type, envelope.data), record)


def recorded(envelope: Envelope, data: Any, record: bytes) -> Recorded:
    """What a reader knows of the event in this envelope."""
    return Recorded(
        position=int(envelope.sequence),
        id=envelope.id,
        source=envelope.source,
        service=envelope.type.split(".", 2)[1],
        stream=envelope.subject,
        version=envelope.streamversion,
        type=envelope.type,
        audience=envelope.audience,
        time=envelope.time,
        recorded_at=envelope.recordedtime,
        previous=int(envelope.previous),
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
    known = by_wire_name(type_name)
    if known is not None:
        return _decoder(known.cls).decode(data)
    name, fields = newest(type_name, lambda: msgspec.json.decode(data))
    known = by_wire_name(name)
    if known is None:
        raise UnknownEventType(type_name)
    return msgspec.convert(fields, known.cls, strict=False)


@cache
def _decoder(cls: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cls)


def padded(position: int) -> str:
    """A position as it stands in `sequence` and `previous`: text that sorts like the number."""
    return f"{position:0{POSITION_DIGITS}d}"


def attributes_of(envelope: Envelope) -> Mapping[str, Any]:
    """The envelope's attributes as JSON knows them, for display."""
    decoded: Mapping[str, Any] = msgspec.json.decode(encode_envelope(envelope))
    return decoded
