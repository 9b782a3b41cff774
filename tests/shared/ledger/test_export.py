"""Is an export whole or not there, whatever stops it, and does it overwrite nothing?"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared.ledger.export as exporting
from shared.ledger.export import ExportRefused, export
from tests.shared.ledger.both import said_by_one
from tests.shared.ledger.small_city import SmallCity, small_city


@pytest.fixture
def city(tmp_path: Path) -> Iterator[SmallCity]:
    """A city that has lived a little."""
    with small_city(tmp_path / "city") as city:
        yield city


def contents(directory: Path) -> dict[str, bytes]:
    """Every file."""
    files = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def test_an_export_holds_the_records_byte_for_byte_a_line_each(city: SmallCity, tmp_path: Path) -> None:
    city.export(tmp_path / "out")
    for service, log in city.logs.items():
        lines = (tmp_path / "out" / service / "records-000001.ndjson").read_bytes().split(b"\n")
        assert lines == [*(stored.record for stored in log.store.log.read()), b""]


def test_an_export_ends_where_the_last_checkpoint_does(city: SmallCity, tmp_path: Path) -> None:
    size = city["marketplace"].store.log.head().position
    city["marketplace"].append(3)
    city.export(tmp_path / "out")
    logs = json.loads((tmp_path / "out" / "manifest.json").read_bytes())["logs"]
    assert [log["size"] for log in logs if log["service"] == "marketplace"] == [size]
    assert said_by_one(tmp_path / "out")[0] == 0


def test_ciphertexts_are_in_it_only_when_asked_for(city: SmallCity, tmp_path: Path) -> None:
    log = city["actors"]
    log.write("person-1", [log.draft(name="PersonRegistered", slots=[("contact", b"made up")])])
    log.sign()
    city.export(tmp_path / "out")
    city.export(tmp_path / "with", with_slots=True)
    assert b'"sealed": ' not in contents(tmp_path / "out")["actors/slots-000001.ndjson"]
    assert said_by_one(tmp_path / "out")[0] == 0
    assert said_by_one(tmp_path / "with", "--with-slots")[0] == 0
    code, lines = said_by_one(tmp_path / "out", "--with-slots")
    assert code == 1
    assert "FAIL V5 actors -: a line is not a slot, or lacks its ciphertext" in lines


@pytest.mark.apart
def test_many_segments_are_as_good_as_one(
    city: SmallCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city["marketplace"].append(400)
    city["marketplace"].sign()
    monkeypatch.setattr(exporting, "SEGMENT", 256)
    monkeypatch.setattr(exporting, "PAGE", 100)
    monkeypatch.setattr("shared.ledger.verify.SEGMENT", 256)
    city.export(tmp_path / "out")
    assert len([name for name in contents(tmp_path / "out") if "marketplace/records" in name]) > 2
    code, lines = said_by_one(tmp_path / "out")
    assert (code, lines[-1]) == (0, "OK")


@pytest.mark.parametrize("stop_at", range(1, 14))
def test_an_export_that_was_stopped_goes_on_and_ends_alike(
    city: SmallCity, tmp_path: Path, stop_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.export(tmp_path / "whole")
    written = 0
    whole_rename = Path.rename

    class Stopped(Exception):  # noqa: N818 - says what happened
        """The process is killed here."""

    def rename(self: Path, target: Path) -> Path:
        nonlocal written
        written += 1
        if written == stop_at:
            raise Stopped
        return whole_rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(Stopped):
            city.export(tmp_path / "out")
    code, _ = said_by_one(tmp_path / "out")
    assert code == 1
    there = {path: path.stat().st_ino for path in (tmp_path / "out").rglob("*.*") if path.suffix != ".part"}
    if stop_at > 1:  # the plan was there: what happens meanwhile is for the next export
        city["marketplace"].append(2)
        city["marketplace"].sign()
    city.export(tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    kept = {path: inode for path, inode in there.items() if path.name != "unfinished.json"}
    assert {path: path.stat().st_ino for path in kept} == kept


def test_progress_is_told(city: SmallCity, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    sources = [log.source() for log in city.logs.values()]
    total = export(sources, tmp_path / "out", city.policy, progress=lambda done, of: steps.append((done, of)))
    assert steps[-1] == (total, total)
    assert len(steps) == len(sources)


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(city: SmallCity, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportRefused, match="is not empty"):
        city.export(tmp_path / "out")
    assert contents(tmp_path / "out") == {"mine.txt": b"mine"}


def test_a_finished_export_is_not_written_over(city: SmallCity, tmp_path: Path) -> None:
    city.export(tmp_path / "out")
    before = contents(tmp_path / "out")
    with pytest.raises(ExportRefused, match="is not empty"):
        city.export(tmp_path / "out")
    assert contents(tmp_path / "out") == before


def test_a_file_in_the_place_of_the_folder_is_refused(city: SmallCity, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportRefused, match="is not empty"):
        city.export(tmp_path / "out")


def test_the_unfinished_export_of_another_history_is_refused(city: SmallCity, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    plan = {
        "logs": [{"origin": "05913000.kosilab/actors/1", "service": "actors", "size": 3}],
        "with_slots": False,
    }
    (tmp_path / "out" / "unfinished.json").write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises(ExportRefused, match="of another history"):
        city.export(tmp_path / "out")


def test_a_log_without_a_checkpoint_is_refused_and_an_empty_one_is_not(tmp_path: Path) -> None:
    city = SmallCity(tmp_path / "city", ["marketplace"])
    city.export(tmp_path / "empty")
    assert said_by_one(tmp_path / "empty") == (
        0,
        ["marketplace: 0 records, 0 checkpoints, witnessed up to 0, 0 sealed slots, 0 erased", "OK"],
    )
    city["marketplace"].append(1)
    with pytest.raises(ExportRefused, match="has no checkpoint yet"):
        city.export(tmp_path / "out")
    city.close()


def test_lost_hashes_make_an_export_that_says_so(city: SmallCity, tmp_path: Path) -> None:
    city["marketplace"].store.shelf.clear_tiles()
    city.export(tmp_path / "out")
    code, lines = said_by_one(tmp_path / "out")
    assert code == 1
    assert any(
        line.startswith("FAIL V2 marketplace 1: the record does not match its stored hash") for line in lines
    )
