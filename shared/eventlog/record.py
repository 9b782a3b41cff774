"""How does a draft become the record, once the log knows its position?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from shared.eventlog.port import Draft, RecordTooLarge, StoredRecord
from shared.events.codec import MAX_RECORD_BYTES, Envelope, encode_envelope, padded

DRAFTED = frozenset(
    (
        "authid",
        "causationid",
        "correlationid",
        "fundingref",
        "lab",
        "legalbasis",
        "purpose",
        "sealed",
        "synthetic",
    )
)
"""The attributes that a draft may have; the log sets the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place of a record: the attributes that the log adds to the draft."""

    position: int
    previous: int
    stream: str
    version: int
    command_id: str
    recorded_at: datetime
    source: str


class EventRow(NamedTuple):
    """One line of the table `event`."""

    position: int
    event_id: str
    stream: str
    version: int
    type: str
    audience: str
    recorded_at: datetime
    command_id: str
    record: bytes

    def stored(self) -> StoredRecord:
        """The line as a reader gets it."""
        return StoredRecord(
            position=self.position,
            record=self.record,
            type=self.type,
            audience=self.audience,
            stream=self.stream,
        )


def source_of(city_key: str, service: str, incarnation: int) -> str:
    """The CloudEvent `source` of a log."""
    return f"urn:kosilab:{city_key}:{service}:{incarnation}"


def schema_of(type_name: str) -> str:
    """The CloudEvent `dataschema`: the name of the type's JSON schema, an absolute URI that no host name is part of.

    `kosilab.actors.OrganisationRegistered.v1` has `urn:kosilab:schema:kosilab.actors.OrganisationRegistered:1`. Records
    of earlier versions of this program hold the path instead; both name the same schema.
    Source: CloudEvents 1.0.2, dataschema.
    """
    name, _, version = type_name.rpartition(".v")
    return f"urn:kosilab:schema:{name}:{version}"


def schema_path_of(type_name: str) -> str:
    """The path at which every city answers with the schema: `/schemas/kosilab.actors.OrganisationRegistered/1.json`."""
    name, _, version = type_name.rpartition(".v")
    return f"/schemas/{name}/{version}.json"


def row_of(draft: Draft, place: Place) -> EventRow:
    """The line of the table, with the record's bytes.

    Raises: RecordTooLarge; ValueError for an attribute that a draft may not have, or a time without offset.
    """
    record = encode_envelope(_envelope(draft, place))
    if len(record) > MAX_RECORD_BYTES:
        msg = f"{draft.type} would be {len(record)} bytes, more than {MAX_RECORD_BYTES}"
        raise RecordTooLarge(msg)
    return EventRow(
        place.position,
        draft.id,
        place.stream,
        place.version,
        draft.type,
        draft.audience,
        place.recorded_at,
        place.command_id,
        record,
    )


def _envelope(draft: Draft, place: Place) -> Envelope:
    if draft.time.tzinfo is None:
        msg = f"{draft.time} is no moment: it has no offset"
        raise ValueError(msg)
    brought: dict[str, Any] = dict(draft.attributes)
    if not DRAFTED.issuperset(brought):
        msg = f"a draft does not bring {', '.join(sorted(set(brought) - DRAFTED))}"
        raise ValueError(msg)
    if "sealed" in brought:
        brought["sealed"] = msgspec.Raw(brought["sealed"].encode())
    return Envelope(
        audience=draft.audience,
        commandid=place.command_id,
        data=msgspec.Raw(draft.data),
        dataschema=schema_of(draft.type),
        id=draft.id,
        previous=padded(place.previous),
        recordedtime=place.recorded_at,
        sequence=padded(place.position),
        source=place.source,
        specversion="1.0",
        streamversion=place.version,
        subject=place.stream,
        time=draft.time.astimezone(UTC),
        type=draft.type,
        **brought,
    )
