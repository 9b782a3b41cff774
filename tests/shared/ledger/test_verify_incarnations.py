"""Do both verifiers follow a log over a restore that lost records, and only over the loss that the log tells?"""

from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from shared.ledger import verify
from shared.ledger.checkpoint import origin_of
from shared.ledger.note import Note
from tests.shared.ledger.both import said_by_both
from tests.shared.ledger.small_city import CITY_KEY, policy_of, signer
from tests.shared.ledger.spoiling import Lines, edited, records, refit, resigned

KEPT = 12
BEGUN = origin_of(CITY_KEY, "marketplace", 2)


@dataclass(frozen=True)
class Loss:
    """What an incarnation says of a loss, or not."""

    kept: int = KEPT
    signed: int = 0
    note: str = ""


def restored(out: Path, tmp_path: Path, says: Loss | None) -> list[str | Path]:
    """The log goes on in another incarnation behind KEPT records, and its first record says what was lost, or nothing.

    What the verifiers are told of it: the keys of both, and the checkpoints of before.
    """
    earlier, policy = tmp_path / "seen.txt", tmp_path / "policy.txt"
    earlier.write_bytes((out / "marketplace" / "checkpoints.txt").read_bytes())
    policy.write_text(f"log {signer(BEGUN).key}\n{policy_of()}", encoding="utf-8")

    def begun(lines: Lines) -> Lines:
        later = [line.replace(b"marketplace:1", b"marketplace:2") for line in lines[KEPT:]]
        name = "kosilab.marketplace.IncarnationBegan.v1"
        first = edited(1, type=name, data=asdict(says))(later) if says else later
        return [*lines[:KEPT], *first]

    resigned(out, begun, BEGUN)
    return ["--policy", policy, "--seen", earlier]


def newest(out: Path) -> str:
    """The text of the newest checkpoint of before."""
    return verify.notes_in(out / "marketplace" / "checkpoints.txt")[-1].text


def size_of(out: Path) -> int:
    """How many records an export has."""
    return len(records(out).read_bytes().splitlines())


def test_records_that_a_restore_lost_and_the_log_says_so_are_shown_and_no_finding(
    out: Path, tmp_path: Path
) -> None:
    lost, before = size_of(out), verify.notes_in(out / "marketplace" / "checkpoints.txt")
    loss = Loss(signed=lost, note=f"{newest(out)}\n— signed\n")
    code, lines = said_by_both(out, *restored(out, tmp_path, loss))
    assert (code, lines[-1]) == (0, "OK"), lines
    n_lost = sum(note.size > KEPT for note in before)
    assert lines[0].endswith(
        f"; incarnation 2 from 13 on, {lost - KEPT} records lost before it; {n_lost} checkpoints cover lost records"
    )


def test_where_only_a_witness_remembered_what_was_signed_its_size_is_enough(
    out: Path, tmp_path: Path
) -> None:
    assert said_by_both(out, *restored(out, tmp_path, Loss(signed=size_of(out))))[0] == 0


@pytest.mark.parametrize(("kept", "less"), [(KEPT, 1), (KEPT - 1, 0), (KEPT + 1, 0)])
def test_a_loss_that_is_not_the_one_that_was_told_is_found(
    out: Path, tmp_path: Path, kept: int, less: int
) -> None:
    arguments = restored(out, tmp_path, Loss(kept=kept, signed=size_of(out) - less))
    code, lines = said_by_both(out, *arguments)
    assert code == 1
    assert any(line.startswith("FAIL V3 marketplace 12: signed records are missing after") for line in lines)


def test_a_checkpoint_of_the_lost_records_that_is_not_the_one_that_was_signed_is_found(
    out: Path, tmp_path: Path
) -> None:
    lost = size_of(out)
    origin, size, root = newest(out).split()
    arguments = restored(
        out, tmp_path, Loss(signed=lost, note=f"{origin}\n{size}\n{root[::-1]}\n\n— signed\n")
    )
    code, lines = said_by_both(out, *arguments)
    assert (code, lines[-2]) == (1, f"FAIL V2 marketplace {lost}: the root up to this position differs")


def test_what_was_kept_must_have_the_roots_of_before(out: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "first.txt"
    earlier.write_bytes((out / "marketplace" / "checkpoints.txt").read_bytes().partition(b"\n\n0")[0] + b"\n")
    first = verify.notes_in(earlier)[0].size
    assert first <= KEPT
    arguments = restored(out, tmp_path, Loss(signed=size_of(out)))
    policy, origin = arguments[1], origin_of(CITY_KEY, "marketplace", 2)
    assert said_by_both(out, "--policy", policy, "--seen", earlier)[0] == 0
    resigned(out, edited(2, data={"title": "never"}), origin)
    code, lines = said_by_both(out, "--policy", policy, "--seen", earlier)
    assert (code, lines[-2]) == (1, f"FAIL V3 marketplace {first}: the root up to this position differs")


def test_an_export_says_itself_what_was_signed_before_the_loss(out: Path, tmp_path: Path) -> None:
    lost, checkpoints = size_of(out), out / "marketplace" / "checkpoints.txt"
    before, first = checkpoints.read_text("utf-8"), verify.notes_in(checkpoints)[0].size
    _, policy, *_ = restored(out, tmp_path, Loss(signed=lost))
    checkpoints.write_text(f"{before}{checkpoints.read_text('utf-8')}", encoding="utf-8")
    refit(out)
    code, lines = said_by_both(out, "--policy", policy)
    assert (code, lines[-1]) == (0, "OK"), lines
    assert "checkpoints cover lost records" in lines[0]
    resigned(out, edited(2, data={"title": "never"}), BEGUN)
    checkpoints.write_text(f"{before}{checkpoints.read_text('utf-8')}", encoding="utf-8")
    refit(out)
    code, lines = said_by_both(out, "--policy", policy)
    assert (code, lines[-2]) == (1, f"FAIL V3 marketplace {first}: the root up to this position differs")


def test_only_what_is_still_there_is_witnessed(out: Path, tmp_path: Path) -> None:
    sizes = [note.size for note in verify.notes_in(out / "marketplace" / "checkpoints.txt")]
    witnessed = max(size for size in sizes if size <= KEPT)
    arguments = restored(out, tmp_path, Loss(signed=size_of(out)))
    (out / "marketplace" / "checkpoints.txt").write_text(
        "\n".join(str(note) for note in [without_witness(out)]), encoding="utf-8"
    )
    refit(out)
    assert f", witnessed up to {witnessed}, " in said_by_both(out, *arguments)[1][0]


def without_witness(out: Path) -> Note:
    """The newest checkpoint as the log alone has signed it."""
    text = newest(out)
    return Note(text, (signer(BEGUN).sign(text),))


def test_an_incarnation_that_begins_and_says_nothing_is_found(out: Path, tmp_path: Path) -> None:
    code, lines = said_by_both(out, *restored(out, tmp_path, None))
    assert code == 1
    assert "FAIL V4 marketplace 13: an incarnation begins here without naming what was lost" in lines
