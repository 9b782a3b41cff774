"""How are linear and integer programs solved? By HiGHS, behind this one narrow door (ADR 38)."""

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import highspy
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT = 1e-6
"""What a solver's number may differ from the true one."""

HALF = 0.5
GOING_ON: Mapping[str, str | int] = {
    "presolve": "off",
    "simplex_strategy": 4,
    "simplex_iteration_limit": 10_000,
}
"""The primal simplex goes on from the last solution when only the objective changed. It may circle, hence the limit."""

FROM_THE_BEGINNING: Mapping[str, str | int] = {
    "presolve": "on",
    "simplex_strategy": 1,
    "simplex_iteration_limit": 2**31 - 1,
}
"""The dual simplex, which takes longer and is safer."""


class Row(NamedTuple):
    """`weights` of columns by number; their weighted sum lies between `least` and `most`."""

    weights: Mapping[int, float]
    least: float
    most: float


class Solved(NamedTuple):
    """The value of every column, and what the optimum leans on: a price for each column and each row."""

    values: "NDArray[Any]"
    column_prices: "NDArray[Any]"
    row_prices: "NDArray[Any]"


class Program:
    """A linear program of which many optima are asked: each goes on from the last one."""

    def __init__(self, least: Sequence[float], most: Sequence[float], rows: Sequence[Row]) -> None:
        self._highs = _solver()
        self._set(GOING_ON)
        self._highs.passModel(_model([0.0] * len(least), least, most, rows))
        self._priced: list[int] = []

    def limit_columns(self, at: "NDArray[Any]", least: "NDArray[Any]", most: "NDArray[Any]") -> None:
        """Other limits of these columns."""
        self._highs.changeColsBounds(len(at), at.astype(np.int32), least, most)

    def limit_rows(self, at: "NDArray[Any]", least: "NDArray[Any]", most: "NDArray[Any]") -> None:
        """Other limits of these rows."""
        self._highs.changeRowsBounds(len(at), at.astype(np.int32), least, most)

    def least(self, objective: Mapping[int, float]) -> Solved:
        """Where this weighted sum of columns is least.

        Raises: ArithmeticError when the program has no optimum, which is a defect of whoever made it.
        """
        costs = dict.fromkeys(self._priced, 0.0) | dict(objective)
        self._highs.changeColsCost(
            len(costs), np.array(list(costs), np.int32), np.array(list(costs.values()))
        )
        self._priced = list(objective)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._begin_anew()
        _require_optimum(self._highs)
        solution = self._highs.getSolution()
        return Solved(*map(np.array, (solution.col_value, solution.col_dual, solution.row_dual)))

    def _begin_anew(self) -> None:
        """Solve from the beginning: going on from the last solution led nowhere, which rounding can do."""
        self._highs.clearSolver()
        self._set(FROM_THE_BEGINNING)
        self._highs.run()
        self._set(GOING_ON)

    def _set(self, options: Mapping[str, str | int]) -> None:
        for name, value in options.items():
            self._highs.setOptionValue(name, value)


def fewest(costs: Sequence[float], covers: Iterable[frozenset[int]]) -> frozenset[int]:
    """The cheapest choice that has a member of each of these sets: an integer program, solved to the optimum.

    Raises: ArithmeticError when a set is empty.
    """
    rows = [Row(dict.fromkeys(sorted(cover), 1.0), 1.0, inf) for cover in dict.fromkeys(covers)]
    model = _model(costs, [0.0] * len(costs), [1.0] * len(costs), rows)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    highs = _solver()
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.0)
    highs.passModel(model)
    highs.run()
    _require_optimum(highs)
    return frozenset(at for at, chosen in enumerate(highs.getSolution().col_value) if chosen > HALF)


def _solver() -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver's
    highs.setOptionValue("threads", 1)
    return highs


def _require_optimum(highs: highspy.Highs) -> None:
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        msg = f"no optimum: {highs.modelStatusToString(highs.getModelStatus())}"
        raise ArithmeticError(msg)


def _model(
    costs: Sequence[float], least: Sequence[float], most: Sequence[float], rows: Sequence[Row]
) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(costs), len(rows)
    model.col_cost_, model.col_lower_, model.col_upper_ = np.array(costs), np.array(least), np.array(most)
    model.row_lower_ = np.array([each.least for each in rows], float)
    model.row_upper_ = np.array([each.most for each in rows], float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(each.weights) for each in rows)]).astype(np.int32)
    model.a_matrix_.index_ = np.array([at for each in rows for at in each.weights], np.int32)
    model.a_matrix_.value_ = np.array([weight for each in rows for weight in each.weights.values()], float)
    return model
