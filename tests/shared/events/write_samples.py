"""Append the golden samples that are missing: `make golden`.

It never touches a line that exists; how an event changes: shared/events/CHANGING.md.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

import shared.events.all  # noqa: F401 - registers every event
from shared.events.codec import Envelope, encode_data, encode_envelope, padded
from shared.events.registry import Audience, EventType, all_types
from shared.kernel.identity import derived_id
from tests.shared.events.examples import EXAMPLES
from tests.shared.events.golden import FOLDER, records_in

HAPPENED_AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
LEARNT_AT = datetime(2026, 1, 15, 9, 30, 0, 250_000, tzinfo=UTC)


def record_of(wire_name: str, registered: EventType) -> bytes:
    """A complete record of the example of this event.

    Raises: KeyError when tests/shared/events/examples has none.
    """
    stream, event = EXAMPLES[registered.cls]
    service = wire_name.split(".")[1]
    envelope = Envelope(
        audience=registered.audience,
        authid="coordinator" if registered.audience == Audience.OPEN else "organisation:5b1d",
        commandid=derived_id("sample", "command", wire_name),
        correlationid=derived_id("sample", "correlation", wire_name),
        data=msgspec.Raw(encode_data(event)),
        id=derived_id("sample", "event", wire_name),
        previous=padded(15),
        recordedtime=LEARNT_AT,
        sequence=padded(17),
        source=f"urn:kosilab:05124000:{service}:1",
        specversion="1.0",
        streamversion=1,
        subject=stream,
        synthetic=True,
        time=HAPPENED_AT,
        type=wire_name,
    )
    return encode_envelope(envelope)


def write_missing(folder: Path) -> Iterator[str]:
    """Append the samples that `folder` lacks, each with its digest; the wire names of those written."""
    written = records_in(folder)
    for wire_name, registered in all_types():
        if wire_name in written:
            continue
        record = record_of(wire_name, registered)
        with (folder / f"{wire_name.split('.')[1]}.ndjson").open("ab") as samples:
            samples.write(record + b"\n")
        with (folder / "DIGESTS").open("a", encoding="utf-8") as digests:
            digests.write(f"{sha256(record).hexdigest()}  {wire_name}\n")
        yield wire_name


if __name__ == "__main__":
    for name in write_missing(FOLDER):
        print(f"{name} written")
