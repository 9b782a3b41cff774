"""Exchange: what was agreed, kept, needed and met, and who gave (handbook 9.1)."""

from collections.abc import Iterator
from decimal import Decimal

from services.reporting.facts.agreement import AGREEMENT, COMMITMENT
from services.reporting.facts.market_day import ATTENDANCE, MARKET_DAY
from services.reporting.facts.match import MATCH
from services.reporting.facts.need import NEED
from services.reporting.facts.organisation import ORGANISATION
from services.reporting.indicators.indicator import Case, Facts, Indicator, Verdict, day, judged, within
from services.reporting.indicators.measures import balance, count, per_participant, quartiles, rate
from services.reporting.suppression import Protects
from shared.events.actors import OrganisationRegistered
from shared.events.marketplace.agreement import (
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    CommitmentConfirmed,
)
from shared.events.marketplace.market_day import MarketDayParticipantAttended
from shared.events.marketplace.need import NeedMet, NeedPosted
from shared.events.marketplace.offer import MatchConfirmed, MatchProposed

REDEEMED_WITHIN = 365  # [days] X3: fulfilled or partly fulfilled within 12 months
MET_WITHIN = 180  # [days] X7
COMPANIES = {"company", "training_company"}


def sealed_agreements(facts: Facts) -> Iterator[Case]:
    """Every sealed agreement."""
    for row in facts.rows(AGREEMENT):
        if row["sealed_on"]:
            yield Case(on=day(row["sealed_on"]), units=(row["party_a"], row["party_b"]))


def agreements_and_attendance(facts: Facts) -> Iterator[Case]:
    """Agreements sealed for a market day, and organisations that attended it."""
    held = {row["id"]: row["held_on"] for row in facts.rows(MARKET_DAY) if row["held_on"]}
    for row in facts.rows(AGREEMENT):
        if row["sealed_on"] and row["market_day_id"] in held:
            groups = {"what": "agreement", "market_day": row["market_day_id"]}
            on = day(held[row["market_day_id"]])
            yield Case(on=on, units=(row["party_a"], row["party_b"]), groups=groups)
    for row in facts.rows(ATTENDANCE):
        if row["market_day_id"] in held:
            groups = {"what": "attendance", "market_day": row["market_day_id"]}
            yield Case(on=day(held[row["market_day_id"]]), units=(row["organisation_id"],), groups=groups)


def redeemed_agreements(facts: Facts) -> Iterator[Case]:
    """Sealed agreements, and whether they were kept within 12 months; wholly kept is the stricter variant.

    An agreement of which nobody has said anything is unknown, not failed.
    """
    for row in facts.rows(AGREEMENT):
        if not row["sealed_on"]:
            continue
        kept = row["outcome"] in {"fulfilled", "partly_fulfilled"}
        reached = kept and within(row["sealed_on"], row["closed_on"], REDEEMED_WITHIN)
        verdict = judged(row["sealed_on"], reached=reached, window_days=REDEEMED_WITHIN, today=facts.today)
        if verdict == Verdict.NO and row["outcome"] == "open":
            verdict = Verdict.UNKNOWN
        yield Case(
            on=day(row["sealed_on"]),
            verdict=verdict,
            strict=row["outcome"] == "fulfilled",
            units=(row["party_a"], row["party_b"]),
        )


def confirmed_commitments(facts: Facts) -> Iterator[Case]:
    """Confirmed commitments by the giver's side; other sectors than companies and non-profits count as unknown."""
    sectors = {row["id"]: row["sector"] for row in facts.rows(ORGANISATION)}
    for row in facts.rows(COMMITMENT):
        sector = sectors.get(row["giver_id"])
        giver = (
            "company"
            if sector in COMPANIES
            else "non_profit"
            if sector in {"non_profit", "initiative"}
            else None
        )
        groups = {"giver": giver, "category": row["category"]}
        yield Case(on=day(row["confirmed_on"]), units=(row["giver_id"], row["receiver_id"]), groups=groups)


def needs_of_exchange(facts: Facts) -> Iterator[Case]:
    """Organisations' needs of exchange, and whether they were met within 180 days."""
    for row in facts.rows(NEED):
        if row["kind"] == "exchange" and row["posted_on"]:
            reached = within(row["posted_on"], row["met_on"], MET_WITHIN)
            verdict = judged(row["posted_on"], reached=reached, window_days=MET_WITHIN, today=facts.today)
            groups = {"category": row["category"], "district": row["district"]}
            yield Case(
                on=day(row["posted_on"]), verdict=verdict, units=(row["organisation_id"],), groups=groups
            )


def days_to_match(facts: Facts) -> Iterator[Case]:
    """Days from a need of exchange to its first confirmed match; no value while there is none."""
    for row in facts.rows(NEED):
        if row["kind"] == "exchange" and row["posted_on"]:
            confirmed = row["first_confirmed_on"]
            waited = None if confirmed is None else Decimal((day(confirmed) - day(row["posted_on"])).days)
            groups = {"category": row["category"], "district": row["district"]}
            yield Case(on=day(row["posted_on"]), value=waited, units=(row["organisation_id"],), groups=groups)


def proposed_matches(facts: Facts) -> Iterator[Case]:
    """Proposed matches of exchange, and whether they were confirmed; open ones are not judged yet."""
    verdicts = {"confirmed": Verdict.YES, "open": Verdict.IMMATURE}
    for row in facts.rows(MATCH):
        if row["kind"] == "exchange" and row["proposed_on"]:
            verdict = verdicts.get(row["outcome"], Verdict.NO)
            yield Case(on=day(row["proposed_on"]), verdict=verdict, units=(row["offer_party"],))


EXCHANGE = (
    Indicator(
        id="X1",
        name="agreements_sealed",
        version=1,
        title="Agreements sealed",
        title_de="Besiegelte Vereinbarungen",
        formula="count of sealed agreements",
        formula_de="Zahl der besiegelten Vereinbarungen",
        unit="[1]",
        step="1",
        events=(AgreementSealed,),
        facts=(AGREEMENT,),
        cases=sealed_agreements,
        measure=count,
        protects=Protects.ORGANISATIONS,
    ),
    Indicator(
        id="X2",
        name="agreements_per_participant",
        version=1,
        title="Agreements per participant",
        title_de="Vereinbarungen je teilnehmender Organisation",
        formula="agreements sealed for a market day / organisations that attended it",
        formula_de="Vereinbarungen eines Marktplatzes / teilnehmende Organisationen",
        unit="[1]",
        step="2",
        events=(AgreementSealed, MarketDayParticipantAttended),
        facts=(AGREEMENT, ATTENDANCE, MARKET_DAY),
        cases=agreements_and_attendance,
        measure=per_participant,
        protects=Protects.ORGANISATIONS,
        groups=("market_day",),
    ),
    Indicator(
        id="X3",
        name="redemption_rate",
        version=1,
        title="Redemption rate",
        title_de="Einlösungsquote",
        formula="agreements fulfilled or partly fulfilled within 12 months / agreements sealed in the mature cohort; "
        "strict: fulfilled only. Reference value 70 % (R13)",
        formula_de="binnen 12 Monaten ganz oder teilweise eingelöste / besiegelte Vereinbarungen der reifen Kohorte; "
        "streng: nur ganz eingelöste. Vergleichswert 70 % (R13)",
        unit="[1]",
        step="2",
        events=(AgreementSealed, AgreementFulfilled, AgreementPartlyFulfilled, AgreementFailed),
        facts=(AGREEMENT,),
        cases=redeemed_agreements,
        measure=rate,
        protects=Protects.ORGANISATIONS,
    ),
    Indicator(
        id="X5",
        name="reciprocity_balance",
        version=1,
        title="Reciprocity balance",
        title_de="Ausgewogenheit von Geben und Nehmen",
        formula="1 - |given by companies - given by non-profits| / both, in confirmed commitments",
        formula_de="1 - |von Unternehmen gegeben - von Gemeinnützigen gegeben| / beide, in bestätigten Leistungen",
        unit="[1]",
        step="3",
        events=(CommitmentConfirmed, OrganisationRegistered),
        facts=(COMMITMENT, ORGANISATION),
        cases=confirmed_commitments,
        measure=balance,
        protects=Protects.ORGANISATIONS,
        groups=("category",),
    ),
    Indicator(
        id="X7",
        name="need_coverage",
        version=1,
        title="Need coverage",
        title_de="Deckung der Bedarfe",
        formula="needs of exchange met within 180 days / needs posted in the mature cohort",
        formula_de="binnen 180 Tagen gedeckte / eingestellte Bedarfe der reifen Kohorte (Austausch)",
        unit="[1]",
        step="2",
        events=(NeedPosted, NeedMet),
        facts=(NEED,),
        cases=needs_of_exchange,
        measure=rate,
        protects=Protects.ORGANISATIONS,
        groups=("category", "district"),
    ),
    Indicator(
        id="X8",
        name="time_to_match",
        version=1,
        title="Time to match",
        title_de="Zeit bis zur Vermittlung",
        formula="median days from a need of exchange to its first confirmed match, with quartiles",
        formula_de="Median der Tage vom Bedarf bis zur ersten bestätigten Vermittlung, mit Quartilen",
        unit="[d]",
        step="2",
        events=(NeedPosted, MatchConfirmed),
        facts=(NEED,),
        cases=days_to_match,
        measure=quartiles,
        protects=Protects.ORGANISATIONS,
        groups=("category", "district"),
    ),
    Indicator(
        id="X9",
        name="match_acceptance",
        version=1,
        title="Match acceptance",
        title_de="Annahme der Vorschläge",
        formula="confirmed / decided matches of exchange",
        formula_de="bestätigte / entschiedene Vorschläge (Austausch)",
        unit="[1]",
        step="2",
        events=(MatchProposed, MatchConfirmed),
        facts=(MATCH,),
        cases=proposed_matches,
        measure=rate,
        protects=Protects.ORGANISATIONS,
    ),
)
