"""Social services: how many were opened and extended (handbook 9.4a)."""

from collections.abc import Iterator

from services.reporting.facts.social_service import SOCIAL_SERVICE
from services.reporting.indicators.breakdowns import DISTRICT, Breakdown
from services.reporting.indicators.cases import Case, Facts
from services.reporting.indicators.cohort import Cohort, day
from services.reporting.indicators.indicator import Chart, Dimension, Indicator, Topic
from services.reporting.indicators.measures import COUNT
from services.reporting.suppression import Protects
from services.reporting.words import Words
from shared.events.actors import social_service as events

TOPIC = Breakdown(
    name="topic",
    label=Words("Topic", "Thema"),
    words={
        events.SocialTopic.FAMILY_AND_YOUTH: Words("Family and youth", "Familie und Jugend"),
        events.SocialTopic.OLDER_PEOPLE: Words("Older people", "Ältere Menschen"),
        events.SocialTopic.HEALTH_AND_CARE: Words("Health and care", "Gesundheit und Pflege"),
        events.SocialTopic.MIGRATION: Words("Migration", "Migration"),
        events.SocialTopic.HOUSING: Words("Housing", "Wohnen"),
        events.SocialTopic.OTHER: Words("Other", "Sonstiges"),
    },
)


def opened_and_extended(facts: Facts) -> Iterator[Case]:
    """Openings and first extensions of social services, each on its day."""
    columns = ("provider_id", "topic", "district", "opened_on", "extended_on")
    for provider, topic, district, *days in facts.rows(SOCIAL_SERVICE, *columns):
        for step_on in filter(None, days):
            groups = {"topic": topic, "district": district}
            yield Case(on=day(step_on), organisations=(provider,) if provider else (), groups=groups)


DEFINITIONS = (
    Indicator(
        topic=Topic(letter="S", name=Words("Social services", "Soziale Dienste"), order=4),
        id="S1",
        name="social_services",
        version=1,
        title=Words("Social services opened and extended", "Eröffnete und erweiterte soziale Dienste"),
        formula=Words(
            "count of social services that opened, and of those that were extended",
            "Zahl der eröffneten und der erweiterten sozialen Dienste",
        ),
        numerator=Words("openings and first extensions", "Eröffnungen und erste Erweiterungen"),
        cohort=Cohort(words=Words("by the day of the step", "nach dem Tag des Schritts")),
        cases=opened_and_extended,
        facts=(SOCIAL_SERVICE,),
        events=(events.SocialServicePlanned, events.SocialServiceOpened, events.SocialServiceExtended),
        measure=COUNT,
        breakdowns=(TOPIC, DISTRICT),
        protects=Protects.ORGANISATIONS,
        chart=Chart.COLUMNS,
        step="2",
        dimension=Dimension.NEEDS,
    ),
)
