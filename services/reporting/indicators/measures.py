"""How are cases counted? Rates with unknowns shown, counts, sums, quartiles; each says when it is too small to show."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from services.reporting.indicators.indicator import Case, Found, Measure, Measured, Verdict, cell
from services.reporting.suppression import Protects, dominated, hidden_count, hidden_ratio

THOUSANDTH = Decimal("0.001")


def rate(cases: Sequence[Case], protects: Protects) -> Found:
    """Yes over yes and no. Unknown is counted beside, and the range that it leaves is said; immature cases wait."""
    by = {verdict: [case for case in cases if case.verdict == verdict] for verdict in Verdict}
    yes, no, n_unknown = by[Verdict.YES], by[Verdict.NO], len(by[Verdict.UNKNOWN])
    known = [*yes, *no]
    n_mature = len(known) + n_unknown
    hidden = hidden_ratio(cell(yes), cell(no), cell(known), protects)
    found: Measured = {
        "value": ratio(len(yes), len(known)),
        "numerator": len(yes),
        "denominator": len(known),
        "unknown": n_unknown,
        "lower": ratio(len(yes), n_mature),
        "upper": ratio(len(yes) + n_unknown, n_mature),
        "immature": len(by[Verdict.IMMATURE]),
    }
    parts: dict[str, tuple[Sequence[Case], ...]] = {"immature": (by[Verdict.IMMATURE],)}
    if any(case.strict is not None for case in cases):
        strictly, loosely = [case for case in yes if case.strict], [case for case in yes if not case.strict]
        found |= {"strict_value": ratio(len(strictly), len(known)), "strict_numerator": len(strictly)}
        parts |= dict.fromkeys(("strict_value", "strict_numerator"), (strictly, loosely))
    return Found(hidden, found, parts)


def count(cases: Sequence[Case], protects: Protects) -> Found:
    """How many cases."""
    return Found(hidden_count(cell(cases), protects), {"value": len(cases)})


def total_hours(cases: Sequence[Case], protects: Protects) -> Found:
    """The sum of hours [h]; hidden too when one organisation or one person makes up almost all of it."""
    by_organisation: dict[str, Decimal] = {}
    by_person: dict[str, Decimal] = {}
    total = Decimal(0)
    for case in cases:
        hours = case.value or Decimal(0)
        total += hours
        for organisation in case.organisations:
            by_organisation[organisation] = by_organisation.get(organisation, Decimal(0)) + hours
        if case.person is not None:
            by_person[case.person] = by_person.get(case.person, Decimal(0)) + hours
    hidden = (
        hidden_count(cell(cases), protects)
        or dominated(by_organisation.values())
        or dominated(by_person.values())
    )
    return Found(hidden, {"value": rounded(total), "entries": len(cases)})


def quartiles(cases: Sequence[Case], protects: Protects) -> Found:
    """Median and quartiles of what has a value; how many have none yet is said."""
    valued = [case for case in cases if case.value is not None]
    values = sorted(case.value for case in valued if case.value is not None)
    waiting = [case for case in cases if case.value is None]
    shares = {"value": "0.5", "lower_quartile": "0.25", "upper_quartile": "0.75"}
    found: Measured = {
        name: rounded(quantile(values, Decimal(share))) if values else None for name, share in shares.items()
    }
    found |= {"cases": len(valued), "open": len(waiting)}
    return Found(hidden_count(cell(valued), protects), found, {"open": (waiting,)})


def balance(cases: Sequence[Case], protects: Protects) -> Found:
    """1 when companies give as much as non-profits, 0 when one side gives all; other sectors are counted beside."""
    by_giver: dict[str | None, list[Case]] = {}
    for case in cases:
        by_giver.setdefault(case.groups.get("giver"), []).append(case)
    companies, non_profits = by_giver.get("company", []), by_giver.get("non_profit", [])
    others, unknown = by_giver.get("other", []), by_giver.get(None, [])
    n_companies, n_non_profits = len(companies), len(non_profits)
    n_both = n_companies + n_non_profits
    hidden = hidden_ratio(cell(companies), cell(non_profits), cell([*companies, *non_profits]), protects)
    found: Measured = {
        "value": None if n_both == 0 else rounded(1 - Decimal(abs(n_companies - n_non_profits)) / n_both),
        "given_by_companies": n_companies,
        "given_by_non_profits": n_non_profits,
        "given_by_others": len(others),
        "unknown": len(unknown),
    }
    return Found(hidden, found, {"given_by_others": (others,)})


def per_participant(cases: Sequence[Case], protects: Protects) -> Found:
    """Agreements of market days per organisation that attended them."""
    agreements = [case for case in cases if case.groups.get("what") == "agreement"]
    attended = [case for case in cases if case.groups.get("what") == "attendance"]
    hidden = hidden_count(cell(agreements), protects) or hidden_count(cell(attended), protects)
    figure: Measured = {
        "value": ratio(len(agreements), len(attended)),
        "numerator": len(agreements),
        "denominator": len(attended),
    }
    return Found(hidden, figure)


RATE = Measure(
    name="rate",
    shows=(
        "numerator",
        "denominator",
        "unknown",
        "lower",
        "upper",
        "immature",
        "strict_value",
        "strict_numerator",
    ),
    of=rate,
)
COUNT = Measure(name="count", shows=(), of=count)
HOURS = Measure(name="hours", shows=("entries",), of=total_hours)
QUARTILES = Measure(
    name="quartiles", shows=("lower_quartile", "upper_quartile", "cases", "open"), of=quartiles
)
BALANCE = Measure(
    name="balance",
    shows=("given_by_companies", "given_by_non_profits", "given_by_others", "unknown"),
    of=balance,
)
PER_PARTICIPANT = Measure(name="per_participant", shows=("numerator", "denominator"), of=per_participant)


def ratio(part: int, whole: int) -> str | None:
    """The part's share [1]; None of nothing."""
    return None if whole == 0 else rounded(Decimal(part) / Decimal(whole))


def rounded(value: Decimal) -> str:
    """The number as it is shown: three decimals."""
    return str(value.quantize(THOUSANDTH, ROUND_HALF_UP))


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """The quantile by linear interpolation between neighbours.

    Source: Hyndman and Fan 1996, type 7.
    """
    at = share * (len(values) - 1)
    below = int(at)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (at - below)
