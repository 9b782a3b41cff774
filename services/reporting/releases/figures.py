"""Which figure did a state publish for a question? That of its cell, in the form in which live figures are answered."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.reporting.answers import Answer, Asked, NotBrokenDown
from services.reporting.disclosure.state import ALL, CellKey, periods_of
from services.reporting.indicators.breakdowns import LAB, MONTH, YEAR
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.declaration import definition
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured
from services.reporting.releases.months import bounds_of, nearest_period, period_of
from services.reporting.releases.release import Published, Release
from services.reporting.suppression import POLICY
from shared.kernel.sentence import Sentence

LEVELS = {YEAR.name: 0, MONTH.name: 2}
"""Which of a day's periods a breakdown by time has as its groups."""


class NotPublished(LookupError):  # noqa: N818 - says what it is
    """The state has no such cell; `nearest` are the parameters of the nearest cell, None where it lacks the figure."""

    def __init__(self, sentence: str, nearest: Mapping[str, str] | None) -> None:
        super().__init__(sentence)
        self.nearest = nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The cell that is asked for: a period of the calendar, a lab, and a breakdown."""

    period: str
    lab: str | None
    by: str | None


class PublishedFigures:
    """The figures of one state."""

    def __init__(self, release: Release) -> None:
        self.on = release.about.on
        self._about = release.about
        self._state = release.state
        self._keys: dict[str, list[CellKey]] = defaultdict(list)
        for key in release.state.cells:
            self._keys[key.indicator].append(key)
        self._labs = {key.lab for key in release.state.cells}

    def every(self, by: str = YEAR.name) -> list[Answer]:
        """Every figure that was published, broken down."""
        return [self.figure(name, Asked(by=by)) for name in INDICATORS if name in self._about.definitions]

    def figure(self, name: str, asked: Asked) -> Answer:
        """One figure, and one per group of a breakdown.

        Raises: KeyError for an unknown name; NoSuchVersion, NotBrokenDown, NotPublished.
        """
        indicator = self._definition(name, asked.version)
        if asked.by is not None and asked.by not in indicator.breakdown_by_name:
            raise NotBrokenDown(f"{name} is broken down by {', '.join(indicator.breakdown_by_name)}.")
        cell = self._cell(asked)
        answer = about_figure(indicator, asked) | {
            "state": self.on.isoformat(),
            "suppression_policy": self._about.policy,
            "contains_synthetic": name in self._about.synthetic,
            "result": self._result(indicator, cell),
        }
        if cell.by is not None:
            answer["groups"] = [
                {"group": group, **self._shown(key)} for group, key in self._groups(indicator, cell)
            ]
        return answer

    def _definition(self, name: str, version: int | None) -> Indicator:
        """The definition by which the state was computed, whichever is the newest now."""
        published = self._about.definitions.get(name)
        if published is None:
            raise NotPublished(
                Sentence("The state of {day} has no such figure; a later one has.", day=self.on), None
            )
        if version not in (None, published):
            sentence = "As of {day}, version {version} of this definition was published."
            raise NotPublished(Sentence(sentence, day=self.on, version=published), {})
        return INDICATORS.of(name, published)

    def _cell(self, asked: Asked) -> Cell:
        period = period_of(asked.begins, asked.ends)
        if period is None or (period != ALL and bounds_of(period)[0] > self.on):
            raise self._outside(nearest_period(asked.begins, asked.ends, self.on), asked)
        if asked.lab not in self._labs and asked.lab is not None:
            raise NotPublished(
                Sentence("The state of {day} has no such lab.", day=self.on),
                parameters(Cell(period=period, lab=None, by=asked.by)),
            )
        return Cell(period=period, lab=asked.lab, by=asked.by)

    def _outside(self, period: str, asked: Asked) -> NotPublished:
        sentence = "Published are years, quarters and months up to {day}; the nearest of these is {period}."
        return NotPublished(
            Sentence(sentence, day=self.on, period=period),
            parameters(Cell(period=period, lab=asked.lab, by=asked.by)),
        )

    def _result(self, indicator: Indicator, cell: Cell) -> Measured:
        key = CellKey(indicator.name, indicator.version, cell.period, cell.lab)
        if key in self._state.cells:
            return self._shown(key)
        return indicator.measure.result([], indicator.protects, full=False)  # a cell without any case

    def _groups(self, indicator: Indicator, cell: Cell) -> Iterator[tuple[str, CellKey]]:
        of_lab = [key for key in self._keys[indicator.name] if key.lab == cell.lab]
        if cell.by == LAB.name:
            labs = [
                key
                for key in self._keys[indicator.name]
                if (key.period, key.by) == (cell.period, None) and key.lab is not None
            ]
            yield from sorted((str(key.lab), key) for key in labs if cell.lab in (None, key.lab))
        elif cell.by in LEVELS:
            yield from self._periods(of_lab, cell, LEVELS[cell.by])
        else:
            groups = {(key.period, key.group): key for key in of_lab if key.by == cell.by}
            broken_down = {period for period, _ in groups}
            if cell.period not in broken_down and "-" in cell.period and broken_down:
                year = cell.period[:4]
                sentence = "As of {day}, this breakdown is published by years; the nearest is {year}."
                raise NotPublished(
                    Sentence(sentence, day=self.on, year=year),
                    parameters(Cell(period=year, lab=cell.lab, by=cell.by)),
                )
            yield from sorted(
                (str(group), key) for (period, group), key in groups.items() if period == cell.period
            )

    def _periods(self, keys: list[CellKey], cell: Cell, level: int) -> Iterator[tuple[str, CellKey]]:
        begins, ends = bounds_of(cell.period)
        totals = {key.period: key for key in keys if key.by is None and key.period != ALL}
        if cell.period != ALL and cell.period != periods_of(begins)[level] and level == 0:
            totals = {periods_of(begins)[0]: totals[cell.period]} if cell.period in totals else {}
            yield from totals.items()
            return
        for period in sorted(totals):
            first, last = bounds_of(period)
            if periods_of(first)[level] == period and begins <= first and last <= ends:
                yield period, totals[period]

    def _shown(self, key: CellKey) -> Measured:
        since = self._state.since[key]
        measured = self._state.cells[key]
        return measured if since == self.on else measured | {"since": since.isoformat()}


class Publications:
    """The figures of every published state, with the last one at hand."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._at_hand: PublishedFigures | None = None

    def days(self) -> list[date]:
        """The date of each state, the oldest first.

        Raises: LogUnavailable.
        """
        return list(self._published.days())

    def listed(self) -> list[dict[str, Any]]:
        """Every state without its cells, the newest first.

        Raises: LogUnavailable.
        """
        return [
            {
                "state": about.on.isoformat(),
                "digest": about.digest,
                "definitions": dict(sorted(about.definitions.items())),
                "suppression_policy": about.policy,
                "n_cells": about.n_cells,
            }
            for about in reversed(self._published.listed())
        ]

    def of(self, on: date) -> PublishedFigures | None:
        """The figures of the state of a date, if it is one.

        Raises: LogUnavailable; ValueError when it was changed.
        """
        if self._at_hand is not None and self._at_hand.on == on:
            return self._at_hand
        release = self._published.of(on)
        return None if release is None else PublishedFigures(release)

    def last(self) -> PublishedFigures | None:
        """The figures of the last state, if there is one.

        Raises: LogUnavailable; ValueError when it was changed.
        """
        days = self._published.days()
        if not days:
            return None
        self._at_hand = self.of(days[-1])
        return self._at_hand


def about_figure(indicator: Indicator, asked: Asked) -> Answer:
    """What an answer says of its question."""
    return definition(indicator) | {
        "from": None if asked.begins == date.min else asked.begins.isoformat(),
        "to": None if asked.ends == date.max else asked.ends.isoformat(),
        "lab": asked.lab,
        "by": asked.by,
    }


def nothing_yet(name: str, asked: Asked, first: date) -> Answer:
    """The answer while no state is published; `first` is the date of the first.

    Raises: KeyError for an unknown name; NoSuchVersion.
    """
    comes = first + timedelta(days=1)
    answer = about_figure(INDICATORS.of(name, asked.version), asked) | {
        "state": None,
        "first_state": first.isoformat(),
        "note": f"No figures are published yet. The first are those as of {first}; they come on {comes}.",
        "suppression_policy": POLICY.version,
        "contains_synthetic": False,
        "result": {"value": None},
    }
    return answer if asked.by is None else answer | {"groups": []}


def parameters(cell: Cell) -> dict[str, str]:
    """The parameters that ask for a cell."""
    period = {}
    if cell.period != ALL:
        begins, ends = bounds_of(cell.period)
        period = {"from": begins.isoformat(), "to": ends.isoformat()}
    asked = {**period, "lab": cell.lab, "by": cell.by}
    return {name: value for name, value in asked.items() if value}
