"""What is a measure? A way to count cases, with the parts of its figure, their words and their suppression."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, TypeAlias

from services.reporting.indicators.cases import Case, cell
from services.reporting.indicators.written import Written
from services.reporting.suppression import Protects, hidden_count
from services.reporting.words import Words

VALUE = Words("Value", "Wert")
TAKEN = frozenset(
    {
        "value",
        "group",
        "suppressed",
        "suppressed_parts",
        "withheld",
        "id",
        "name",
        "indicator",
        "version",
        "unit",
    }
    | {"lab", "from", "to", "by", "cutoff", "contains_synthetic", "as_of", "since", "counted_openly"}
)
"""What an answer or its CSV has names for already."""

Measured: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a measure counted: why the public does not see it, or None; the figure; the cases behind its parts.

    A part is shown when none of its groups of cases is small.
    """

    hidden: Words | None
    figure: Measured
    parts: Mapping[str, tuple[Sequence[Case], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A number beside the value. Its name is a column of the CSV, its head one of a page's table.

    It is written as the indicator's value is, unless it says otherwise. In `head`, `{unit}` is the name of its
    quantity. A part that is not `is_tabled` stands in the JSON, the CSV and in sentences only; one that `is_optional`
    is missing where an indicator has no stricter variant.
    """

    name: str
    head: Words
    written: Written | None = Written.NUMBER
    is_tabled: bool = True
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A way to count cases. `parts` stand beside the value, in the order in which a table has them.

    `basis` is the sentence that says what the value rests on, with the parts in braces (`{unit}` is the quantity's
    name after a number); `basis_of_one` replaces it where the part `basis_counts` is 1. Without a sentence the parts
    are listed. `head` heads the value's column. `written` is None where each indicator says how its value is written.
    `reasons` are the measure's own reasons to hide a figure, beside those of the suppression policy. `counts` are the
    numbers of a figure that add up over cells and together are all cases of a cell, which the audit of published states
    protects; a rate's `denominator` counts what its numerator leaves.
    """

    name: str
    of: Callable[[Sequence[Case], Protects], Tally]
    written: Written | None
    counts: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    head: Words = VALUE
    basis: Words | None = None
    basis_of_one: Words | None = None
    basis_counts: str = ""
    reasons: tuple[Words, ...] = ()

    def __post_init__(self) -> None:
        if taken := TAKEN & set(self.shows):
            msg = (
                f"{self.name}: a part can't be called {', '.join(sorted(taken))}; an answer has that already."
            )
            raise ValueError(msg)
        if not self.counts or set(self.counts) - {"value", *self.shows}:
            msg = f"{self.name}: its counts must name numbers of its figure."
            raise ValueError(msg)
        for sentence in (self.basis, self.basis_of_one):
            if sentence is not None and (unknown := fields_of(sentence) - {*self.shows, "unit"}):
                msg = f"{self.name}: its sentence names {', '.join(sorted(unknown))}, which is no part of it."
                raise ValueError(msg)

    @property
    def shows(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(part.name for part in self.parts)

    def result(self, cases: Sequence[Case], protects: Protects, *, full: bool) -> Measured:
        """The figure of these cases as it may be shown."""
        return shown(self.of(cases, protects), protects, full=full)


def fields_of(words: Words) -> set[str]:
    """What stands in braces in these words."""
    return {name for text in words for _, name, _, _ in Formatter().parse(text) if name is not None}


def shown(tally: Tally, protects: Protects, *, full: bool) -> Measured:
    """A figure as it may be shown; `full` shows all of it and says what the public does not see."""
    if full:
        return tally.figure | ({"withheld": tally.hidden.en} if tally.hidden else {})
    if tally.hidden:
        return suppressed(tally.hidden)
    small = [name for name, groups in tally.parts.items() if any_small(groups, protects)]
    return without(tally.figure, small)


def any_small(groups: Iterable[Sequence[Case]], protects: Protects) -> bool:
    """Whether any group of cases is too small to be shown."""
    return any(hidden_count(cell(cases), protects) is not None for cases in groups)


def without(figure: Measured, parts: Sequence[str]) -> Measured:
    """The figure without some of its parts; it names them."""
    if not parts:
        return figure
    named = sorted({*parts, *figure.get("suppressed_parts", ())})
    return figure | dict.fromkeys(parts) | {"suppressed_parts": named}


def suppressed(why: Words) -> Measured:
    """What the public sees instead of a figure."""
    return {"value": None, "suppressed": why.en}
