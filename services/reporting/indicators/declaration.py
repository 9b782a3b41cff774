"""What does a definition say for machines? Its words in both languages, its parts, its cohort, as declared."""

from typing import Any

from services.reporting.indicators.breakdowns import ALWAYS
from services.reporting.indicators.cohort import Cohort
from services.reporting.indicators.indicator import DIMENSIONS, Indicator
from services.reporting.words import Words


def definition(indicator: Indicator) -> dict[str, Any]:
    """What every answer says of its indicator."""
    described = {
        "id": indicator.id,
        "name": indicator.name,
        "version": indicator.version,
        "title": indicator.title.en,
        "title_de": indicator.title.de,
        "formula": indicator.formula.en,
        "formula_de": indicator.formula.de,
        "definition": indicator.formula.en,
        "unit": indicator.unit,
        "step": indicator.step,
        "measure": indicator.measure.name,
        "shows": list(indicator.measure.shows),
        "protects": str(indicator.protects),
        "breakdowns": list(indicator.breakdown_by_name),
    }
    if indicator.stricter is not None:
        described |= {"strict": indicator.stricter.en, "strict_de": indicator.stricter.de}
    return described


def declaration(indicator: Indicator) -> dict[str, Any]:
    """All else that is declared: what the listing and the lineage add to the definition."""
    return {
        "topic": {
            "letter": indicator.topic.letter,
            "order": indicator.topic.order,
            "name": _words(indicator.topic.name),
        },
        "numerator": _words(indicator.numerator),
        "denominator": None if indicator.denominator is None else _words(indicator.denominator),
        "cohort": _cohort(indicator.cohort),
        "written": indicator.written_as(None),
        "parts": [
            {
                "name": part.name,
                "head": _words(indicator.head_of(part)),
                "written": indicator.written_as(part),
            }
            for part in indicator.measure.parts
        ],
        "breakdown_words": {
            breakdown.name: {
                "label": _words(breakdown.label),
                "groups": {group: _words(words) for group, words in breakdown.words.items()},
            }
            for breakdown in (*ALWAYS, *indicator.breakdowns)
        },
        "reasons": [_words(why) for why in indicator.reasons.values()],
        "chart": indicator.chart,
        "dimension": {"name": indicator.dimension, **_words(DIMENSIONS[indicator.dimension])},
        "reference": None
        if indicator.reference is None
        else {"value": str(indicator.reference.value), "source": _words(indicator.reference.source)},
    }


def _cohort(cohort: Cohort) -> dict[str, Any]:
    window = cohort.window
    return {
        **_words(cohort.words),
        "window": None if window is None else {"months": window.months, "days": window.days},
        "waiting_months": cohort.waiting_months,
    }


def _words(words: Words) -> dict[str, str]:
    return words._asdict()
