"""How is what was measured shown? One line per row: ours, beside what, the ratio, and whether it is what was wanted."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement: `ours` and `peer` as they are shown with their unit, `ratio` as the target is stated [1]."""

    what: str
    ours: str
    peer: str
    ratio: float
    target: str
    reached: bool
    conditions: str


def at_least(target: float, ratio: float) -> tuple[str, bool]:
    """A target that the ratio must reach: how it is written, and whether it does."""
    return f">= {target:g}x", ratio >= target


def at_most(target: float, ratio: float) -> tuple[str, bool]:
    """A target that the ratio must not exceed: how it is written, and whether it does not."""
    return f"<= {target:g}x", ratio <= target


def as_table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, the conditions below."""
    lines = ["| what | ours | beside | ratio | target | reached |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.what} | {row.ours} | {row.peer} | {row.ratio:.2f}x | {row.target} | "
        f"{'yes' if row.reached else '**no**'} |"
        for row in rows
    ]
    conditions = dict.fromkeys(row.conditions for row in rows if row.conditions)
    return "\n".join([*lines, "", *(f"- {condition}" for condition in conditions)])
