"""Matching: which needs were met, how long it took, and which proposals were taken up (handbook 9.1)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from services.reporting.facts.match import MATCH
from services.reporting.facts.need import NEED
from services.reporting.indicators.cohort import Window, day, judged, within
from services.reporting.indicators.indicator import Case, Facts, Indicator, Verdict
from services.reporting.indicators.measures import QUARTILES, RATE
from services.reporting.suppression import Protects
from shared.events.marketplace.need import NeedAmended, NeedMet, NeedPosted
from shared.events.marketplace.offer import MatchConfirmed, MatchDeclined, MatchLapsed, MatchProposed

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


MATCHING = (
    Indicator(
        id="X7",
        name="need_coverage",
        version=1,
        title="Need coverage",
        title_de="Deckung der Bedarfe",
        formula="needs of exchange met within 180 days / needs posted in the mature cohort",
        formula_de="binnen 180 Tagen gedeckte Bedarfe / eingestellte Bedarfe der reifen Kohorte (Austausch)",
        unit="[1]",
        step="2",
        events=(NeedPosted, NeedAmended, NeedMet),
        facts=(NEED,),
        cases=needs_of_exchange,
        measure=RATE,
        protects=Protects.ORGANISATIONS,
        groups=("category", "district"),
    ),
    Indicator(
        id="X8",
        name="time_to_match",
        version=1,
        title="Time to match",
        title_de="Zeit bis zur Vermittlung",
        formula="median of the days from posting a need of exchange to its first confirmed match, with quartiles; "
        "needs without a match are counted beside",
        formula_de="Median der Tage vom Einstellen eines Bedarfs bis zur ersten bestätigten Vermittlung, mit "
        "Quartilen; Bedarfe ohne Vermittlung stehen daneben (Austausch)",
        unit="[d]",
        step="2",
        events=(NeedPosted, NeedAmended, MatchConfirmed),
        facts=(NEED,),
        cases=days_to_match,
        measure=QUARTILES,
        protects=Protects.ORGANISATIONS,
        groups=("category", "district"),
    ),
    Indicator(
        id="X9",
        name="match_acceptance",
        version=1,
        title="Match acceptance",
        title_de="Annahme der Vorschläge",
        formula="confirmed matches of exchange / proposed ones that are older than three months and answered or lapsed",
        formula_de="bestätigte Vorschläge / Vorschläge, die älter als drei Monate und beantwortet oder verfallen sind "
        "(Austausch)",
        unit="[1]",
        step="2",
        events=(MatchProposed, MatchConfirmed, MatchDeclined, MatchLapsed),
        facts=(MATCH,),
        cases=proposed_matches,
        measure=RATE,
        protects=Protects.ORGANISATIONS,
    ),
)
