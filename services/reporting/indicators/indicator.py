"""What is an indicator? A versioned definition: what it counts, how, for whom, and every word that people read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from services.reporting.facts.fact import Fact
from services.reporting.indicators.breakdowns import ALWAYS, Breakdown
from services.reporting.indicators.cases import Case, Facts
from services.reporting.indicators.cohort import Cohort
from services.reporting.indicators.measure import Measure, Part
from services.reporting.indicators.written import QUANTITIES, Quantity, Written
from services.reporting.suppression import Protects, reasons
from services.reporting.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a group of indicators is about; their ids begin with its letter, and pages show it at its place."""

    letter: str
    name: Words
    order: int


class Chart(StrEnum):
    """The form in which an indicator is drawn."""

    LINE = "line"
    COLUMNS = "columns"
    BARS_WITH_UNKNOWN = "bars_with_unknown"
    INTERVALS = "intervals"
    DISTRIBUTION = "distribution"


class Dimension(StrEnum):
    """The dimension of social innovation that an indicator describes.

    Source: SI-DRIVE, handbook 6.1.
    """

    CONCEPTS = "concepts"
    NEEDS = "needs"
    ACTORS = "actors"
    PROCESS = "process"
    RESOURCES = "resources"


DIMENSIONS = {
    Dimension.CONCEPTS: Words("concepts and understanding", "Konzepte und Verständnis"),
    Dimension.NEEDS: Words("needs and challenges", "Bedarfe und Herausforderungen"),
    Dimension.ACTORS: Words("actors, networks and governance", "Akteure, Netzwerke und Steuerung"),
    Dimension.PROCESS: Words("process dynamics", "Verlauf und Dynamik"),
    Dimension.RESOURCES: Words(
        "resources, capabilities and constraints", "Ressourcen, Fähigkeiten und Hindernisse"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A value to compare with, and where it comes from."""

    value: Decimal
    source: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A definition. A changed one gets a new version and stands beside the old, which stays askable.

    `id` is the handbook's, `step` the place on the impact ladder [1 to 7]. `numerator` says what is counted,
    `denominator` out of what; where there is none, the figure is no ratio. `cases` reads them from the facts:
    `facts[0]` is counted, the others are referred to, `events` feed them. `written` is needed where the measure does
    not say how a value is written; `heads` replaces the measure's word for a part. `stricter` names the stricter
    variant. Source: handbook 9.
    """

    topic: Topic
    id: str
    name: str
    version: int
    title: Words
    formula: Words
    numerator: Words
    denominator: Words | None = None
    cohort: Cohort
    cases: Callable[[Facts], Iterable[Case]]
    facts: tuple[Fact, ...]
    events: tuple[type, ...]
    measure: Measure
    written: Written | None = None
    heads: Mapping[str, Words] = field(default_factory=dict)
    breakdowns: tuple[Breakdown, ...] = ()
    protects: Protects
    stricter: Words | None = None
    chart: Chart
    step: str
    dimension: Dimension
    reference: Reference | None = None

    def __post_init__(self) -> None:
        if not self.id.startswith(self.topic.letter):
            msg = f"{self.name}: the id {self.id} does not begin with its topic's letter {self.topic.letter}."
            raise ValueError(msg)
        if len(self.breakdown_by_name) < len(ALWAYS) + len(self.breakdowns):
            msg = f"{self.name}: two of its breakdowns have the same name."
            raise ValueError(msg)
        if unknown := set(self.heads) - set(self.measure.shows):
            msg = f"{self.name}: {', '.join(sorted(unknown))} is no part of {self.measure.name}."
            raise ValueError(msg)
        if self.written is None:
            if self.measure.written is None:
                msg = f"{self.name}: say how its value is written, since {self.measure.name} does not."
                raise ValueError(msg)
            object.__setattr__(self, "written", self.measure.written)

    @property
    def number(self) -> int:
        """The number in its id: 12 of X12."""
        return int("".join(filter(str.isdigit, self.id)) or 0)

    @property
    def quantity(self) -> Quantity:
        """How its value is written."""
        return self.quantity_of(None)

    @property
    def unit(self) -> str:
        """The unit of its value, in brackets."""
        return self.quantity.unit

    def quantity_of(self, part: Part | None) -> Quantity:
        """How a part is written; None is the value."""
        return QUANTITIES[self.written_as(part)]

    def written_as(self, part: Part | None) -> Written:
        """The kind of quantity of a part; None is the value."""
        written = self.written if part is None or part.written is None else part.written
        return Written(str(written))

    def head_of(self, part: Part | None) -> Words:
        """The head of a part's column; None is the value."""
        if part is not None and part.name in self.heads:
            return self.heads[part.name]
        head = self.measure.head if part is None else part.head
        return head.filled(unit=self.quantity_of(part).name)

    @property
    def breakdown_by_name(self) -> dict[str, Breakdown]:
        """By what it can be broken down."""
        return {breakdown.name: breakdown for breakdown in (*ALWAYS, *self.breakdowns)}

    @property
    def reasons(self) -> dict[str, Words]:
        """Why a figure of it may be hidden, by the English words that answers carry."""
        return {why.en: why for why in (*reasons(self.protects), *self.measure.reasons)}
