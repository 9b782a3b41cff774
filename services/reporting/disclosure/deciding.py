"""What does a state show of one indicator? A new figure, the last one with its date, or none.

What open events tell to anybody who counts them is shown, with `counted_openly` where it is small.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from services.reporting.disclosure.cells import CellKey
from services.reporting.disclosure.table import Dated, Past, Table
from services.reporting.indicators.cases import Case
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured, any_small
from services.reporting.suppression import Protects
from shared.events.registry import Audience, type_of

OPENLY = "counted_openly"
"""The mark of a small figure that is shown because open events tell it."""


def is_told_openly(indicator: Indicator) -> bool:
    """Whether open events alone feed a figure that is not about persons: whoever counts them has it."""
    audiences = {type_of(event).audience for event in indicator.events}
    return indicator.protects != Protects.PERSONS and audiences == {Audience.OPEN}


def decided(
    indicator: Indicator,
    cases: Mapping[CellKey, Sequence[Case]],
    on: date,
    past: Sequence[Past],
    *,
    is_audited: bool = True,
) -> dict[CellKey, Dated]:
    """The figure of each cell, and the date of the state from which it stands."""
    if is_told_openly(indicator):
        return {key: (_openly(indicator, each), on) for key, each in cases.items()}
    labs = {key.lab for key in cases} - {None}
    if len(labs) == 1:
        return _of_one_lab(indicator, cases, on, past, is_audited=is_audited)
    table = Table(indicator, cases, past)
    hidden = table.hidden | table.further() if is_audited else table.hidden
    return {key: table.dated(key, hidden, on) for key in table.cells}


def _of_one_lab(
    indicator: Indicator,
    cases: Mapping[CellKey, Sequence[Case]],
    on: date,
    past: Sequence[Past],
    *,
    is_audited: bool,
) -> dict[CellKey, Dated]:
    """Where there is one lab, its figures are those of all."""
    figures = decided(
        indicator,
        {key: each for key, each in cases.items() if key.lab is None},
        on,
        [
            Past(state.on, {key: each for key, each in state.figures.items() if key.lab is None})
            for state in past
        ],
        is_audited=is_audited,
    )
    return {key: figures[replace(key, lab=None)] for key in cases}


def _openly(indicator: Indicator, cases: Sequence[Case]) -> Measured:
    tally = indicator.measure.of(cases, indicator.protects)
    is_small = tally.hidden is not None or any(
        any_small(groups, indicator.protects) for groups in tally.parts.values()
    )
    return tally.figure | {OPENLY: True} if is_small else tally.figure
