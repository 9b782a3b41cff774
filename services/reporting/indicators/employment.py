"""Employment: contracts that became work, and work that lasted (handbook 9.3)."""

from collections.abc import Callable, Iterator
from typing import Any

from services.reporting.facts.placement import PLACEMENT
from services.reporting.indicators.breakdowns import Breakdown
from services.reporting.indicators.cases import Case, Facts, Verdict
from services.reporting.indicators.cohort import Cohort, Window, day, judged
from services.reporting.indicators.indicator import Chart, Dimension, Indicator, Topic
from services.reporting.indicators.measures import COUNT, RATE
from services.reporting.suppression import Protects
from services.reporting.words import Words
from shared.events.employment.placement import (
    MILESTONES,
    PlacementContracted,
    PlacementNeverStarted,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
)
from shared.events.vocabulary import WorkForm

EMPLOYMENT = Topic(letter="E", name=Words("Employment", "Beschäftigung"), order=3)
FORM = Breakdown(
    name="form",
    label=Words("Form", "Form"),
    words={
        WorkForm.JOB: Words("Job", "Arbeitsstelle"),
        WorkForm.APPRENTICESHIP: Words("Apprenticeship", "Ausbildung"),
        WorkForm.ENTRY_QUALIFICATION: Words("Entry qualification", "Einstiegsqualifizierung"),
        WorkForm.INTERNSHIP: Words("Internship", "Praktikum"),
    },
)

NO_EMPLOYMENT = {"work_opportunity"}  # E04: no employment relationship, in no employment indicator
BY_FIRST_DAY = Words("placements, by their first day", "Arbeitsverhältnisse nach ihrem ersten Tag")
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


def retention(milestone: int) -> Indicator:
    """E5 for one of its milestones [months]."""
    return Indicator(
        topic=EMPLOYMENT,
        id="E5",
        name=f"retention_{milestone}_months",
        version=1,
        title=Words(f"Retention after {milestone} months", f"Verbleib nach {milestone} Monaten"),
        formula=Words(
            f"share of placements whose person is at work after {milestone} months, among those with an answer; "
            "the lower bound counts unknown as not retained",
            f"Anteil der Arbeitsverhältnisse, deren Person nach {milestone} Monaten in Arbeit ist, unter denen mit "
            "Antwort; die untere Grenze zählt Unbekannt als nicht verblieben",
        ),
        numerator=Words(
            f"placements whose person is at work after {milestone} months",
            f"Arbeitsverhältnisse, deren Person nach {milestone} Monaten in Arbeit ist",
        ),
        denominator=Words(
            "placements with an answer to that question",
            "Arbeitsverhältnisse, zu denen eine Antwort vorliegt",
        ),
        cohort=Cohort(words=BY_FIRST_DAY, window=Window(months=milestone)),
        cases=retained(milestone),
        facts=(PLACEMENT,),
        events=(
            PlacementStarted,
            PlacementRetentionConfirmed,
            PlacementRetentionDenied,
            PlacementRetentionUnknown,
            PlacementRetentionCorrected,
        ),
        measure=RATE,
        breakdowns=(FORM,),
        protects=Protects.PERSONS,
        stricter=Words("Counting only those with the same employer", "Nur beim selben Arbeitgeber gezählt"),
        chart=Chart.INTERVALS,
        step="6",
        dimension=Dimension.PROCESS,
    )


DEFINITIONS = (
    Indicator(
        topic=EMPLOYMENT,
        id="E1",
        name="placements_started",
        version=1,
        title=Words("Placements started", "Begonnene Arbeitsverhältnisse"),
        formula=Words(
            "count of placements that began; work opportunities do not count",
            "Zahl der begonnenen Arbeitsverhältnisse; Arbeitsgelegenheiten zählen nicht mit",
        ),
        numerator=Words("placements that began", "begonnene Arbeitsverhältnisse"),
        cohort=Cohort(words=BY_FIRST_DAY),
        cases=started,
        facts=(PLACEMENT,),
        events=(PlacementStarted,),
        measure=COUNT,
        breakdowns=(FORM,),
        protects=Protects.PERSONS,
        chart=Chart.COLUMNS,
        step="4-6",
        dimension=Dimension.NEEDS,
    ),
    Indicator(
        topic=EMPLOYMENT,
        id="E2",
        name="start_rate",
        version=1,
        title=Words("Start rate", "Antrittsquote"),
        formula=Words(
            "share of contracted placements that began; counted once the agreed day is three months past and the "
            "outcome is known",
            "Anteil der vertraglich vereinbarten Arbeitsverhältnisse, die angetreten wurden; gezählt, sobald der "
            "Termin drei Monate zurückliegt und das Ergebnis bekannt ist",
        ),
        numerator=Words("placements that began", "angetretene Arbeitsverhältnisse"),
        denominator=Words(
            "contracted placements with a known outcome",
            "vereinbarte Arbeitsverhältnisse mit bekanntem Ergebnis",
        ),
        cohort=Cohort(
            words=Words(
                "placements, by the day of their contract", "Arbeitsverhältnisse nach dem Tag des Vertrags"
            ),
            window=BY_THE_AGREED_DAY,
        ),
        cases=contracted,
        facts=(PLACEMENT,),
        events=(PlacementContracted, PlacementStarted, PlacementNeverStarted),
        measure=RATE,
        breakdowns=(FORM,),
        protects=Protects.PERSONS,
        chart=Chart.BARS_WITH_UNKNOWN,
        step="2",
        dimension=Dimension.PROCESS,
    ),
    *(retention(milestone) for milestone in MILESTONES),
)
