"""What does reporting answer? Figures for a period and a lab, broken down, with their definition and lineage."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, TypeAlias

from services.reporting.indicators.breakdowns import LAB, NONE, YEAR
from services.reporting.indicators.cases import Case, FactReader, Facts
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.declaration import declaration, definition
from services.reporting.indicators.indicator import Indicator
from services.reporting.secondary import give_away, hidden_in, results_of
from services.reporting.suppression import POLICY
from shared.eventlog.record import schema_path_of
from shared.events.registry import SERVICES, type_of
from shared.kernel.sentence import Sentence
from shared.service.projection import facts_cursor

KEPT = 500
"""How many answers are kept until the facts change."""

Answer: TypeAlias = dict[str, Any]


class NotBrokenDown(ValueError):  # noqa: N818 - names what it is
    """The indicator has no such groups."""


def not_broken_down(indicator: Indicator) -> NotBrokenDown:
    """The error that names the breakdowns that there are."""
    names = ", ".join(indicator.breakdown_by_name)
    return NotBrokenDown(Sentence("{name} is broken down by {names}.", name=indicator.name, names=names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question about an indicator; `full` also shows suppressed parts, for auditors.

    Without a `version` the newest definition answers.
    """

    begins: date = date.min
    ends: date = date.max
    by: str | None = None
    lab: str | None = None
    full: bool = False
    version: int | None = None


class Moment(FactReader, Protocol):
    """The facts at one moment, with their positions."""

    def cursors(self) -> Mapping[str, int]:
        """The position of every reader."""
        ...


class Tables(Protocol):
    """Where facts lie."""

    def snapshot(self) -> AbstractContextManager[Moment]:
        """The facts as they are at one moment."""
        ...


class Answers:
    """Figures from the facts as they are now; an answer is kept until the facts change, or the day ends."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._kept: OrderedDict[tuple[str, Asked], Answer] = OrderedDict()
        self._kept_for: tuple[date, Mapping[str, int]] | None = None

    def listing(self) -> list[Answer]:
        """The newest definition of every indicator, with its versions."""
        return [
            definition(indicator) | declaration(indicator) | {"versions": INDICATORS.versions(name)}
            for name, indicator in INDICATORS.items()
        ]

    def indicator(self, name: str, asked: Asked, today: date) -> Answer:
        """One figure, and one per group of a breakdown; `today` decides which cohorts are mature.

        Raises: KeyError for an unknown name; NoSuchVersion, NotBrokenDown, LogUnavailable.
        """
        return self.indicators([name], asked, today)[0]

    def indicators(self, names: Iterable[str], asked: Asked, today: date) -> list[Answer]:
        """Several figures of the same moment.

        Raises: as `indicator`.
        """
        wanted = [INDICATORS.of(name, asked.version) for name in names]
        for indicator in wanted:
            if asked.by is not None and asked.by not in indicator.breakdown_by_name:
                raise not_broken_down(indicator)
        with self._moment(today) as (facts, cutoff):
            return [self._answer(indicator, asked, facts, cutoff) for indicator in wanted]

    def lineage(self, name: str, version: int | None = None) -> Answer:
        """The origin of a figure: definition, facts with their columns, event types, cut-off.

        Raises: KeyError for an unknown name; NoSuchVersion, LogUnavailable.
        """
        indicator = INDICATORS.of(name, version)
        types = [(type_of(cls).owner, type_of(cls).wire_name(type_of(cls).owner)) for cls in indicator.events]
        with self._tables.snapshot() as snapshot:
            cutoff = _cutoff(snapshot.cursors())
        return definition(indicator) | {
            **declaration(indicator),
            "versions": INDICATORS.versions(name),
            "query": " ".join((indicator.cases.__doc__ or "").split()),
            "facts": {fact.table: list(fact.columns) for fact in indicator.facts},
            "event_types": [name for _, name in types],
            "events": [
                {"type": name, "schema": schema_path_of(name), "log": f"/{owner}/log?type={name}"}
                for owner, name in types
            ],
            "suppression_policy": POLICY.version,
            "cutoff": cutoff,
        }

    @contextmanager
    def _moment(self, today: date) -> Iterator[tuple[Facts, dict[str, int]]]:
        with self._tables.snapshot() as snapshot:
            cutoff = _cutoff(snapshot.cursors())
            if self._kept_for != (today, cutoff):
                self._kept.clear()
                self._kept_for = (today, cutoff)
            yield Facts(snapshot, today), cutoff

    def _answer(self, indicator: Indicator, asked: Asked, facts: Facts, cutoff: dict[str, int]) -> Answer:
        key = (indicator.name, replace(asked, version=indicator.version))
        if key not in self._kept:
            self._kept[key] = _answered(indicator, asked, facts) | {"cutoff": cutoff}
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]


def _answered(indicator: Indicator, asked: Asked, facts: Facts) -> Answer:
    counted = facts if asked.lab is None else facts.of_lab(asked.lab)
    everything = list(indicator.cases(counted))
    cases = [case for case in everything if asked.begins <= case.on <= asked.ends]
    answer = definition(indicator) | {
        "from": None if asked.begins == date.min else asked.begins.isoformat(),
        "to": None if asked.ends == date.max else asked.ends.isoformat(),
        "lab": asked.lab,
        "by": asked.by,
        "suppression_policy": POLICY.version,
        "contains_synthetic": counted.are_synthetic(indicator.facts[0]),
        "result": indicator.measure.result(cases, indicator.protects, full=asked.full),
    }
    mark = "withheld" if asked.full else "suppressed"
    if mark not in answer["result"] and any(
        group in hidden for group, hidden in _tables_around(indicator, asked, facts, everything)
    ):
        answer["result"] = give_away(answer["result"], full=asked.full)
    if asked.by is not None:
        groups = (
            _by_lab(indicator, asked, counted)
            if asked.by == LAB.name
            else _grouped(indicator, cases, asked.by)
        )
        results = results_of(indicator, groups, full=asked.full)
        answer["groups"] = [{"group": name, **result} for name, result in results.items()]
    return answer


def _tables_around(
    indicator: Indicator, asked: Asked, facts: Facts, everything: list[Case]
) -> Iterator[tuple[str, set[str]]]:
    """The tables in which this figure is a cell: the cell and the hidden cells; a cell hidden there is hidden here."""
    if asked.lab is not None:
        labs = _by_lab(indicator, Asked(), facts)
        yield asked.lab, hidden_in(indicator, labs)
    if (asked.begins, asked.ends) == (date.min, date.max):
        return
    inside = [case for case in everything if asked.begins <= case.on <= asked.ends]
    outside = [case for case in everything if not asked.begins <= case.on <= asked.ends]
    if outside:
        yield "inside", hidden_in(indicator, {"inside": inside, "outside": outside})
    if (asked.begins, asked.ends) == (date(asked.begins.year, 1, 1), date(asked.begins.year, 12, 31)):
        yield f"{asked.begins.year:04d}", hidden_in(indicator, _grouped(indicator, everything, YEAR.name))


def _grouped(indicator: Indicator, cases: Iterable[Case], by: str) -> dict[str, list[Case]]:
    grouped: dict[str, list[Case]] = defaultdict(list)
    breakdown = indicator.breakdown_by_name[by]
    for case in cases:
        grouped[breakdown.group(case)].append(case)
    return grouped


def _by_lab(indicator: Indicator, asked: Asked, facts: Facts) -> dict[str, list[Case]]:
    grouped: dict[str, list[Case]] = {}
    for lab in facts.labs(indicator.facts[0]):
        cases = indicator.cases(facts.of_lab(lab))
        if in_period := [case for case in cases if asked.begins <= case.on <= asked.ends]:
            grouped[lab or NONE] = in_period
    return grouped


def _cutoff(cursors: Mapping[str, int]) -> dict[str, int]:
    """The position of each log up to which facts were counted."""
    return {source: cursors.get(facts_cursor(source), 0) for source in SERVICES if source != "reporting"}
