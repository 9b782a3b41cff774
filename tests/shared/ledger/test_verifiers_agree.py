"""Do both verifiers say the same, word for word, of whatever becomes of an export? Neither breaks off in a fright."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any, TypeAlias

from tests.shared.ledger.both import said_by_both
from tests.shared.ledger.spoiling import Lines, records, refit, resigned

N_EXPORTS = 60  # some thousand were tried when the verifiers were written
VALUES: tuple[Any, ...] = (None, "", "x", "e4a5", 0, -1, 7, [], {}, ["x"], {"x": 1}, f"{3:020d}")
Spoil: TypeAlias = Callable[[Path, random.Random], None]


def any_file(out: Path, chance: random.Random) -> Path:
    """One of the files."""
    return chance.choice(sorted(path for path in out.rglob("*") if path.is_file()))


def damage_bytes(out: Path, chance: random.Random) -> None:
    """Some bytes of a file are others, or gone, or there twice."""
    path = any_file(out, chance)
    raw = path.read_bytes()
    at, n = chance.randrange(len(raw) + 1), chance.choice((1, 1, 3, 40, 400))
    replacement = chance.choice((b"", raw[at : at + n] * 2, chance.randbytes(n), b"\n", b"0"))
    path.write_bytes(raw[:at] + replacement + raw[at + n :])
    if chance.random() < 0.7:
        refit_if_possible(out)


def damage_lines(out: Path, chance: random.Random) -> None:
    """Lines of a file stand elsewhere, are gone, or come again."""
    path = any_file(out, chance)
    lines = path.read_bytes().split(b"\n")
    at = chance.randrange(len(lines))
    moved = chance.choice(([], [lines[at]] * 2, [lines[at], chance.choice(lines)]))
    path.write_bytes(b"\n".join([*lines[:at], *moved, *lines[at + 1 :]]))
    if chance.random() < 0.7:
        refit_if_possible(out)


def move_files(out: Path, chance: random.Random) -> None:
    """A file is gone, or another's."""
    first, other = any_file(out, chance), any_file(out, chance)
    if first == other:
        first.unlink()
    else:
        other.write_bytes(first.read_bytes())
    if chance.random() < 0.7:
        refit_if_possible(out)


def refit_if_possible(out: Path) -> None:
    """Have the manifest agree with the files, where there still is one."""
    try:
        refit(out)
    except (OSError, ValueError, TypeError, LookupError):
        return


def changed(value: Any, chance: random.Random) -> Any:
    """A value in which something, somewhere inside, is another one, or gone."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(sorted(value))
        if chance.random() < 0.1:
            return {other: content for other, content in value.items() if other != name}
        return value | {name: changed(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return [*value[:at], changed(value[at], chance), *value[at + 1 :]]
    return chance.choice(VALUES)


def change_a_record(out: Path, chance: random.Random) -> None:
    """A record says something of another kind, and all hashes and signatures fit."""

    def change(lines: Lines) -> Lines:
        telling = [n for n, line in enumerate(lines) if b"sealed" in line or b"SlotsErased" in line]
        at = chance.choice([*telling, *telling, chance.randrange(len(lines))])
        return [*lines[:at], rewritten(lines[at], chance), *lines[at + 1 :]]

    resigned(out, change)


def begin_an_incarnation(out: Path, chance: random.Random) -> None:
    """Somewhere an incarnation begins, or two, which say something of what was lost."""
    at, n = chance.randrange(1, 30), chance.choice((1, 1, 2))
    origin = f"05124000.kosilab/marketplace/{chance.choice((1, 2, 2))}"
    note = chance.choice(("", f"{origin[:-1]}1\n32\n{'A' * 43}=\n\n— x AAAA\n"))
    loss = {"kept": chance.choice((at, at - 1)), "signed": chance.choice((32, 31, at, 0)), "note": note}

    def change(lines: Lines) -> Lines:
        later = [line.replace(b"marketplace:1", b"marketplace:2") for line in lines[at:]]
        for place in range(n):
            event = json.loads(later[place])
            event |= {"type": "kosilab.marketplace.IncarnationBegan.v1", "data": loss}
            line = json.dumps(event, sort_keys=True).encode()
            later[place] = rewritten(line, chance) if chance.random() < 0.3 else line
        return [*lines[:at], *later]

    with (out / "policy.txt").open("a", encoding="utf-8") as file:
        file.write(
            (out / "policy.txt").read_text(encoding="utf-8").split("\n")[0].replace("/1+", "/2+") + "\n"
        )
    resigned(out, change, origin)


def change_a_slot(out: Path, chance: random.Random) -> None:
    """A line of the slots says something of another kind."""
    path = out / "marketplace" / "slots-000001.ndjson"
    path.write_bytes(rewritten(path.read_bytes(), chance) + b"\n")
    refit(out)


def change_the_manifest(out: Path, chance: random.Random) -> None:
    """The manifest says something of another kind."""
    path = out / "manifest.json"
    path.write_bytes(rewritten(path.read_bytes(), chance))


def rewritten(line: bytes, chance: random.Random) -> bytes:
    """A line of JSON with something else in it."""
    return json.dumps(changed(json.loads(line), chance), sort_keys=True).encode()


SPOILS: tuple[Spoil, ...] = (
    damage_bytes,
    damage_lines,
    move_files,
    change_a_record,
    begin_an_incarnation,
    change_a_slot,
    change_the_manifest,
)


def spoilt_and_judged(whole: Path, place: Path, seed: int) -> int:
    """Spoil a copy in some way and have both judge it; the exit code."""
    chance = random.Random(seed)
    copytree(whole, place)
    SPOILS[seed % len(SPOILS)](place, chance)
    earlier = whole / "marketplace" / "checkpoints.txt"
    options: list[str | Path] = ["--with-slots"] if chance.random() < 0.5 else []
    options += ["--seen", earlier] if chance.random() < 0.5 else []
    code, _ = said_by_both(place, *options)
    rmtree(place)
    return code


def test_of_spoilt_exports_both_say_the_same(out: Path, tmp_path: Path) -> None:
    assert records(out).is_file()
    codes = [spoilt_and_judged(out, tmp_path / "spoilt", seed) for seed in range(N_EXPORTS)]
    assert codes.count(1) > 0.8 * N_EXPORTS
