"""Can nobody compute a small number from all that was ever published, and is no more hidden than that asks for?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.disclosure.audit import too_narrow
from services.reporting.disclosure.cells import CellKey, Sum, sums_of
from services.reporting.disclosure.choosing import WHOLE, Search
from services.reporting.disclosure.knowledge import Knowledge, Nature, Number, Published
from services.reporting.disclosure.state import State, digest_of, state_of
from services.reporting.indicators.cases import Facts
from services.reporting.suppression import POLICY
from shared.events.vocabulary import WorkForm
from shared.kernel.calendar_months import months_after
from shared.kernel.recorded import Recorded
from tests.reporting.attack import Cell, Hidden, as_json, intervals, recovered
from tests.reporting.histories import InMemory
from tests.reporting.stories import matched, need, proposed, started

JANUARY = date(2017, 1, 1)
LEAST = POLICY.least_persons
NAME = "placements_started"


def key(period: str, by: str | None = None, group: str | None = None) -> CellKey:
    return CellKey(NAME, 1, period, None, by, group)


def month_end(number: int) -> date:
    return date.fromordinal(months_after(JANUARY, number + 1).toordinal() - 1)


def events(starts: Iterable[tuple[int, WorkForm]]) -> list[Recorded[Any]]:
    """A placement for each month (0 is January) and form."""
    return [
        event
        for number, (month, form) in enumerate(starts)
        for event in (
            proposed(f"s{number}", months_after(JANUARY, month), form),
            started(f"s{number}", months_after(JANUARY, month), form),
        )
    ]


def published(
    starts: Sequence[tuple[int, WorkForm]], n_states: int, *, is_audited: bool = True
) -> list[State]:
    """The states at the end of each month, each beside those before it."""
    states: list[State] = []
    for number in range(n_states):
        so_far = [each for each in starts if each[0] <= number]
        on = month_end(number)
        facts = Facts(InMemory(events(so_far)), date.fromordinal(on.toordinal() + 1))
        states.append(state_of(facts, on, states, is_audited=is_audited))
    return states


def truth(starts: Sequence[tuple[int, WorkForm]], n_states: int) -> dict[tuple[date, Cell, str], int]:
    """How many there are in every cell at the end of each month, counted by hand."""
    counts: Counter[tuple[date, Cell, str]] = Counter()
    for number in range(n_states):
        for month, form in starts:
            if month <= number:
                for lab in (None, "none"):
                    for period in ("all", "2017", f"2017-Q{month // 3 + 1}", f"2017-{month + 1:02d}"):
                        counts[month_end(number), (period, lab, None, None), "value"] += 1
                    for period in ("all", "2017"):
                        counts[month_end(number), (period, lab, "form", str(form)), "value"] += 1
    return counts


def jobs(*n_by_month: int) -> list[tuple[int, WorkForm]]:
    return [(month, WorkForm.JOB) for month, n in enumerate(n_by_month) for _ in range(n)]


# --- small tables, worked out by hand ---------------------------------------------------------------------
COUNTS = Nature(quantities=("value",), slack={}, floor={}, beyond=1000.0)


def published_once(shown: dict[CellKey, float], sums: Sequence[Sum], *earlier: Published) -> Knowledge:
    now = Published(sums=sums, shown={(cell, "value"): number for cell, number in shown.items()}, most={})
    return Knowledge([*earlier, now], frozenset({"value"}), COUNTS)


def interval(knowledge: Knowledge, cell: CellKey, layer: int = 0) -> tuple[float, float]:
    (narrow,) = too_narrow(knowledge, {Number(cell, "value", layer): 1e9}, {})
    return narrow.least, narrow.most


A, B, C, D = (CellKey("t", 1, "all", None, "by", group) for group in "abcd")
TOTAL = CellKey("t", 1, "all")


def test_one_hidden_cell_is_what_the_total_leaves() -> None:
    assert interval(published_once({TOTAL: 20, B: 9, C: 8}, [Sum(TOTAL, (A, B, C))]), A) == (3, 3)


def test_two_hidden_cells_share_what_the_total_leaves() -> None:
    assert interval(published_once({TOTAL: 20, C: 8}, [Sum(TOTAL, (A, B, C))]), A) == (0, 12)


def test_four_hidden_cells_of_a_square_move_together() -> None:
    """Each row and column hides two; the least and the most follow from the smallest margins (Sande 1984)."""
    square = {(row, column): CellKey("t", 1, f"20{row}{column}0") for row in "12" for column in "12"}
    rows, columns = (
        {row: CellKey("t", 1, f"r{row}") for row in "12"},
        {c: CellKey("t", 1, f"c{c}") for c in "12"},
    )
    sums = [Sum(rows[row], (square[row, "1"], square[row, "2"])) for row in "12"]
    sums += [Sum(columns[each], (square["1", each], square["2", each])) for each in "12"]
    shown: dict[CellKey, float] = {rows["1"]: 7.0, rows["2"]: 9.0, columns["1"]: 4.0, columns["2"]: 12.0}
    assert interval(published_once(shown, sums), square["1", "1"]) == (0, 4)
    assert interval(published_once(shown, sums), square["2", "2"]) == (5, 9)


def test_what_an_earlier_state_showed_is_the_least_that_there_is_now() -> None:
    sums = [Sum(TOTAL, (A, B))]
    before = Published(sums=sums, shown={(A, "value"): 6.0}, most={})
    assert interval(published_once({TOTAL: 10}, sums, before), B, layer=1) == (0, 4)


def test_a_total_that_did_not_grow_holds_its_parts() -> None:
    sums = [Sum(TOTAL, (A, B))]
    before = Published(sums=sums, shown={(TOTAL, "value"): 10.0}, most={})
    knowledge = published_once({TOTAL: 10}, sums, before)
    assert knowledge.canonical(Number(A, "value", 1)) == Number(A, "value", 0)


def test_the_cheapest_further_cell_is_hidden() -> None:
    sums = [Sum(TOTAL, (A, B, C, D))]
    numbers: dict[CellKey, float] = {TOTAL: 30, A: 3, B: 9, C: 8, D: 10}

    def knowledge_of(hidden: frozenset[tuple[CellKey, str]]) -> Knowledge:
        gone = {A, *(cell for cell, _ in hidden)}
        return published_once({cell: number for cell, number in numbers.items() if cell not in gone}, sums)

    small = Number(A, "value", 0)
    costs = {(cell, WHOLE): number for cell, number in numbers.items() if cell != A}
    assert Search(knowledge_of, {small: 4.0}, {small: 3.0}, costs).cheapest() == {(C, WHOLE)}


def test_months_add_up_to_quarters_and_years() -> None:
    cells = [
        key("all"),
        key("2017"),
        key("2017-Q1"),
        key("2017-01"),
        key("2017-03"),
        key("2017", "form", "job"),
    ]
    assert set(sums_of(cells)) == {
        Sum(key("all"), (key("2017"),)),
        Sum(key("2017"), (key("2017-Q1"),)),
        Sum(key("2017-Q1"), (key("2017-01"), key("2017-03"))),
        Sum(key("2017"), (key("2017", "form", "job"),)),
        Sum(key("all", "form", "job"), (key("2017", "form", "job"),)),
    }


# --- states --------------------------------------------------------------------------------------------------
def test_a_state_has_every_calendar_cell() -> None:
    (state,) = published(jobs(8), 1)
    assert [state.cells[key(period)]["value"] for period in ("all", "2017", "2017-Q1", "2017-01")] == [8] * 4


def test_a_figure_that_grew_by_too_few_stands_with_its_date() -> None:
    first, second, third = published(jobs(8, 3, 9), 3)
    assert (second.cells[key("2017")]["value"], second.since[key("2017")]) == (8, first.on)
    assert "suppressed" in second.cells[key("2017-02")]
    assert third.since[key("2017-01")] == third.on, "it has grown by none"
    assert third.cells[key("2017")]["value"] in (8, 20)


def test_another_figure_is_another_digest() -> None:
    (eight,), (again,), (other,) = published(jobs(8), 1), published(jobs(8), 1), published(jobs(9), 1)
    assert digest_of(eight) == digest_of(again) != digest_of(other)


# --- the attack --------------------------------------------------------------------------------------------
LEAKING = jobs(8, 3, 9, 2, 7, 12)


def attacked(starts: Sequence[tuple[int, WorkForm]], n_states: int, *, is_audited: bool) -> int:
    narrowed = intervals(as_json(published(starts, n_states, is_audited=is_audited)), NAME, ("value",))
    return len(recovered(narrowed, truth(starts, n_states), LEAST))


def test_without_the_audit_the_attack_recovers_small_numbers() -> None:
    assert attacked(LEAKING, 6, is_audited=False) > 0


def test_with_the_audit_it_recovers_none() -> None:
    assert attacked(LEAKING, 6, is_audited=True) == 0


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from([WorkForm.JOB, WorkForm.INTERNSHIP])), max_size=30)
)
@settings(max_examples=6, deadline=None)
def test_no_two_states_of_any_city_give_a_small_number_away(starts: list[tuple[int, WorkForm]]) -> None:
    states = published(starts, 4)
    true = truth(starts, 4)
    for before in states:
        for after in states:
            for cell, figure in after.cells.items():
                earlier = before.cells.get(cell)
                if (
                    cell.indicator == NAME
                    and earlier is not None
                    and None not in (figure["value"], earlier["value"])
                ):
                    assert not 0 < abs(figure["value"] - earlier["value"]) < LEAST
    assert not recovered(intervals(as_json(states), NAME, ("value",)), true, LEAST)


def test_who_counts_open_needs_does_not_learn_how_few_wait() -> None:
    """Needs are open, matches are not: of 8 needs 7 have a match, so that the shown 7 would tell of the one."""
    needs = [need(f"n{number}", JANUARY) for number in range(8)]
    matches = [matched(f"n{number}", JANUARY) for number in range(7)]
    state = state_of(Facts(InMemory([*needs, *matches]), date(2017, 2, 1)), date(2017, 1, 31), [])
    total: Cell = ("all", None, None, None)
    narrowed = intervals(as_json([state]), "time_to_match", ("cases", "open"), {("2017-01-31", total): 8})
    assert narrowed[Hidden("2017-01-31", total, "cases")] == (0, 8)
    assert state.cells[CellKey("need_coverage", 1, "all")]["immature"] == 8, "open events tell it"
