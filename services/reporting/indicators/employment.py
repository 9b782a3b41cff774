"""Employment: contracts that became work, and work that lasted (handbook 9.3)."""

from collections.abc import Callable, Iterator
from typing import Any

from services.reporting.facts.placement import MILESTONES, PLACEMENT
from services.reporting.indicators.cohort import Window, day, judged
from services.reporting.indicators.indicator import Case, Facts, Indicator, Verdict
from services.reporting.indicators.measures import COUNT, RATE
from services.reporting.suppression import Protects
from shared.events.employment import (
    PlacementContracted,
    PlacementNeverStarted,
    PlacementRetentionConfirmed,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
)

NO_EMPLOYMENT = {"work_opportunity"}  # E04: no employment relationship, in no employment indicator
BY_THE_AGREED_DAY = Window()  # E2: the cohort is mature three months after the day agreed on
ANSWERS = {"confirmed": Verdict.YES, "confirmed_elsewhere": Verdict.YES, "denied": Verdict.NO}


def started(facts: Facts) -> Iterator[Case]:
    """Placements that began, on their first day."""
    for (started_on,), organisations, groups in _employment(facts, "started_on"):
        if started_on:
            yield Case(on=day(started_on), organisations=organisations, groups=groups)


def contracted(facts: Facts) -> Iterator[Case]:
    """Contracted placements, and whether they began; three months after the agreed day without a word: unknown."""
    columns = ("contracted_on", "starts_on", "started_on", "never_started_on")
    for (contracted_on, starts_on, started_on, never_on), organisations, groups in _employment(
        facts, *columns
    ):
        if contracted_on:
            verdict = Verdict.YES if started_on else Verdict.NO if never_on else Verdict.UNKNOWN
            yield Case(
                on=day(contracted_on),
                verdict=judged(day(starts_on), verdict, BY_THE_AGREED_DAY, facts.today),
                organisations=organisations,
                groups=groups,
            )


def retained(milestone: int) -> Callable[[Facts], Iterator[Case]]:
    """Started placements, and whether the person was at work so many months later."""
    window, columns = Window(months=milestone), ("started_on", f"retention_{milestone}")

    def cases(facts: Facts) -> Iterator[Case]:
        for (started_on, answer), organisations, groups in _employment(facts, *columns):
            if started_on:
                first_day, verdict = day(started_on), ANSWERS.get(answer, Verdict.UNKNOWN)
                yield Case(
                    on=first_day,
                    verdict=judged(first_day, verdict, window, facts.today),
                    strict=answer == "confirmed",
                    organisations=organisations,
                    groups=groups,
                )

    cases.__doc__ = (
        f"Started placements, and whether the person was at work {milestone} months later; with the same employer is "
        "the stricter variant. A check that nobody answered is unknown."
    )
    return cases


def _employment(
    facts: Facts, *columns: str
) -> Iterator[tuple[list[Any], tuple[str, ...], dict[str, str | None]]]:
    """These columns of every placement that is employment, with its employer and its groups."""
    for form, employer, *values in facts.rows(PLACEMENT, "form", "employer_id", *columns):
        if form not in NO_EMPLOYMENT:
            yield values, (employer,) if employer else (), {"form": form}


RETENTION = tuple(
    Indicator(
        id="E5",
        name=f"retention_{milestone}_months",
        version=1,
        title=f"Retention after {milestone} months",
        title_de=f"Verbleib nach {milestone} Monaten",
        formula=f"at work after {milestone} months / placements of the mature cohort with an answer; the lower bound "
        "counts unknown as not retained",
        formula_de=f"nach {milestone} Monaten in Arbeit / begonnene der reifen Kohorte mit Antwort; die untere Grenze "
        "zählt Unbekannt als nicht verblieben",
        unit="[1]",
        step="6",
        events=(
            PlacementStarted,
            PlacementRetentionConfirmed,
            PlacementRetentionDenied,
            PlacementRetentionUnknown,
        ),
        facts=(PLACEMENT,),
        cases=retained(milestone),
        measure=RATE,
        protects=Protects.PERSONS,
        groups=("form",),
        stricter=("with the same employer", "beim selben Arbeitgeber"),
    )
    for milestone in MILESTONES
)

EMPLOYMENT = (
    Indicator(
        id="E1",
        name="placements_started",
        version=1,
        title="Placements started",
        title_de="Begonnene Arbeitsverhältnisse",
        formula="count of placements that began; work opportunities are none (E04)",
        formula_de="Zahl der begonnenen Arbeitsverhältnisse; Arbeitsgelegenheiten sind keine (E04)",
        unit="[1]",
        step="4-6",
        events=(PlacementStarted,),
        facts=(PLACEMENT,),
        cases=started,
        measure=COUNT,
        protects=Protects.PERSONS,
        groups=("form",),
    ),
    Indicator(
        id="E2",
        name="start_rate",
        version=1,
        title="Start rate",
        title_de="Antrittsquote",
        formula="placements that began / contracted ones whose agreed day is three months past and of which it is "
        "known",
        formula_de="angetretene / vertraglich vereinbarte, deren Termin drei Monate zurückliegt und deren Antritt "
        "bekannt ist",
        unit="[1]",
        step="2",
        events=(PlacementContracted, PlacementStarted, PlacementNeverStarted),
        facts=(PLACEMENT,),
        cases=contracted,
        measure=RATE,
        protects=Protects.PERSONS,
        groups=("form",),
    ),
    *RETENTION,
)
