"""Engagement: trials that led on, hours that hosts confirmed (handbook 9.2)."""

from collections.abc import Iterator
from decimal import Decimal

from services.reporting.facts.engagement import COUNSELLING, ENGAGEMENT, VOLUNTEER_HOURS
from services.reporting.indicators.indicator import Case, Facts, Indicator, Verdict, day
from services.reporting.indicators.measures import count, rate, total_hours
from services.reporting.suppression import Protects
from shared.events.marketplace.engagement import (
    CounsellingRequested,
    EngagementStarted,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
)

MINUTES_PER_HOUR = 60


def counselling_requests(facts: Facts) -> Iterator[Case]:
    """Requests for counselling."""
    for row in facts.rows(COUNSELLING):
        if row["requested_on"]:
            yield Case(on=day(row["requested_on"]))


def trials(facts: Facts) -> Iterator[Case]:
    """Trials, and whether an engagement followed; a trial that still runs is not judged yet."""
    for row in facts.rows(ENGAGEMENT):
        if row["trial_on"]:
            open_yet = row["started_on"] is None and row["ended_on"] is None
            verdict = Verdict.IMMATURE if open_yet else Verdict.YES if row["started_on"] else Verdict.NO
            yield Case(on=day(row["trial_on"]), verdict=verdict, groups={"form": row["form"]})


def confirmed_hours(facts: Facts) -> Iterator[Case]:
    """Confirmed hours of civic engagement, on the day they were worked (rules V01, V02)."""
    for row in facts.rows(VOLUNTEER_HOURS):
        if row["is_civic"]:
            hours = Decimal(row["n_minutes"]) / MINUTES_PER_HOUR
            yield Case(on=day(row["worked_on"]), value=hours, units=(row["host_id"],))


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
        measure=count,
        protects=Protects.PERSONS,
    ),
    Indicator(
        id="V2",
        name="trial_success",
        version=1,
        title="Trial success",
        title_de="Erfolg der Schnupperphase",
        formula="engagements started / trials that have ended",
        formula_de="begonnene Engagements / beendete Schnupperphasen",
        unit="[1]",
        step="3",
        events=(TrialStarted, TrialEnded, EngagementStarted),
        facts=(ENGAGEMENT,),
        cases=trials,
        measure=rate,
        protects=Protects.PERSONS,
        groups=("form",),
    ),
    Indicator(
        id="V4",
        name="confirmed_volunteer_hours",
        version=1,
        title="Confirmed volunteer hours",
        title_de="Bestätigte Engagementstunden",
        formula="sum of civic hours that hosts have confirmed",
        formula_de="Summe der von Einsatzstellen bestätigten bürgerschaftlichen Stunden",
        unit="[h]",
        step="2",
        events=(VolunteerHoursConfirmed,),
        facts=(VOLUNTEER_HOURS,),
        cases=confirmed_hours,
        measure=total_hours,
        protects=Protects.ORGANISATIONS,
    ),
)
