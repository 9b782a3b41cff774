"""What does a service declare about a kind of file? Its columns, and the steps that a row asks for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.importing.lookup import Lookup
from shared.importing.step import Step
from shared.tabular.fields import Kind
from shared.tabular.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A kind of file and what its rows ask for: the steps lead from the present state to that of the row."""

    kind: Kind
    steps: Callable[[Row, Lookup], Iterator[Step]]
