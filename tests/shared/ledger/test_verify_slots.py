"""Is each sealed slot that is missing, or another one, found unless its erasure was asked for? Both are asked."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.shared.ledger.both import said_by_both
from tests.shared.ledger.small_city import policy_of
from tests.shared.ledger.spoiling import Lines, records, refit, resigned


def size_of(out: Path) -> int:
    """How many records an export has."""
    return len(records(out).read_bytes().splitlines())


def test_a_slot_that_is_gone_without_an_erasure_is_found(out: Path) -> None:
    (out / "marketplace" / "slots-000001.ndjson").write_bytes(b"")
    refit(out)
    code, lines = said_by_both(out)
    position = size_of(out) - 1
    assert (code, lines[-2]) == (
        1,
        f"FAIL V5 marketplace {position}: a sealed slot is missing without an erasure",
    )


def test_an_erasure_that_nobody_asked_for_is_found(out: Path) -> None:
    resigned(out, lambda lines: [line.replace(b'"e4a5"', b'"e4a6"') for line in lines])
    code, lines = said_by_both(out)
    assert (code, lines[-2]) == (
        1,
        f"FAIL V5 marketplace {size_of(out)}: slots are erased here without a request",
    )


def test_a_request_counts_in_the_log_of_actors_only(out: Path) -> None:
    def forged(lines: Lines) -> Lines:
        return [
            line.replace(b'"e4a5"', b'"e4a6"').replace(b".OfferPosted.", b".ErasureRequested.")
            for line in lines
        ]

    resigned(out, forged)
    assert any("without a request" in line for line in said_by_both(out)[1])


def test_without_the_log_of_actors_it_is_said_that_requests_cannot_be_looked_for(
    out: Path, tmp_path: Path
) -> None:
    shutil.rmtree(out / "actors")
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest["logs"] = [log for log in manifest["logs"] if log["service"] != "actors"]
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    refit(out)
    policy = tmp_path / "policy.txt"
    policy.write_text(policy_of(["marketplace"]), encoding="utf-8")
    code, lines = said_by_both(out, "--policy", policy)
    assert (code, lines[1:]) == (
        0,
        ["export: without the log of actors, requests for erasures cannot be checked", "OK"],
    )


def test_an_erased_slot_that_is_still_there_is_found(out: Path) -> None:
    path = out / "marketplace" / "slots-000001.ndjson"
    slot = json.loads(path.read_bytes())
    back = slot | {"name": "contact", "ct": sha256(b"made up").hexdigest()}
    path.write_text(f"{json.dumps(slot)}\n{json.dumps(back)}\n", encoding="utf-8")
    refit(out)
    assert any("an erased slot is still there or never existed" in line for line in said_by_both(out)[1])


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ({"ct": "0" * 64}, []),
        ({"sealed": "AAAA"}, ["--with-slots"]),
        ({"name": "other"}, []),
        ({"position": 1}, []),
    ],
)
def test_a_slot_that_is_not_the_one_in_the_record_is_found(
    out: Path, change: dict[str, Any], options: list[str]
) -> None:
    path = out / "marketplace" / "slots-000001.ndjson"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change) + "\n", encoding="utf-8")
    refit(out)
    code, lines = said_by_both(out, *options)
    assert code == 1
    assert any("the slot differs from the one that the record names" in line for line in lines)


def test_ciphertexts_are_looked_at_only_when_asked_for(out: Path) -> None:
    path = out / "marketplace" / "slots-000001.ndjson"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"sealed": "AAAA"}) + "\n", encoding="utf-8")
    refit(out)
    assert said_by_both(out)[0] == 0
