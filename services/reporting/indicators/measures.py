"""How are cases counted? As rates with the unknown beside, counts, sums, quartiles; each says when it is too small.

A measure stands below its function, with the words of its parts. The CSV has a column for each part of a measure that
an indicator uses.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from services.reporting.indicators.cases import Case, Verdict, cell
from services.reporting.indicators.measure import Measure, Measured, Part, Tally
from services.reporting.indicators.written import Written
from services.reporting.suppression import Cell, Protects, dominated, hidden_count, hidden_ratio
from services.reporting.words import Words

THOUSANDTH = Decimal("0.001")


def rate(cases: Sequence[Case], protects: Protects) -> Tally:
    """Yes over yes and no. Unknown cases are counted beside, with the range they leave open; immature cases wait."""
    by = {verdict: [case for case in cases if case.verdict == verdict] for verdict in Verdict}
    yes, no, n_unknown = by[Verdict.YES], by[Verdict.NO], len(by[Verdict.UNKNOWN])
    answered = [*yes, *no]
    n_mature = len(answered) + n_unknown
    hidden = hidden_ratio(cell(yes), cell(no), cell(answered), protects)
    figure: Measured = {
        "value": ratio(len(yes), len(answered)),
        "numerator": len(yes),
        "denominator": len(answered),
        "unknown": n_unknown,
        "lower": ratio(len(yes), n_mature),
        "upper": ratio(len(yes) + n_unknown, n_mature),
        "immature": len(by[Verdict.IMMATURE]),
    }
    parts: dict[str, tuple[Sequence[Case], ...]] = {"immature": (by[Verdict.IMMATURE],)}
    if any(case.strict is not None for case in cases):
        strictly, loosely = [case for case in yes if case.strict], [case for case in yes if not case.strict]
        figure |= {"strict_value": ratio(len(strictly), len(answered)), "strict_numerator": len(strictly)}
        parts |= dict.fromkeys(("strict_value", "strict_numerator"), (strictly, loosely))
    return Tally(hidden, figure, parts)


RATE = Measure(
    name="rate",
    of=rate,
    written=Written.RATE,
    counts=("numerator", "denominator", "unknown", "immature"),
    parts=(
        Part(name="numerator", head=Words("Counted", "Gezählt")),
        Part(name="denominator", head=Words("Out of", "Von")),
        Part(name="unknown", head=Words("Unknown", "Unbekannt")),
        Part(name="lower", head=Words("Lower bound", "Untere Grenze"), written=None, is_tabled=False),
        Part(name="upper", head=Words("Upper bound", "Obere Grenze"), written=None, is_tabled=False),
        Part(name="immature", head=Words("Not yet mature", "Frist läuft noch")),
        Part(
            name="strict_value",
            head=Words("Stricter", "Strenger"),
            written=None,
            is_tabled=False,
            is_optional=True,
        ),
        Part(
            name="strict_numerator",
            head=Words("Stricter: counted", "Strenger: gezählt"),
            is_tabled=False,
            is_optional=True,
        ),
    ),
    basis=Words("{numerator} of {denominator}", "{numerator} von {denominator}"),
)


def count(cases: Sequence[Case], protects: Protects) -> Tally:
    """How many cases."""
    return Tally(hidden_count(cell(cases), protects), {"value": len(cases)})


COUNT = Measure(
    name="count",
    of=count,
    written=Written.NUMBER,
    counts=("value",),
    basis=Words("counted completely", "vollständig gezählt"),
)


def total_hours(cases: Sequence[Case], protects: Protects) -> Tally:
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
    return Tally(hidden, {"value": rounded(total), "entries": len(cases)})


HOURS = Measure(
    name="hours",
    of=total_hours,
    written=Written.HOURS,
    counts=("entries",),
    parts=(Part(name="entries", head=Words("Entries", "Einträge")),),
    head=Words("Hours", "Stunden"),
    basis=Words("{entries} entries", "{entries} Einträge"),
    basis_of_one=Words("one entry", "ein Eintrag"),
    basis_counts="entries",
)


def quartiles(cases: Sequence[Case], protects: Protects) -> Tally:
    """Median and quartiles of the cases that have a value; those without one yet are counted beside."""
    valued = [case for case in cases if case.value is not None]
    values = sorted(case.value for case in valued if case.value is not None)
    waiting = [case for case in cases if case.value is None]
    shares = {"value": "0.5", "lower_quartile": "0.25", "upper_quartile": "0.75"}
    figure: Measured = {
        name: rounded(quantile(values, Decimal(share))) if values else None for name, share in shares.items()
    }
    figure |= {"cases": len(valued), "open": len(waiting)}
    return Tally(hidden_count(cell(valued), protects), figure, {"open": (waiting,)})


QUARTILES = Measure(
    name="quartiles",
    of=quartiles,
    written=None,
    counts=("cases", "open"),
    parts=(
        Part(
            name="lower_quartile",
            head=Words("Lower quartile, {unit}", "Unteres Quartil, {unit}"),
            written=None,
        ),
        Part(
            name="upper_quartile",
            head=Words("Upper quartile, {unit}", "Oberes Quartil, {unit}"),
            written=None,
        ),
        Part(name="cases", head=Words("Cases", "Fälle")),
        Part(name="open", head=Words("Without a value yet", "Noch ohne Wert")),
    ),
    head=Words("Median, {unit}", "Median, {unit}"),
    basis=Words(
        "half of them between {lower_quartile} and {upper_quartile}{unit}",
        "die Hälfte zwischen {lower_quartile} und {upper_quartile}{unit}",
    ),
)


def balance(cases: Sequence[Case], protects: Protects) -> Tally:
    """1 when companies give as much as non-profits, 0 when one side gives all; other sectors are counted beside."""
    by_giver: dict[str | None, list[Case]] = {}
    for case in cases:
        by_giver.setdefault(case.groups.get("giver"), []).append(case)
    companies, non_profits = by_giver.get("company", []), by_giver.get("non_profit", [])
    others, unknown = by_giver.get("other", []), by_giver.get(None, [])
    n_companies, n_non_profits = len(companies), len(non_profits)
    n_both = n_companies + n_non_profits
    hidden = hidden_ratio(cell(companies), cell(non_profits), cell([*companies, *non_profits]), protects)
    figure: Measured = {
        "value": None if n_both == 0 else rounded(1 - Decimal(abs(n_companies - n_non_profits)) / n_both),
        "given_by_companies": n_companies,
        "given_by_non_profits": n_non_profits,
        "given_by_others": len(others),
        "unknown": len(unknown),
    }
    return Tally(hidden, figure, {"given_by_others": (others,)})


BALANCE = Measure(
    name="balance",
    of=balance,
    written=Written.DECIMAL,
    counts=("given_by_companies", "given_by_non_profits", "given_by_others", "unknown"),
    parts=(
        Part(name="given_by_companies", head=Words("Given by companies", "Von Unter\u00adnehmen")),
        Part(name="given_by_non_profits", head=Words("Given by non-profits", "Von Gemein\u00adnützigen")),
        Part(name="given_by_others", head=Words("Given by others", "Von anderen")),
        Part(name="unknown", head=Words("Unknown", "Unbekannt")),
    ),
    basis=Words(
        "{given_by_companies} given by companies, {given_by_non_profits} by non-profits",
        "{given_by_companies} von Unternehmen, {given_by_non_profits} von Gemeinnützigen",
    ),
)


def per_participant(cases: Sequence[Case], protects: Protects) -> Tally:
    """Agreements of market days per organisation that attended them."""
    agreements = [case for case in cases if case.groups.get("what") == "agreement"]
    attended = [case for case in cases if case.groups.get("what") == "attendance"]
    hidden = hidden_count(cell(agreements), protects) or hidden_count(cell(attended), protects)
    figure: Measured = {
        "value": ratio(len(agreements), len(attended)),
        "numerator": len(agreements),
        "denominator": len(attended),
    }
    return Tally(hidden, figure)


PER_PARTICIPANT = Measure(
    name="per_participant",
    of=per_participant,
    written=Written.DECIMAL,
    counts=("numerator", "denominator"),
    parts=(
        Part(name="numerator", head=Words("Agreements", "Vereinbarungen")),
        Part(name="denominator", head=Words("Participants", "Teilnehmende")),
    ),
    basis=Words(
        "{numerator} agreements, {denominator} organisations",
        "{numerator} Vereinbarungen, {denominator} Organisationen",
    ),
)


def per_month(cases: Sequence[Case], protects: Protects) -> Tally:
    """Persons a month: the cases' values added up by month, and the mean over the months that have any.

    One person may come every month, so the largest month says how many persons there are at least.
    """
    by_month: dict[str, Decimal] = {}
    for case in cases:
        month = f"{case.on:%Y-%m}"
        by_month[month] = by_month.get(month, Decimal(0)) + (case.value or 0)
    total, n_persons = sum(by_month.values(), Decimal(0)), int(max(by_month.values(), default=Decimal(0)))
    hidden = hidden_count(Cell(n=n_persons, n_organisations=cell(cases).n_organisations), protects)
    figure: Measured = {
        "value": rounded(total / len(by_month)) if by_month else None,
        "months": len(by_month),
        "reports": len(cases),
    }
    return Tally(hidden, figure)


PER_MONTH = Measure(
    name="per_month",
    of=per_month,
    written=Written.DECIMAL,
    counts=("reports",),
    parts=(
        Part(name="months", head=Words("Months", "Monate")),
        Part(name="reports", head=Words("Reports", "Meldungen")),
    ),
    head=Words("A month", "Im Monat"),
    basis=Words(
        "mean of {months} months, {reports} reports", "Mittel aus {months} Monaten, {reports} Meldungen"
    ),
    basis_of_one=Words("one month, {reports} reports", "ein Monat, Meldungen: {reports}"),
    basis_counts="months",
)

MEASURES = (RATE, COUNT, HOURS, QUARTILES, BALANCE, PER_PARTICIPANT)
"""The measures whose columns the CSV had first, in that order; the columns of any other follow at its end."""


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
