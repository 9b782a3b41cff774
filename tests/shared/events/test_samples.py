"""Does every event have a golden sample, and can today's code read what was ever written?"""

from hashlib import sha256
from pathlib import Path

import pytest

from shared.events.codec import decode, decode_envelope, encode_data, encode_envelope
from shared.events.registry import all_types, by_wire_name
from tests.shared.events.examples import EXAMPLES
from tests.shared.events.golden import FOLDER, SAMPLES, digests_in, records_in
from tests.shared.events.write_samples import write_missing

PUBLISHED = [name for name, _ in all_types()]
DIGESTS = digests_in(FOLDER)


def objections(samples: dict[str, bytes], digests: dict[str, str]) -> list[str]:
    """What was edited or lost since it was written."""
    edited = [
        f"{name} is not what was once written, but logs hold events of that form for ever: "
        "restore the line and give the event a new version (shared/events/CHANGING.md)"
        for name, record in samples.items()
        if digests.get(name) != sha256(record).hexdigest()
    ]
    lost = [f"restore {name}: logs hold events of that form for ever" for name in digests.keys() - samples]
    return [*edited, *sorted(lost)]


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_event_has_a_sample(name: str) -> None:
    assert name in SAMPLES, (
        f"{name} has no sample: give it an example in tests/shared/events/examples, then run `make golden`"
    )


def test_no_sample_is_edited_or_lost() -> None:
    assert objections(SAMPLES, DIGESTS) == []


def test_an_edited_a_lost_and_a_second_sample_are_found(tmp_path: Path) -> None:
    edited, lost = PUBLISHED[0], PUBLISHED[-1]
    samples = {**SAMPLES, edited: SAMPLES[edited].replace(b"17", b"18")}
    del samples[lost]
    assert [objection.split()[0] for objection in objections(samples, DIGESTS)] == [edited, "restore"]
    (tmp_path / "actors.ndjson").write_bytes(SAMPLES[edited] + b"\n" + SAMPLES[edited] + b"\n")
    with pytest.raises(ValueError, match="have two samples"):
        records_in(tmp_path)


def test_a_sample_lies_in_the_file_of_its_owner() -> None:
    for path in FOLDER.glob("*.ndjson"):
        for line in path.read_bytes().splitlines():
            assert decode_envelope(line).type.split(".")[1] == path.stem


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_read_as_an_event_of_today(name: str) -> None:
    read = decode(SAMPLES[name])
    assert read.type == name
    assert read.audience == decode_envelope(SAMPLES[name]).audience
    assert type(read.data) in EXAMPLES


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_sample_of_today_is_its_example_and_is_written_again_byte_for_byte(name: str) -> None:
    record = SAMPLES[name]
    registered = by_wire_name(name)
    assert registered is not None
    read = decode(record)
    assert read.data == EXAMPLES[registered.cls][1]
    assert read.audience == registered.audience
    envelope = decode_envelope(record)
    assert bytes(envelope.data) == encode_data(read.data)
    assert encode_envelope(envelope) == record


def test_the_writer_appends_what_is_missing_and_touches_nothing_else(tmp_path: Path) -> None:
    kept = b'{"type":"%s","as":"it was"}\n' % PUBLISHED[0].encode()
    (tmp_path / "actors.ndjson").write_bytes(kept)
    assert list(write_missing(tmp_path)) == PUBLISHED[1:]
    assert (tmp_path / "actors.ndjson").read_bytes().startswith(kept)
    assert list(digests_in(tmp_path)) == PUBLISHED[1:]
    assert list(write_missing(tmp_path)) == []


def test_the_writer_writes_what_the_samples_hold(tmp_path: Path) -> None:
    list(write_missing(tmp_path))
    assert records_in(tmp_path) == {name: SAMPLES[name] for name in PUBLISHED}
    assert digests_in(tmp_path) == {name: DIGESTS[name] for name in PUBLISHED}
