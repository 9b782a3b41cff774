"""Does every event have a golden sample, and can today's code read what was ever written?"""

from hashlib import sha256
from pathlib import Path

import pytest

from shared.events.codec import decode, decode_envelope, encode_data, encode_envelope
from shared.events.registry import all_types, by_wire_name
from tests.shared.events.examples import EXAMPLES
from tests.shared.events.write_samples import DIGESTS, SAMPLES, write_missing

PUBLISHED = [name for name, _ in all_types()]
FILES = sorted(SAMPLES.glob("*.json"))


def digests() -> dict[str, str]:
    """The digest that was written beside each sample, by the sample's name."""
    lines = (line.split("  ", 1) for line in DIGESTS.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in lines}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_event_has_a_sample(name: str) -> None:
    assert (SAMPLES / f"{name}.json").is_file(), (
        f"{name} has no sample: give it an example in tests/shared/events/examples, "
        "then run `python -m tests.shared.events.write_samples`"
    )


@pytest.mark.parametrize("sample", FILES, ids=lambda path: path.stem)
def test_no_sample_is_edited(sample: Path) -> None:
    written = digests().get(sample.name)
    assert written == sha256(sample.read_bytes()).hexdigest(), (
        f"{sample.name} is not what was once written, but logs hold events of that form for ever: "
        "restore the sample and give the event a new version (shared/events/CHANGING.md)"
    )


def test_no_sample_is_lost() -> None:
    lost = digests().keys() - {path.name for path in FILES}
    assert not lost, f"restore {', '.join(sorted(lost))}: logs hold events of that form for ever"


@pytest.mark.parametrize("sample", FILES, ids=lambda path: path.stem)
def test_every_sample_is_read_as_an_event_of_today(sample: Path) -> None:
    read = decode(sample.read_bytes())
    assert read.type == sample.stem
    assert read.audience == decode_envelope(sample.read_bytes()).audience
    assert type(read.data) in EXAMPLES


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_sample_of_today_is_its_example_and_is_written_again_byte_for_byte(name: str) -> None:
    record = (SAMPLES / f"{name}.json").read_bytes()
    registered = by_wire_name(name)
    assert registered is not None
    read = decode(record)
    assert read.data == EXAMPLES[registered.cls][1]
    assert read.audience == registered.audience
    envelope = decode_envelope(record)
    assert bytes(envelope.data) == encode_data(read.data)
    assert encode_envelope(envelope) == record


def test_the_writer_adds_what_is_missing_and_touches_nothing_else(tmp_path: Path) -> None:
    (tmp_path / f"{PUBLISHED[0]}.json").write_bytes(b"as it was")
    written = list(write_missing(tmp_path))
    assert written == [f"{name}.json" for name in PUBLISHED[1:]]
    assert (tmp_path / f"{PUBLISHED[0]}.json").read_bytes() == b"as it was"
    assert len((tmp_path / "DIGESTS").read_text(encoding="utf-8").splitlines()) == len(PUBLISHED) - 1
    assert list(write_missing(tmp_path)) == []


def test_the_writer_writes_what_the_samples_hold(tmp_path: Path) -> None:
    list(write_missing(tmp_path))
    for name in PUBLISHED:
        assert (tmp_path / f"{name}.json").read_bytes() == (SAMPLES / f"{name}.json").read_bytes()
