"""What does a state show of one indicator? A new figure, the last one with its date, or none.

What open events tell to anybody who counts them is shown, with `counted_openly` where it is small.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias, TypeVar

from msgspec.structs import replace

from services.reporting.disclosure.alternatives import Alternatives, nothing_published
from services.reporting.disclosure.cells import CellKey
from services.reporting.disclosure.quantities import anatomies_of, numbers_of
from services.reporting.disclosure.table import Dated, ShownBefore, Table
from services.reporting.indicators.cases import Case
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured, any_small, suppressed
from services.reporting.suppression import NOT_SHOWN, Protects
from shared.events.registry import Audience, type_of

T = TypeVar("T")
Cells: TypeAlias = Mapping[CellKey, Sequence[Case]]
Figures: TypeAlias = Mapping[CellKey, Dated]

OPENLY = "counted_openly"
"""The mark of a small figure that is shown because open events tell it."""


class Past(NamedTuple):
    """What all earlier states showed of an indicator, and what else could be true for whoever read them.

    `lab` is the only lab that there was, None where there were several.
    """

    shown: ShownBefore
    last: Figures
    alternatives: Sequence[Alternatives]
    lab: str | None


class Decided(NamedTuple):
    """The figure of each cell, with the date of the state from which it stands; and the past of the next state."""

    figures: Figures
    past: Past


def is_told_openly(indicator: Indicator) -> bool:
    """Whether open events alone feed a figure that is not about persons: whoever counts them has it."""
    audiences = {type_of(event).audience for event in indicator.events}
    return indicator.protects != Protects.PERSONS and audiences == {Audience.OPEN}


def no_past(indicator: Indicator) -> Past:
    """What there is before the first state."""
    return Past({}, {}, tuple(map(nothing_published, anatomies_of(indicator))), None)


def decided(indicator: Indicator, cases: Cells, on: date, past: Past, *, is_audited: bool = True) -> Decided:
    """What is shown of an indicator, beside all that was shown of it."""
    if is_told_openly(indicator):
        return Decided({key: (_openly(indicator, each), on) for key, each in cases.items()}, past)
    cases, labs, past = _without_only_lab(cases, past)
    table = Table(indicator, cases, past.shown)
    alternatives, hidden = past.alternatives, table.hidden
    if is_audited:
        audits = table.audits(alternatives)
        hidden |= table.further(audits)
        shown = table.shown_with(hidden)
        alternatives = [audit.after(shown) for audit in audits]
    figures = {
        key: table.dated(key, hidden, on) or past.last.get(key, (suppressed(NOT_SHOWN), on))
        for key in table.cells
    }
    return Decided(_with_labs(figures, labs), _remembered(indicator, figures, on, past, alternatives))


def followed(indicator: Indicator, cases: Cells, on: date, figures: Figures, past: Past) -> Past:
    """The past of the next state after one that was published with these figures."""
    if is_told_openly(indicator):
        return past
    cases, _, past = _without_only_lab(cases, past)
    figures = {key: each for key, each in figures.items() if key in cases}
    table = Table(indicator, cases, past.shown)
    shown = frozenset(
        (key, name)
        for key, (figure, since) in figures.items()
        if since == on
        for name in numbers_of(indicator, figure)
    )
    audits = table.audits(past.alternatives)
    for audit in audits:
        for narrow in audit.narrow(shown):
            audit.accept(narrow)
    return _remembered(indicator, figures, on, past, [audit.after(shown) for audit in audits])


def _remembered(
    indicator: Indicator, figures: Figures, on: date, past: Past, alternatives: Sequence[Alternatives]
) -> Past:
    new = {key: dated for key, dated in figures.items() if dated[1] == on and "suppressed" not in dated[0]}
    numbers = {key: (*past.shown.get(key, ()), numbers_of(indicator, dated[0])) for key, dated in new.items()}
    return past._replace(
        shown={**past.shown, **numbers}, last={**past.last, **new}, alternatives=alternatives
    )


# --- labs ----------------------------------------------------------------------------------------------------
def _without_only_lab(cases: Cells, past: Past) -> tuple[Cells, frozenset[str], Past]:
    """Where there is one lab, its cells are those of all; once there is a second, each has a past of its own."""
    labs = frozenset(key.lab for key in cases if key.lab is not None)
    if len(labs) == 1:
        (lab,) = labs
        return {key: each for key, each in cases.items() if key.lab is None}, labs, past._replace(lab=lab)
    if past.lab is not None:
        past = _with_past_of_lab(past, past.lab)
    return cases, frozenset(), past


def _with_past_of_lab(past: Past, lab: str) -> Past:
    return Past(
        shown=_with_labs(past.shown, [lab]),
        last=_with_labs(past.last, [lab]),
        alternatives=[
            each._replace(
                numbers=_with_labs(each.numbers, [lab]),
                at={**each.at, **{(replace(key, lab=lab), name): at for (key, name), at in each.at.items()}},
            )
            for each in past.alternatives
        ],
        lab=None,
    )


def _with_labs(of_all: Mapping[CellKey, T], labs: Iterable[str]) -> dict[CellKey, T]:
    """The same for these labs, too."""
    return {**of_all, **{replace(key, lab=lab): each for lab in labs for key, each in of_all.items()}}


def _openly(indicator: Indicator, cases: Sequence[Case]) -> Measured:
    tally = indicator.measure.of(cases, indicator.protects)
    is_small = tally.hidden is not None or any(
        any_small(groups, indicator.protects) for groups in tally.parts.values()
    )
    return tally.figure | {OPENLY: True} if is_small else tally.figure
