"""How are linear and integer programs solved? By SciPy's HiGHS, behind this one narrow door.

SciPy is imported when the first program is solved: it takes 0.4 s, and most processes solve none (ADR 32).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Any, NamedTuple

import msgspec

HALF = 0.5
EXACT = 1e-6
"""What a solver's number may differ from the true one."""


VARIABLES = 500
"""How many variables one program has at most, where it consists of several."""


class ContradictionError(ValueError):
    """No numbers fit all that is taken for known."""


class Linear(msgspec.Struct, frozen=True, kw_only=True):
    """`coefficients` of variables by number; their weighted sum lies between `least` and `most`."""

    coefficients: Mapping[int, float]
    least: float
    most: float

    @property
    def is_equal(self) -> bool:
        """Whether the sum is one number."""
        return self.least == self.most

    @property
    def is_limited(self) -> bool:
        """Whether the sum has a largest value that is not the smallest."""
        return self.least < self.most < inf


class Solved(NamedTuple):
    """The value of every variable, and the numbers of the constraints that the optimum leans on."""

    values: Sequence[float]
    leans_on: frozenset[int]


class Program:
    """Constraints over variables with bounds, of which many optima are asked."""

    def __init__(self, bounds: Sequence[tuple[float, float]], constraints: Sequence[Linear]) -> None:
        self._bounds = bounds
        self._n = len(bounds)
        self._equal = _Rows(
            (at, 1, each.coefficients, each.least) for at, each in enumerate(constraints) if each.is_equal
        )
        at_most = [
            (at, 1, each.coefficients, each.most) for at, each in enumerate(constraints) if each.is_limited
        ]
        at_least = [
            (at, -1, each.coefficients, -each.least)
            for at, each in enumerate(constraints)
            if not each.is_equal
        ]
        self._at_most = _Rows([*at_most, *at_least])

    def least(self, objectives: Sequence[Mapping[int, float]]) -> Iterator[Solved]:
        """Where each of these weighted sums is least.

        Many are one program of copies that have nothing to do with each other: a call costs more than solving it.
        Raises: ContradictionError when the constraints contradict each other.
        """
        at_once = max(1, VARIABLES // self._n)
        for first in range(0, len(objectives), at_once):
            yield from self._least(objectives[first : first + at_once])

    def _least(self, objectives: Sequence[Mapping[int, float]]) -> Iterator[Solved]:
        import numpy as np  # noqa: PLC0415 - see above
        from scipy.optimize import linprog  # noqa: PLC0415 - see above

        copies = len(objectives)
        objective = np.zeros((copies, self._n))
        for copy, weights in enumerate(objectives):
            objective[copy, list(weights)] = list(weights.values())
        result = linprog(
            objective.ravel(),
            A_ub=self._at_most.matrix(copies, self._n),
            b_ub=self._at_most.values * copies or None,
            A_eq=self._equal.matrix(copies, self._n),
            b_eq=self._equal.values * copies or None,
            bounds=np.tile(np.array(self._bounds), (copies, 1)),
            method="highs",
        )
        if result.status != 0:
            raise ContradictionError("no numbers fit all that is taken for known")
        values = result.x.reshape(copies, self._n)
        equal = np.abs(result.eqlin.marginals).reshape(copies, len(self._equal.values)) > EXACT
        at_most = np.abs(result.ineqlin.marginals).reshape(copies, len(self._at_most.values)) > EXACT
        for copy in range(copies):
            leans = {self._equal.names[row] for row in np.flatnonzero(equal[copy])}
            leans |= {self._at_most.names[row] for row in np.flatnonzero(at_most[copy])}
            yield Solved(values[copy].tolist(), frozenset(leans))


class _Rows:
    """Constraints of one kind as a sparse matrix: the number of each, its sign, its coefficients, its value."""

    def __init__(self, rows: Iterable[tuple[int, int, Mapping[int, float], float]]) -> None:
        self.names: list[int] = []
        self.values: list[float] = []
        self._entries: list[tuple[int, int, float]] = []
        for name, sign, coefficients, value in rows:
            self._entries += [(len(self.names), at, sign * weight) for at, weight in coefficients.items()]
            self.names.append(name)
            self.values.append(value)

    def matrix(self, copies: int, n_columns: int) -> Any:
        """So many copies of the rows along the diagonal; None where there are no rows."""
        import numpy as np  # noqa: PLC0415 - see above
        from scipy.sparse import csr_array  # noqa: PLC0415 - see above

        if not self.names:
            return None
        rows, columns, weights = (np.array(each) for each in zip(*self._entries, strict=True))
        copy = np.arange(copies)[:, None]
        shape = (copies * len(self.names), copies * n_columns)
        places = ((rows + copy * len(self.names)).ravel(), (columns + copy * n_columns).ravel())
        return csr_array((np.tile(weights.astype(float), copies), places), shape=shape)


def fewest(costs: Sequence[float], covers: Iterable[frozenset[int]]) -> frozenset[int]:
    """The cheapest choice that has a member of each of these sets: an integer program, solved to the optimum.

    Raises: ValueError when a set is empty.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - see above
    from scipy.sparse import csr_array  # noqa: PLC0415 - see above

    wanted = list(dict.fromkeys(covers))
    entries = [(row, column) for row, cover in enumerate(wanted) for column in sorted(cover)]
    rows, columns = zip(*entries, strict=True) if entries else ((), ())
    matrix = csr_array(([1.0] * len(entries), (rows, columns)), shape=(len(wanted), len(costs)))
    result = milp(
        costs,
        integrality=[1] * len(costs),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, lb=1),
        options={"mip_rel_gap": 0},
    )
    if result.status != 0:
        raise ValueError("no choice has a member of each set")
    return frozenset(at for at, chosen in enumerate(result.x) if chosen > HALF)
