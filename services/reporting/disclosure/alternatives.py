"""What else could be true after a state, for a reader of all states up to it? Hidden numbers, and what binds them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from services.reporting.disclosure.cells import CellKey
from services.reporting.disclosure.program import Row
from services.reporting.disclosure.quantities import Anatomy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

Named: TypeAlias = tuple[CellKey, str]
"""A number: a cell, and which of its numbers."""

Numbers: TypeAlias = Mapping[CellKey, Mapping[str, float]]

FREE = float("inf")


class Protected(NamedTuple):
    """A number that nobody may compute, and how wide the interval must be in which a reader can place it."""

    cell: CellKey
    name: str
    width: float


class Binding(NamedTuple):
    """What binds hidden numbers; `growing` is the number's name where it does so only as far as such numbers grow."""

    row: Row
    growing: str | None = None


class Alternatives(NamedTuple):
    """What else could be true after a state, for a reader of all states up to it.

    Columns are the hidden numbers of all states; `least` and `most` limit each, `bindings` hold several. `at` says
    where the hidden numbers of the last state are. `apart` has a row for each alternative, the first is the truth.
    `protected` has for each protected number of all states the columns that add up to it, and the width that its
    interval must have.
    """

    numbers: Numbers
    at: Mapping[Named, int]
    least: Sequence[float]
    most: Sequence[float]
    bindings: Sequence[Binding]
    apart: "Array"
    protected: Sequence[tuple[tuple[int, ...], float]]
    growing: frozenset[str]


class Narrow(NamedTuple):
    """A protected number whose interval is too narrow, and the shown numbers that make it so."""

    number: int
    least: float
    most: float
    because: frozenset[Named]


def nothing_published(anatomy: Anatomy) -> Alternatives:
    """What there is before the first state."""
    return Alternatives({}, {}, (), (), (), np.zeros((1, 0)), (), frozenset(anatomy.names) - {anatomy.rest})
