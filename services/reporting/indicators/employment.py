"""Employment: contracts that became work, and work that lasted (handbook 9.3)."""

from collections.abc import Callable, Iterator

from services.reporting.facts.placement import MILESTONES, PLACEMENT
from services.reporting.indicators.indicator import Case, Facts, Indicator, Verdict, day, judged
from services.reporting.indicators.measures import count, rate
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
DAYS_PER_MONTH = 31


def started(facts: Facts) -> Iterator[Case]:
    """Placements that began."""
    for row in facts.rows(PLACEMENT):
        if row["started_on"] and row["form"] not in NO_EMPLOYMENT:
            yield Case(on=day(row["started_on"]), groups={"form": row["form"]})


def contracted(facts: Facts) -> Iterator[Case]:
    """Contracted placements, and whether they began; before the agreed day nobody knows."""
    for row in facts.rows(PLACEMENT):
        if row["contracted_on"] and row["form"] not in NO_EMPLOYMENT:
            ended = row["started_on"] or row["never_started_on"]
            verdict = Verdict.YES if row["started_on"] else Verdict.NO if ended else Verdict.IMMATURE
            if (
                verdict == Verdict.IMMATURE
                and (facts.today - day(row["starts_on"])).days > DAYS_PER_MONTH * 3
            ):
                verdict = Verdict.UNKNOWN
            yield Case(on=day(row["contracted_on"]), verdict=verdict, groups={"form": row["form"]})


def retained(milestone: int) -> Callable[[Facts], Iterator[Case]]:
    """Started placements, and whether the person was at work so many months later; with the same employer: stricter."""
    answers = {"confirmed": Verdict.YES, "confirmed_elsewhere": Verdict.YES, "denied": Verdict.NO}

    def cases(facts: Facts) -> Iterator[Case]:
        for row in facts.rows(PLACEMENT):
            if not row["started_on"] or row["form"] in NO_EMPLOYMENT:
                continue
            window = milestone * DAYS_PER_MONTH
            mature = judged(row["started_on"], reached=True, window_days=window, today=facts.today)
            answer = row[f"retention_{milestone}"]
            verdict = mature if mature == Verdict.IMMATURE else answers.get(answer, Verdict.UNKNOWN)
            groups = {"form": row["form"]}
            yield Case(
                on=day(row["started_on"]), verdict=verdict, strict=answer == "confirmed", groups=groups
            )

    return cases


RETENTION = tuple(
    Indicator(
        id="E5",
        name=f"retention_{milestone}_months",
        version=1,
        title=f"Retention after {milestone} months",
        title_de=f"Verbleib nach {milestone} Monaten",
        formula=f"confirmed at {milestone} months / started in the mature cohort with an answer; lower bound counts "
        "unknown as not retained; strict: with the same employer",
        formula_de=f"nach {milestone} Monaten bestätigt / begonnene der reifen Kohorte mit Antwort; die untere Grenze "
        "zählt Unbekannt als nicht verblieben; streng: beim selben Arbeitgeber",
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
        measure=rate,
        protects=Protects.PERSONS,
        groups=("form",),
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
        formula_de="Zahl der begonnenen; Arbeitsgelegenheiten zählen nicht (E04)",
        unit="[1]",
        step="4-6",
        events=(PlacementStarted,),
        facts=(PLACEMENT,),
        cases=started,
        measure=count,
        protects=Protects.PERSONS,
        groups=("form",),
    ),
    Indicator(
        id="E2",
        name="start_rate",
        version=1,
        title="Start rate",
        title_de="Antrittsquote",
        formula="started / contracted; three months after the agreed day without a word is unknown",
        formula_de="begonnene / vertraglich vereinbarte; drei Monate nach dem Termin ohne Nachricht: unbekannt",
        unit="[1]",
        step="2",
        events=(PlacementContracted, PlacementStarted, PlacementNeverStarted),
        facts=(PLACEMENT,),
        cases=contracted,
        measure=rate,
        protects=Protects.PERSONS,
        groups=("form",),
    ),
    *RETENTION,
)
