"""What does a definition say for machines? Its words in both languages, its parts, its cohort, as declared."""

from typing import Any

from services.reporting.indicators.breakdowns import ALWAYS
from services.reporting.indicators.cohort import Cohort
from services.reporting.indicators.indicator import DIMENSIONS, Indicator
from services.reporting.words import Words


def definition(one: Indicator) -> dict[str, Any]:
    """What every answer says of its indicator."""
    described = {
        "id": one.id,
        "name": one.name,
        "version": one.version,
        "title": one.title.en,
        "title_de": one.title.de,
        "formula": one.formula.en,
        "formula_de": one.formula.de,
        "definition": one.formula.en,
        "unit": one.unit,
        "step": one.step,
        "measure": one.measure.name,
        "shows": list(one.measure.shows),
        "protects": str(one.protects),
        "breakdowns": list(one.breakdown_by_name),
    }
    if one.stricter is not None:
        described |= {"strict": one.stricter.en, "strict_de": one.stricter.de}
    return described


def declaration(one: Indicator) -> dict[str, Any]:
    """All else that is declared: what the listing and the lineage add to the definition."""
    return {
        "topic": {"letter": one.topic.letter, "order": one.topic.order, "name": _words(one.topic.name)},
        "numerator": _words(one.numerator),
        "denominator": None if one.denominator is None else _words(one.denominator),
        "cohort": _cohort(one.cohort),
        "written": one.written_as(None),
        "parts": [
            {"name": part.name, "head": _words(one.head_of(part)), "written": one.written_as(part)}
            for part in one.measure.parts
        ],
        "breakdown_words": {
            breakdown.name: {
                "label": _words(breakdown.label),
                "groups": {group: _words(words) for group, words in breakdown.words.items()},
            }
            for breakdown in (*ALWAYS, *one.breakdowns)
        },
        "reasons": [_words(why) for why in one.reasons.values()],
        "chart": one.chart,
        "dimension": {"name": one.dimension, **_words(DIMENSIONS[one.dimension])},
        "reference": None
        if one.reference is None
        else {"value": str(one.reference.value), "source": _words(one.reference.source)},
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
