"""Does nobody recover a small number from the states of three years, each of which narrows what earlier ones hid?"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import pytest

from services.reporting.disclosure.deciding import decided, no_past
from services.reporting.disclosure.state import CellKey, State, periods_of
from services.reporting.indicators.cases import Case
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.suppression import POLICY
from shared.kernel.calendar_months import months_after
from tests.few import one_in
from tests.reporting.attack import Cell, as_json, intervals, recovered

BEGINS = date(2023, 12, 1)
N_STATES = 36
NEEDS, PLACEMENTS = "time_to_match", "placements_started"
Month = int


@pytest.fixture
def n_states(request: pytest.FixtureRequest) -> int:
    """How many states are made: a few at a first look."""
    return N_STATES // one_in(request.config)


def month_end(month: Month) -> date:
    return months_after(BEGINS, month + 1) - timedelta(days=1)


def cases_of(name: str) -> list[tuple[Month, Month, Case]]:
    """Cases with the month of their day, the month in which they have a value, and what they are then."""
    chance = random.Random(7)
    cases = []
    for month in range(N_STATES):
        for number in range(chance.randint(0, 9)):
            settles = month + chance.choice((0, 1, 1, 2, 5, N_STATES))
            group = chance.choice(("a", "a", "a", "b", "c"))
            groups = {"category": group, "district": None} if name == NEEDS else {"form": group}
            organisation = f"{month}-{number}"
            case = Case(on=months_after(BEGINS, month), organisations=(organisation,), groups=groups)
            cases.append((month, settles, case))
    return cases


def as_of(name: str, case: Case, settles: Month, now: Month) -> Case:
    """A need as it is in a month: with the days that it waited, once it is matched."""
    if name != NEEDS or settles > now:
        return case
    return Case(on=case.on, value=30 * (settles + 1), organisations=case.organisations, groups=case.groups)  # type: ignore[arg-type]  # a whole number does


def cells_of(name: str, counted: Sequence[Case]) -> dict[CellKey, list[Case]]:
    """The cases of every calendar cell."""
    cells: dict[CellKey, list[Case]] = {}
    for case in counted:
        year, quarter, month = periods_of(case.on)
        keys = [CellKey(name, 1, period) for period in ("all", year, quarter, month)]
        by = "category" if name == NEEDS else "form"
        keys += [CellKey(name, 1, period, None, by, case.groups[by]) for period in ("all", year)]
        for key in keys:
            cells.setdefault(key, []).append(case)
    return cells


@cache
def three_years(
    name: str, n_states: int, *, is_audited: bool
) -> tuple[list[State], dict[tuple[date, Cell, str], int]]:
    """The states of three years as they are published, and the true numbers."""
    indicator, past = INDICATORS[name], no_past(INDICATORS[name])
    states, true = [], Counter[tuple[date, Cell, str]]()
    for now in range(n_states):
        on = month_end(now)
        counted = [as_of(name, case, at, now) for month, at, case in cases_of(name) if month <= now]
        cells = cells_of(name, counted)
        figures, past = decided(indicator, cells, on, past, is_audited=is_audited)
        measured = {key: figure for key, (figure, _) in figures.items()}
        since = {key: day for key, (_, day) in figures.items()}
        states.append(State(on=on, policy=POLICY.version, cells=measured, since=since))
        for key, each in cells.items():
            cell: Cell = (key.period, key.lab, key.by, key.group)
            true[on, cell, "value"] = len(each)
            true[on, cell, "cases"] = sum(case.value is not None for case in each)
            true[on, cell, "open"] = sum(case.value is None for case in each)
    return states, true


def n_recovered(name: str, n_states: int, *, is_audited: bool) -> int:
    """How many small numbers somebody recovers who reads all states, and counts what open events tell."""
    states, true = three_years(name, n_states, is_audited=is_audited)
    openly: dict[tuple[str, Cell], int] = {}
    parts: tuple[str, ...] = ("value",)
    if name == NEEDS:
        parts = ("cases", "open")
        openly = {(on.isoformat(), cell): n for (on, cell, part), n in true.items() if part == "value"}
    narrowed = intervals(as_json(states), name, parts, openly, growing=parts[:1])
    least = POLICY.least(INDICATORS[name].protects)
    assert all(
        low <= true[date.fromisoformat(on), cell, part] <= high
        for (on, cell, part), (low, high) in narrowed.items()
    )
    return len(recovered(narrowed, true, least))


@pytest.mark.parametrize("name", [PLACEMENTS, NEEDS])
def test_with_the_audit_nothing_is_recovered_from_any_state(name: str, n_states: int) -> None:
    assert n_recovered(name, n_states, is_audited=True) == 0


def test_without_the_audit_much_is(n_states: int) -> None:
    assert n_recovered(PLACEMENTS, n_states, is_audited=False) > 0


def test_no_difference_of_two_answers_is_small(n_states: int) -> None:
    """Whoever subtracts a cell from one that holds it, or from itself as it was before, gets none or k - 1 at least."""
    states, _ = three_years(PLACEMENTS, n_states, is_audited=True)
    shown = [
        (state.on, key, figure["value"])
        for state in states
        for key, figure in state.cells.items()
        if state.since[key] == state.on and "suppressed" not in figure
    ]
    small = [
        (later, whole, earlier, part)
        for later, whole, n in shown
        for earlier, part, m in shown
        if (later == earlier or whole == part)
        and _holds(whole, part)
        and 0 < abs(n - m) < POLICY.least_persons - 1
    ]
    assert small == []


def _holds(whole: CellKey, part: CellKey) -> bool:
    """Whether all cases of the second are some of the first."""
    periods = {"all", part.period, part.period[:4]}
    if "-" in part.period:
        periods.add(periods_of(date(int(part.period[:4]), _month(part.period), 1))[1])
    return whole.period in periods and (whole.by is None or (whole.by, whole.group) == (part.by, part.group))


def _month(period: str) -> int:
    return 3 * int(period[-1]) if "Q" in period else int(period[5:])
