"""Engagement: trials that led on, hours that hosts confirmed (handbook 9.2)."""

from collections.abc import Iterator
from decimal import Decimal

from services.reporting.facts.engagement import COUNSELLING, ENGAGEMENT, VOLUNTEER_HOURS
from services.reporting.indicators.cohort import Window, day, judged
from services.reporting.indicators.indicator import Case, Facts, Indicator, Verdict
from services.reporting.indicators.measures import COUNT, HOURS, RATE
from services.reporting.suppression import Protects
from shared.events.marketplace.engagement import (
    CounsellingRequested,
    EngagementStarted,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
)

MINUTES_PER_HOUR = 60
TRIAL = Window()  # V2: no window of its own, the waiting time alone


def counselling_requests(facts: Facts) -> Iterator[Case]:
    """Requests for counselling, on the day of the request."""
    for (requested_on,) in facts.rows(COUNSELLING, "requested_on"):
        if requested_on:
            yield Case(on=day(requested_on))


def trials(facts: Facts) -> Iterator[Case]:
    """Trials, and whether an engagement followed; after three months without a word: unknown."""
    for trial_on, started_on, ended_on, host, form in facts.rows(
        ENGAGEMENT, "trial_on", "started_on", "ended_on", "host_id", "form"
    ):
        if trial_on:
            tried = day(trial_on)
            verdict = Verdict.YES if started_on else Verdict.NO if ended_on else Verdict.UNKNOWN
            yield Case(
                on=tried,
                verdict=judged(tried, verdict, TRIAL, facts.today),
                organisations=(host,) if host else (),
                groups={"form": form},
            )


def confirmed_hours(facts: Facts) -> Iterator[Case]:
    """Confirmed hours of civic engagement, on the day they were worked (rules V01, V02)."""
    for worked_on, is_civic, n_minutes, host, engagement in facts.rows(
        VOLUNTEER_HOURS, "worked_on", "is_civic", "n_minutes", "host_id", "engagement_id"
    ):
        if is_civic:
            hours = Decimal(n_minutes) / MINUTES_PER_HOUR
            yield Case(on=day(worked_on), value=hours, organisations=(host,), person=engagement)


ENGAGEMENT_INDICATORS = (
    Indicator(
        id="V0",
        name="counselling_requests",
        version=1,
        title="Counselling requests",
        title_de="Beratungsanfragen",
        formula="count of requests for counselling",
        formula_de="Zahl der Beratungsanfragen",
        unit="[1]",
        step="1",
        events=(CounsellingRequested,),
        facts=(COUNSELLING,),
        cases=counselling_requests,
        measure=COUNT,
        protects=Protects.PERSONS,
    ),
    Indicator(
        id="V2",
        name="trial_success",
        version=1,
        title="Trial success",
        title_de="Erfolg der Schnupperphase",
        formula="engagements started / trials that are older than three months and ended, either way",
        formula_de="begonnene Engagements / Schnupperphasen, die älter als drei Monate und so oder so beendet sind",
        unit="[1]",
        step="3",
        events=(TrialStarted, TrialEnded, EngagementStarted),
        facts=(ENGAGEMENT,),
        cases=trials,
        measure=RATE,
        protects=Protects.PERSONS,
        groups=("form",),
    ),
    Indicator(
        id="V4",
        name="confirmed_volunteer_hours",
        version=1,
        title="Confirmed volunteer hours",
        title_de="Bestätigte Engagementstunden",
        formula="sum of the hours of civic engagement that host organisations have confirmed, by the day worked",
        formula_de="Summe der von Einsatzstellen bestätigten Stunden bürgerschaftlichen Engagements, nach dem Tag des "
        "Einsatzes",
        unit="[h]",
        step="2",
        events=(VolunteerHoursConfirmed,),
        facts=(VOLUNTEER_HOURS,),
        cases=confirmed_hours,
        measure=HOURS,
        protects=Protects.PERSONS,
    ),
)
