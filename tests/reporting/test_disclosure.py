"""Can nobody compute a small number from all that was ever published, and is no more hidden than that asks for?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.disclosure.alternatives import Alternatives, Named, Protected, nothing_published
from services.reporting.disclosure.audit import Audit
from services.reporting.disclosure.cells import CellKey, Sum, sums_of
from services.reporting.disclosure.choosing import WHOLE, Hidden, Search
from services.reporting.disclosure.quantities import Anatomy
from services.reporting.disclosure.state import State, digest_of
from services.reporting.disclosure.states import States
from services.reporting.indicators.cases import Facts
from services.reporting.suppression import POLICY
from shared.events.vocabulary import WorkForm
from shared.kernel.calendar_months import months_after
from shared.kernel.recorded import Recorded
from tests.reporting.attack import Cell, as_json, intervals, recovered
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
    states, publishing = [], States(is_audited=is_audited)
    for number in range(n_states):
        so_far = [each for each in starts if each[0] <= number]
        on = month_end(number)
        facts = Facts(InMemory(events(so_far)), date.fromordinal(on.toordinal() + 1))
        states.append(publishing.next(facts, on))
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
COUNTS = Anatomy(base=("value",), made_of={})
Table = dict[CellKey, float]


def audit(
    numbers: Table, sums: Sequence[Sum], small: Sequence[CellKey], before: Alternatives | None = None
) -> Audit:
    """The audit of a table of counts; nobody may place these small ones within a thousand."""
    whole = {cell: {"value": number} for cell, number in numbers.items()}
    protected = [Protected(cell, "value", 1e9) for cell in small]
    return Audit(COUNTS, whole, sums, protected, before or nothing_published(COUNTS), present=list(whole))


def shown(*cells: CellKey) -> frozenset[Named]:
    return frozenset((cell, "value") for cell in cells)


def interval(tried: Audit, numbers: Table, cell: CellKey, visible: Iterable[CellKey]) -> tuple[float, float]:
    """What the only protected number can be when these cells are shown."""
    (narrow,) = tried.narrow(shown(*visible))
    return numbers[cell] + narrow.least, numbers[cell] + narrow.most


A, B, C, D = (CellKey("t", 1, "all", None, "by", group) for group in "abcd")
TOTAL = CellKey("t", 1, "all")


def test_one_hidden_cell_is_what_the_total_leaves() -> None:
    numbers: Table = {TOTAL: 20, A: 3, B: 9, C: 8}
    assert interval(audit(numbers, [Sum(TOTAL, (A, B, C))], [A]), numbers, A, [TOTAL, B, C]) == (3, 3)


def test_two_hidden_cells_share_what_the_total_leaves_and_each_has_a_case() -> None:
    numbers: Table = {TOTAL: 20, A: 3, B: 9, C: 8}
    assert interval(audit(numbers, [Sum(TOTAL, (A, B, C))], [A]), numbers, A, [TOTAL, C]) == (1, 11)


def test_four_hidden_cells_of_a_square_move_together() -> None:
    """Each row and column hides two; the least and the most follow from the smallest margins (Sande 1984)."""
    square = {(row, column): CellKey("t", 1, f"20{row}{column}0") for row in "12" for column in "12"}
    rows = {row: CellKey("t", 1, f"r{row}") for row in "12"}
    columns = {each: CellKey("t", 1, f"c{each}") for each in "12"}
    sums = [Sum(rows[row], (square[row, "1"], square[row, "2"])) for row in "12"]
    sums += [Sum(columns[each], (square["1", each], square["2", each])) for each in "12"]
    inner: Table = dict(zip(square.values(), (3.0, 4.0, 2.0, 9.0), strict=True))
    numbers: Table = inner | {rows["1"]: 7, rows["2"]: 11, columns["1"]: 5, columns["2"]: 13}
    margins = [*rows.values(), *columns.values()]
    first, last = square["1", "1"], square["2", "2"]
    assert interval(audit(numbers, sums, [first]), numbers, first, margins) == (1, 4)
    assert interval(audit(numbers, sums, [last]), numbers, last, margins) == (7, 10)


def test_what_an_earlier_state_showed_is_the_least_that_there_is_now() -> None:
    sums = [Sum(TOTAL, (A, B))]
    before = audit({TOTAL: 9, A: 6, B: 3}, sums, []).after(shown(A))
    numbers: Table = {TOTAL: 10, A: 7, B: 3}
    assert interval(audit(numbers, sums, [B], before), numbers, B, [TOTAL]) == (1, 4)


def test_a_later_total_narrows_what_an_earlier_state_hid() -> None:
    sums = [Sum(TOTAL, (A, B))]
    before = audit({TOTAL: 12, A: 3, B: 9}, sums, [A]).after(shown(B))
    numbers: Table = {TOTAL: 14, A: 5, B: 9}
    (narrow,) = audit(numbers, sums, [], before).narrow(shown(TOTAL, B))
    assert (3 + narrow.least, 3 + narrow.most) == (1, 5)
    assert narrow.because <= shown(TOTAL, B)


def test_the_cheapest_further_cell_is_hidden() -> None:
    numbers: Table = {TOTAL: 30, A: 3, B: 9, C: 8, D: 10}
    whole = {cell: {"value": number} for cell, number in numbers.items()}
    tried = Audit(
        COUNTS, whole, [Sum(TOTAL, (A, B, C, D))], [Protected(A, "value", 4.0)], nothing_published(COUNTS)
    )

    def shown_with(hidden: Hidden) -> frozenset[Named]:
        return shown(*(numbers.keys() - {A} - {cell for cell, _ in hidden}))

    costs = {(cell, WHOLE): number for cell, number in numbers.items() if cell != A}
    search = Search([tried], shown_with, lambda number: [(number[0], WHOLE)], costs)
    assert search.cheapest() == {(C, WHOLE)}


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
    state = States().next(Facts(InMemory([*needs, *matches]), date(2017, 2, 1)), date(2017, 1, 31))
    assert "suppressed" in state.cells[CellKey("time_to_match", 1, "all")]
    assert state.cells[CellKey("need_coverage", 1, "all")]["immature"] == 8, "open events tell it"
