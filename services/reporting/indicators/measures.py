"""How are cases counted? Rates with unknowns shown, counts, sums, quartiles; each suppresses what is too small."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.reporting.indicators.indicator import Case, Measured, Verdict
from services.reporting.suppression import Protects, hidden_count, hidden_ratio

THOUSANDTH = Decimal("0.001")


def rate(cases: list[Case], protects: Protects, full: bool) -> Measured:  # noqa: FBT001 - a measure's form
    """Yes over yes and no; unknown and not yet mature cases are counted beside, and the range they leave is said."""
    counted = {verdict: sum(case.verdict == verdict for case in cases) for verdict in Verdict}
    n_yes, n_no, n_unknown = counted[Verdict.YES], counted[Verdict.NO], counted[Verdict.UNKNOWN]
    known, mature = n_yes + n_no, n_yes + n_no + n_unknown
    of_cohort = [case for case in cases if case.verdict != Verdict.IMMATURE]
    hidden = hidden_ratio(n_yes, known, _n_units(of_cohort), protects) or hidden_ratio(
        n_unknown, mature, _n_units(of_cohort), protects
    )
    if hidden and not full:
        return _hidden(hidden)
    shown: Measured = {
        "value": _ratio(n_yes, known),
        "numerator": n_yes,
        "denominator": known,
        "unknown": n_unknown,
        "immature": _small_hidden(counted[Verdict.IMMATURE], protects, full=full),
    }
    if n_unknown:
        shown |= {"lower": _ratio(n_yes, mature), "upper": _ratio(n_yes + n_unknown, mature)}
    stricter = [case for case in cases if case.verdict == Verdict.YES and case.strict]
    if len(stricter) != n_yes and (
        full or hidden_ratio(len(stricter), known, _n_units(of_cohort), protects) is None
    ):
        shown["strict"] = {"value": _ratio(len(stricter), known), "numerator": len(stricter)}
    return shown


def count(cases: list[Case], protects: Protects, full: bool) -> Measured:  # noqa: FBT001 - a measure's form
    """How many cases."""
    hidden = hidden_count(len(cases), _n_units(cases), protects)
    return _hidden(hidden) if hidden and not full else {"value": len(cases)}


def total_hours(cases: list[Case], protects: Protects, full: bool) -> Measured:  # noqa: FBT001 - a measure's form
    """The sum of hours [h]; also suppressed when one organisation makes up almost all of it (dominance)."""
    total = sum((case.value or Decimal(0) for case in cases), Decimal(0))
    hidden = hidden_count(len(cases), _n_units(cases), protects) or _dominated(cases, total)
    if hidden and not full:
        return _hidden(hidden)
    return {"value": _decimal(total), "entries": len(cases)}


def quartiles(cases: list[Case], protects: Protects, full: bool) -> Measured:  # noqa: FBT001 - a measure's form
    """Median and quartiles of what has a value; how many have none yet is said."""
    values = sorted(case.value for case in cases if case.value is not None)
    valued = [case for case in cases if case.value is not None]
    hidden = hidden_count(len(values), _n_units(valued), protects)
    if hidden and not full:
        return _hidden(hidden)
    open_ones = _small_hidden(len(cases) - len(values), protects, full=full)
    if not values:
        return {"value": None, "cases": 0, "open": open_ones}
    return {
        "value": _decimal(_quantile(values, Decimal("0.5"))),
        "lower_quartile": _decimal(_quantile(values, Decimal("0.25"))),
        "upper_quartile": _decimal(_quantile(values, Decimal("0.75"))),
        "cases": len(values),
        "open": open_ones,
    }


def balance(cases: list[Case], protects: Protects, full: bool) -> Measured:  # noqa: FBT001 - a measure's form
    """1 when companies give as much as the others, 0 when one side gives all."""
    n_companies = sum(case.groups.get("giver") == "company" for case in cases)
    n_others = sum(case.groups.get("giver") == "non_profit" for case in cases)
    n_known = n_companies + n_others
    hidden = hidden_ratio(n_companies, n_known, _n_units(cases), protects)
    if hidden and not full:
        return _hidden(hidden)
    value = None if n_known == 0 else _decimal(1 - Decimal(abs(n_companies - n_others)) / n_known)
    return {
        "value": value,
        "given_by_companies": n_companies,
        "given_by_non_profits": n_others,
        "unknown": len(cases) - n_known,
    }


def per_participant(cases: list[Case], protects: Protects, full: bool) -> Measured:  # noqa: FBT001 - a measure's form
    """Agreements of market days per organisation that attended them."""
    n_agreements = sum(case.groups.get("what") == "agreement" for case in cases)
    n_attended = len(cases) - n_agreements
    hidden = hidden_count(n_agreements, _n_units(cases), protects) or hidden_count(
        n_attended, n_attended, protects
    )
    if hidden and not full:
        return _hidden(hidden)
    return {"value": _ratio(n_agreements, n_attended), "numerator": n_agreements, "denominator": n_attended}


def _n_units(cases: Sequence[Case]) -> int:
    """Distinct organisations behind the cases; where a case is a person's, the cases themselves."""
    units = {unit for case in cases for unit in case.units}
    return len(units) if units else len(cases)


def _dominated(cases: Sequence[Case], total: Decimal) -> str | None:
    sums: dict[str, Decimal] = {}
    for case in cases:
        for unit in case.units:
            sums[unit] = sums.get(unit, Decimal(0)) + (case.value or Decimal(0))
    if total > 0 and len(sums) > 1 and max(sums.values()) > total * Decimal("0.85"):
        return "one organisation makes up more than 85 %"
    return None


def _small_hidden(n: int, protects: Protects, *, full: bool) -> int | None:
    return n if full or hidden_count(n, n, protects) is None else None


def _hidden(why: str) -> dict[str, Any]:
    return {"value": None, "suppressed": why}


def _ratio(part: int, whole: int) -> str | None:
    return None if whole == 0 else _decimal(Decimal(part) / Decimal(whole))


def _decimal(value: Decimal) -> str:
    return str(value.quantize(THOUSANDTH, ROUND_HALF_UP))


def _quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """The quantile by linear interpolation between neighbours (type 7)."""
    at = share * (len(values) - 1)
    below = int(at)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (at - below)
