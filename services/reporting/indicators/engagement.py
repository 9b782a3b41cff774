"""Engagement: trials that led on, hours that hosts confirmed (handbook 9.2)."""

from collections.abc import Iterator
from decimal import Decimal

from services.reporting.facts.counselling import COUNSELLING
from services.reporting.facts.engagement import ENGAGEMENT, VOLUNTEER_HOURS
from services.reporting.indicators.breakdowns import Breakdown
from services.reporting.indicators.cases import Case, Facts, Verdict
from services.reporting.indicators.cohort import Cohort, Window, day, judged
from services.reporting.indicators.indicator import Chart, Dimension, Indicator, Topic
from services.reporting.indicators.measures import COUNT, HOURS, RATE
from services.reporting.suppression import Protects
from services.reporting.words import Words
from shared.events.marketplace.engagement import (
    CounsellingRequested,
    EngagementStarted,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
)
from shared.events.vocabulary import VolunteeringForm

VOLUNTEERING = Topic(letter="V", name=Words("Volunteering", "Engagement"), order=2)
FORM = Breakdown(
    name="form",
    label=Words("Form", "Form"),
    words={
        VolunteeringForm.ONE_OFF: Words("One-off", "Einmalig"),
        VolunteeringForm.REGULAR: Words("Regular", "Regelmäßig"),
        VolunteeringForm.ONLINE: Words("Online", "Online"),
        VolunteeringForm.TEAM: Words("Team", "Im Team"),
    },
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


DEFINITIONS = (
    Indicator(
        topic=VOLUNTEERING,
        id="V0",
        name="counselling_requests",
        version=1,
        title=Words("Counselling requests", "Beratungsanfragen"),
        formula=Words("count of requests for counselling", "Zahl der Beratungsanfragen"),
        numerator=Words("requests for counselling", "Beratungsanfragen"),
        cohort=Cohort(
            words=Words("requests, by the day they were made", "Anfragen nach dem Tag, an dem sie eingingen")
        ),
        cases=counselling_requests,
        facts=(COUNSELLING,),
        events=(CounsellingRequested,),
        measure=COUNT,
        protects=Protects.PERSONS,
        chart=Chart.COLUMNS,
        step="1",
        dimension=Dimension.NEEDS,
    ),
    Indicator(
        topic=VOLUNTEERING,
        id="V2",
        name="trial_success",
        version=1,
        title=Words("Trial success", "Erfolg der Schnupperphase"),
        formula=Words(
            "share of trials that an engagement followed; counted once they are older than three months and over",
            "Anteil der Schnupperphasen, auf die ein Engagement folgte; gezählt, sobald sie älter als drei Monate "
            "und beendet sind",
        ),
        numerator=Words(
            "trials that an engagement followed", "Schnupperphasen, auf die ein Engagement folgte"
        ),
        denominator=Words("trials with a known outcome", "Schnupperphasen mit bekanntem Ergebnis"),
        cohort=Cohort(
            words=Words("trials, by their first day", "Schnupperphasen nach ihrem ersten Tag"), window=TRIAL
        ),
        cases=trials,
        facts=(ENGAGEMENT,),
        events=(TrialStarted, TrialEnded, EngagementStarted),
        measure=RATE,
        breakdowns=(FORM,),
        protects=Protects.PERSONS,
        chart=Chart.BARS_WITH_UNKNOWN,
        step="3",
        dimension=Dimension.PROCESS,
    ),
    Indicator(
        topic=VOLUNTEERING,
        id="V4",
        name="confirmed_volunteer_hours",
        version=1,
        title=Words("Confirmed volunteer hours", "Bestätigte Engagementstunden"),
        formula=Words(
            "sum of the hours of civic engagement that host organisations have confirmed, by the day worked",
            "Summe der von Einsatzstellen bestätigten Stunden bürgerschaftlichen Engagements, nach dem Tag des "
            "Einsatzes",
        ),
        numerator=Words(
            "hours of civic engagement that host organisations have confirmed",
            "Stunden bürgerschaftlichen Engagements, die Einsatzstellen bestätigt haben",
        ),
        cohort=Cohort(words=Words("hours, by the day of work", "Stunden nach dem Tag des Einsatzes")),
        cases=confirmed_hours,
        facts=(VOLUNTEER_HOURS,),
        events=(VolunteerHoursConfirmed, VolunteerHoursCorrected),
        measure=HOURS,
        protects=Protects.PERSONS,
        chart=Chart.COLUMNS,
        step="2",
        dimension=Dimension.RESOURCES,
    ),
)
