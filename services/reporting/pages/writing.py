"""How is a figure written for people? In the reader's language, according to its indicator's declaration."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jinja2 import Environment, pass_environment

from services.reporting.answers import Answer
from services.reporting.indicators.breakdowns import CATEGORY, MONTH, Breakdown
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.indicator import DIMENSIONS, Indicator, Topic
from services.reporting.indicators.measure import Part
from services.reporting.indicators.written import Written
from services.reporting.words import Words
from shared.pages.language import Language

NOTHING = "–"
MONTH_NAME = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
HIDDEN = Words("withheld by the suppression policy", "durch die Geheimhaltungsregel zurückgehalten")
"""The words for a reason that nobody declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a figure's table: the part that it shows, and its head."""

    name: str
    head: str


@dataclass(frozen=True, slots=True)
class WrittenFigure:
    """The words and numbers of one figure."""

    indicator: Indicator
    language: Language

    # --- words ----------------------------------------------------------------------------------------
    def text(self, words: Words) -> str:
        """Declared words in the reader's language."""
        return words.of(self.language.tag)

    @property
    def stricter(self) -> str | None:
        """What the stricter variant counts, if there is one."""
        return None if self.indicator.stricter is None else self.text(self.indicator.stricter)

    @property
    def dimension(self) -> str:
        """The dimension of social innovation that the indicator describes."""
        return self.text(DIMENSIONS[self.indicator.dimension])

    @property
    def reference(self) -> str | None:
        """The value to compare with and its source, if there is one."""
        reference = self.indicator.reference
        if reference is None:
            return None
        return f"{self.amount(str(reference.value))} ({self.text(reference.source)})"

    def breakdown(self, name: str) -> Breakdown:
        """One of the indicator's breakdowns."""
        return self.indicator.breakdown_by_name[name]

    def group(self, by: str, name: str) -> str:
        """What people call a group."""
        is_month = by == MONTH.name and MONTH_NAME.fullmatch(name)
        return self.language.month(name) if is_month else self.text(self.breakdown(by).words_of(name))

    def reason(self, why: str) -> str:
        """Why a figure is hidden; `why` are the English words that the answer carries."""
        return self.text(self.indicator.reasons.get(why, HIDDEN))

    # --- numbers --------------------------------------------------------------------------------------
    def amount(self, value: str | int) -> str:
        """The value with its unit, as in a sentence."""
        return self._amount(None, value)

    def tabled(self, value: str | int) -> str:
        """The value in a table, where its unit stands in the head and decimals stand below each other."""
        return self._tabled(None, value)

    def part(self, name: str, value: str | int) -> str:
        """A part in a table."""
        return self._tabled(self._part(name), value)

    @property
    def head(self) -> str:
        """The head of the value's column."""
        return self.text(self.indicator.head_of(None))

    @property
    def columns(self) -> list[Column]:
        """The columns of the parts that a table shows."""
        return [
            Column(name=part.name, head=self.text(self.indicator.head_of(part)))
            for part in self.indicator.measure.parts
            if part.is_tabled
        ]

    def basis(self, result: Mapping[str, Any]) -> str:
        """The basis of the value, in words."""
        measure = self.indicator.measure
        if measure.basis is None:
            listed = [f"{column.head}: {self._bare(column.name, result)}" for column in self.columns]
            return ", ".join(listed) or NOTHING
        is_one = measure.basis_of_one is not None and result.get(measure.basis_counts) == 1
        words = measure.basis_of_one if is_one and measure.basis_of_one else measure.basis
        numbers = {part.name: self._bare(part.name, result) for part in measure.parts}
        return self.text(words).format(**numbers, unit=self.text(self.indicator.quantity.after))

    def has_range(self, result: Mapping[str, Any]) -> bool:
        """Whether unknown cases leave a range open."""
        return bool(result.get("unknown")) and None not in (result.get("lower"), result.get("upper"))

    def _part(self, name: str) -> Part | None:
        return next((part for part in self.indicator.measure.parts if part.name == name), None)

    def _amount(self, part: Part | None, value: str | int) -> str:
        number = self._number(part, value, trimmed=True)
        quantity = self.indicator.quantity_of(part)
        return self.text(quantity.singular if Decimal(value) == 1 else quantity.plural).format(n=number)

    def _tabled(self, part: Part | None, value: str | int) -> str:
        if self.indicator.quantity_of(part).is_headed:
            return self._number(part, value, trimmed=False)
        return self._amount(part, value)

    def _bare(self, name: str, result: Mapping[str, Any]) -> str:
        value = result.get(name)
        return NOTHING if value is None else self._number(self._part(name), value, trimmed=True)

    def _number(self, part: Part | None, value: str | int, *, trimmed: bool) -> str:
        quantity = self.indicator.quantity_of(part)
        if self.indicator.written_as(part) == Written.RATE:
            return self.language.percent(
                value if isinstance(value, str) else Decimal(value), quantity.decimals
            )
        return self.language.number(value, quantity.decimals, trimmed=trimmed and quantity.is_headed)


@pass_environment
def written(environment: Environment, answer: Answer) -> WrittenFigure:
    """A figure's words and numbers in the language of the page."""
    indicator = INDICATORS.of(answer["name"], answer["version"])
    return WrittenFigure(indicator, language_of(environment))


@pass_environment
def category_word(environment: Environment, category: str) -> str:
    """The name of a category."""
    return CATEGORY.words_of(category).of(language_of(environment).tag)


def language_of(environment: Environment) -> Language:
    """The language of a page's templates."""
    language: Language = environment.globals["language"]  # type: ignore[assignment]  # every environment of ours has one
    return language


def by_topic(answers: Sequence[Answer]) -> list[tuple[Topic, list[Answer]]]:
    """The figures by topic, in the order in which pages show them; every topic that has one."""
    topics: dict[Topic, list[Answer]] = {topic: [] for topic in INDICATORS.topics}
    for answer in answers:
        topics[INDICATORS.of(answer["name"], answer["version"]).topic].append(answer)
    return [(topic, of_topic) for topic, of_topic in topics.items() if of_topic]
