"""Matching: which needs were met, how long it took, and which proposals were taken up (handbook 9.1)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from services.reporting.facts.match import MATCH
from services.reporting.facts.need import NEED
from services.reporting.indicators.agreements import EXCHANGE
from services.reporting.indicators.breakdowns import CATEGORY, DISTRICT
from services.reporting.indicators.cases import Case, Facts, Verdict
from services.reporting.indicators.cohort import Cohort, Window, day, judged, within
from services.reporting.indicators.indicator import Chart, Dimension, Indicator
from services.reporting.indicators.measures import QUARTILES, RATE
from services.reporting.indicators.written import Written
from services.reporting.suppression import Protects
from services.reporting.words import Words
from shared.events.marketplace.need import NeedAmended, NeedMet, NeedPosted
from shared.events.marketplace.offer import MatchConfirmed, MatchDeclined, MatchLapsed, MatchProposed

BY_POSTING = Words(
    "needs of exchange, by the day of posting", "Bedarfe des Austauschs nach dem Tag der Einstellung"
)

MET_WITHIN = Window(days=180)  # X7
AT_ONCE = Window()  # X9: no window of its own, the waiting time alone
VERDICTS = {"confirmed": Verdict.YES, "open": Verdict.UNKNOWN}


def needs_of_exchange(facts: Facts) -> Iterator[Case]:
    """Organisations' needs of exchange, and whether they were met within 180 days of posting."""
    for posted, met_on, groups, organisations in _posted(facts, "met_on"):
        verdict = Verdict.YES if within(posted, met_on, MET_WITHIN) else Verdict.NO
        yield Case(
            on=posted,
            verdict=judged(posted, verdict, MET_WITHIN, facts.today),
            organisations=organisations,
            groups=groups,
        )


def days_to_match(facts: Facts) -> Iterator[Case]:
    """Days from a need of exchange to its first confirmed match; no value while there is none."""
    for posted, confirmed_on, groups, organisations in _posted(facts, "first_confirmed_on"):
        waited = None if confirmed_on is None else Decimal((day(confirmed_on) - posted).days)
        yield Case(on=posted, value=waited, organisations=organisations, groups=groups)


def proposed_matches(facts: Facts) -> Iterator[Case]:
    """Proposed matches of exchange, and whether they were confirmed; after three months without an answer: unknown."""
    for kind, proposed_on, outcome, party in facts.rows(
        MATCH, "kind", "proposed_on", "outcome", "offer_party"
    ):
        if kind == "exchange" and proposed_on:
            proposed = day(proposed_on)
            verdict = judged(proposed, VERDICTS.get(outcome, Verdict.NO), AT_ONCE, facts.today)
            yield Case(on=proposed, verdict=verdict, organisations=(party,))


def _posted(
    facts: Facts, column: str
) -> Iterator[tuple[date, str | None, dict[str, str | None], tuple[str, ...]]]:
    """The needs of exchange: day of posting, one more column, groups and organisation."""
    for kind, posted_on, value, category, district, organisation in facts.rows(
        NEED, "kind", "posted_on", column, "category", "district", "organisation_id"
    ):
        if kind == "exchange" and posted_on:
            yield day(posted_on), value, {"category": category, "district": district}, (organisation,)


DEFINITIONS = (
    Indicator(
        topic=EXCHANGE,
        id="X7",
        name="need_coverage",
        version=1,
        title=Words("Need coverage", "Deckung der Bedarfe"),
        formula=Words(
            "share of needs of exchange that were met within 180 days; counted once the time is over",
            "Anteil der Bedarfe des Austauschs, die binnen 180 Tagen gedeckt wurden; gezählt, sobald die Frist "
            "vorbei ist",
        ),
        numerator=Words("needs met within 180 days", "Bedarfe, die binnen 180 Tagen gedeckt wurden"),
        denominator=Words("needs posted", "eingestellte Bedarfe"),
        cohort=Cohort(words=BY_POSTING, window=MET_WITHIN),
        cases=needs_of_exchange,
        facts=(NEED,),
        events=(NeedPosted, NeedAmended, NeedMet),
        measure=RATE,
        breakdowns=(CATEGORY, DISTRICT),
        protects=Protects.ORGANISATIONS,
        chart=Chart.INTERVALS,
        step="2",
        dimension=Dimension.NEEDS,
    ),
    Indicator(
        topic=EXCHANGE,
        id="X8",
        name="time_to_match",
        version=1,
        title=Words("Time to match", "Zeit bis zur Vermittlung"),
        formula=Words(
            "median of the days from posting a need of exchange to its first confirmed match, with quartiles; "
            "needs without a match are counted separately",
            "Median der Tage vom Einstellen eines Bedarfs bis zur ersten bestätigten Vermittlung, mit "
            "Quartilen; Bedarfe ohne Vermittlung werden getrennt gezählt (Austausch)",
        ),
        numerator=Words(
            "the days from posting to the first confirmed match",
            "die Tage von der Einstellung bis zur ersten bestätigten Vermittlung",
        ),
        cohort=Cohort(words=BY_POSTING),
        cases=days_to_match,
        facts=(NEED,),
        events=(NeedPosted, NeedAmended, MatchConfirmed),
        measure=QUARTILES,
        written=Written.DAYS,
        heads={"open": Words("Without a match", "Ohne Vermittlung")},
        breakdowns=(CATEGORY, DISTRICT),
        protects=Protects.ORGANISATIONS,
        chart=Chart.DISTRIBUTION,
        step="2",
        dimension=Dimension.PROCESS,
    ),
    Indicator(
        topic=EXCHANGE,
        id="X9",
        name="match_acceptance",
        version=1,
        title=Words("Match acceptance", "Annahme der Vorschläge"),
        formula=Words(
            "share of proposed matches of exchange that both sides confirmed; counted once they are older than three "
            "months and answered or lapsed",
            "Anteil der Vorschläge des Austauschs, die beide Seiten bestätigt haben; gezählt, sobald sie älter als "
            "drei Monate und beantwortet oder verfallen sind",
        ),
        numerator=Words("confirmed matches", "bestätigte Vorschläge"),
        denominator=Words("matches that were answered or lapsed", "beantwortete oder verfallene Vorschläge"),
        cohort=Cohort(
            words=Words(
                "proposed matches of exchange, by the day of proposal",
                "Vorschläge des Austauschs nach dem Tag des Vorschlags",
            ),
            window=AT_ONCE,
        ),
        cases=proposed_matches,
        facts=(MATCH,),
        events=(MatchProposed, MatchConfirmed, MatchDeclined, MatchLapsed),
        measure=RATE,
        protects=Protects.ORGANISATIONS,
        chart=Chart.BARS_WITH_UNKNOWN,
        step="2",
        dimension=Dimension.PROCESS,
    ),
)
