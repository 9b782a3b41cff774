"""Agreements: how many were sealed, how many were kept, and who gave (handbook 9.1)."""

from collections.abc import Iterator
from decimal import Decimal

from services.reporting.facts.agreement import AGREEMENT, COMMITMENT
from services.reporting.facts.market_day import ATTENDANCE, MARKET_DAY
from services.reporting.facts.organisation import ORGANISATION
from services.reporting.indicators.breakdowns import CATEGORY, Breakdown
from services.reporting.indicators.cases import Case, Facts, Verdict
from services.reporting.indicators.cohort import Cohort, Window, day, judged, within
from services.reporting.indicators.indicator import Chart, Dimension, Indicator, Reference, Topic
from services.reporting.indicators.measures import BALANCE, COUNT, PER_PARTICIPANT, RATE
from services.reporting.suppression import Protects
from services.reporting.words import Words
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
)
from shared.events.marketplace.agreement import (
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    CommitmentConfirmed,
)
from shared.events.marketplace.market_day import MarketDayParticipantAttended, MarketDayScheduled

EXCHANGE = Topic(letter="X", name=Words("Exchange", "Austausch"), order=1)
MARKET_DAY_HELD = Breakdown(name="market_day", label=Words("Market day", "Marktplatz"))

REDEEMED_WITHIN = Window(months=12)  # X3
KEPT = {"fulfilled", "partly_fulfilled"}
GIVERS = {
    "company": "company",
    "training_company": "company",
    "non_profit": "non_profit",
    "initiative": "non_profit",
}


def sealed_agreements(facts: Facts) -> Iterator[Case]:
    """Every sealed agreement, on the day of its seal."""
    for sealed_on, *parties in facts.rows(AGREEMENT, "sealed_on", "party_a", "party_b"):
        if sealed_on:
            yield Case(on=day(sealed_on), organisations=tuple(parties))


def agreements_and_attendance(facts: Facts) -> Iterator[Case]:
    """Agreements sealed for a market day, and organisations that attended it, on the day it was held."""
    days = {key: day(held_on) for key, held_on in facts.by_id(MARKET_DAY, "held_on").items() if held_on}
    for sealed_on, market_day, *parties in facts.rows(
        AGREEMENT, "sealed_on", "market_day_id", "party_a", "party_b"
    ):
        if sealed_on and market_day in days:
            groups = {"what": "agreement", "market_day": market_day}
            yield Case(on=days[market_day], organisations=tuple(parties), groups=groups)
    for market_day, organisation in facts.rows(ATTENDANCE, "market_day_id", "organisation_id"):
        if market_day in days:
            groups = {"what": "attendance", "market_day": market_day}
            yield Case(on=days[market_day], organisations=(organisation,), groups=groups)


def redeemed_agreements(facts: Facts) -> Iterator[Case]:
    """Sealed agreements, and whether they were kept within 12 months; wholly kept is the stricter variant.

    An agreement without a reported outcome is unknown, not failed.
    """
    for sealed_on, outcome, closed_on, *parties in facts.rows(
        AGREEMENT, "sealed_on", "outcome", "closed_on", "party_a", "party_b"
    ):
        if not sealed_on:
            continue
        sealed = day(sealed_on)
        in_time = outcome in KEPT and within(sealed, closed_on, REDEEMED_WITHIN)
        verdict = Verdict.YES if in_time else Verdict.UNKNOWN if outcome == "open" else Verdict.NO
        yield Case(
            on=sealed,
            verdict=judged(sealed, verdict, REDEEMED_WITHIN, facts.today),
            strict=outcome == "fulfilled",
            organisations=tuple(parties),
        )


def confirmed_commitments(facts: Facts) -> Iterator[Case]:
    """Confirmed commitments by the giver's side, on the day of confirmation.

    Sectors that are neither companies nor non-profits are others; of an organisation that nobody registered the side
    is unknown.
    """
    sectors = facts.by_id(ORGANISATION, "sector")
    for confirmed_on, category, *parties in facts.rows(
        COMMITMENT, "confirmed_on", "category", "giver_id", "receiver_id"
    ):
        sector = sectors.get(parties[0])
        side = None if sector is None else GIVERS.get(sector, "other")
        groups = {"giver": side, "category": category}
        yield Case(on=day(confirmed_on), organisations=tuple(parties), groups=groups)


DEFINITIONS = (
    Indicator(
        topic=EXCHANGE,
        id="X1",
        name="agreements_sealed",
        version=1,
        title=Words("Agreements sealed", "Besiegelte Vereinbarungen"),
        formula=Words("count of sealed agreements", "Zahl der besiegelten Vereinbarungen"),
        numerator=Words("sealed agreements", "besiegelte Vereinbarungen"),
        cohort=Cohort(
            words=Words("agreements, by the day of their seal", "Vereinbarungen nach dem Tag der Besiegelung")
        ),
        cases=sealed_agreements,
        facts=(AGREEMENT,),
        events=(AgreementSealed,),
        measure=COUNT,
        protects=Protects.ORGANISATIONS,
        chart=Chart.COLUMNS,
        step="1",
        dimension=Dimension.ACTORS,
    ),
    Indicator(
        topic=EXCHANGE,
        id="X2",
        name="agreements_per_participant",
        version=1,
        title=Words("Agreements per participant", "Vereinbarungen je teilnehmender Organisation"),
        formula=Words(
            "agreements sealed for a market day, per organisation that attended it",
            "besiegelte Vereinbarungen eines Marktplatzes je teilnehmender Organisation",
        ),
        numerator=Words("agreements sealed for a market day", "besiegelte Vereinbarungen eines Marktplatzes"),
        denominator=Words("organisations that attended it", "Organisationen, die daran teilnahmen"),
        cohort=Cohort(words=Words("market days, by the day they were held", "Marktplätze nach ihrem Tag")),
        cases=agreements_and_attendance,
        facts=(AGREEMENT, ATTENDANCE, MARKET_DAY),
        events=(AgreementSealed, MarketDayScheduled, MarketDayParticipantAttended),
        measure=PER_PARTICIPANT,
        breakdowns=(MARKET_DAY_HELD,),
        protects=Protects.ORGANISATIONS,
        chart=Chart.COLUMNS,
        step="2",
        dimension=Dimension.ACTORS,
    ),
    Indicator(
        topic=EXCHANGE,
        id="X3",
        name="redemption_rate",
        version=1,
        title=Words("Redemption rate", "Einlösungsquote"),
        formula=Words(
            "share of agreements that were fulfilled or partly fulfilled within 12 months; counted once the time "
            "is over and the outcome is known. Reference value 70 % (Jakob 2009)",
            "Anteil der Vereinbarungen, die binnen 12 Monaten ganz oder teilweise eingelöst wurden; gezählt, "
            "sobald die Frist vorbei und das Ergebnis bekannt ist. Vergleichswert 70 % (Jakob 2009)",
        ),
        numerator=Words(
            "agreements fulfilled or partly fulfilled within 12 months",
            "Vereinbarungen, die binnen 12 Monaten ganz oder teilweise eingelöst wurden",
        ),
        denominator=Words("agreements with a known outcome", "Vereinbarungen mit bekanntem Ergebnis"),
        cohort=Cohort(
            words=Words(
                "agreements, by the day of their seal", "Vereinbarungen nach dem Tag der Besiegelung"
            ),
            window=REDEEMED_WITHIN,
        ),
        cases=redeemed_agreements,
        facts=(AGREEMENT,),
        events=(AgreementSealed, AgreementFulfilled, AgreementPartlyFulfilled, AgreementFailed),
        measure=RATE,
        protects=Protects.ORGANISATIONS,
        stricter=Words("Counting only those wholly fulfilled", "Nur vollständig eingelöste gezählt"),
        chart=Chart.INTERVALS,
        step="2",
        dimension=Dimension.PROCESS,
        reference=Reference(value=Decimal("0.70"), source=Words("Jakob 2009", "Jakob 2009")),
    ),
    Indicator(
        topic=EXCHANGE,
        id="X5",
        name="reciprocity_balance",
        version=1,
        title=Words("Reciprocity balance", "Ausgewogenheit von Geben und Nehmen"),
        formula=Words(
            "1 - |given by companies - given by non-profits| / given by both, in confirmed commitments",
            "1 - |von Unternehmen gegeben - von Gemeinnützigen gegeben| / von beiden gegeben, in bestätigten "
            "Leistungen",
        ),
        numerator=Words(
            "the difference between what companies and what non-profits gave",
            "der Unterschied zwischen dem, was Unternehmen, und dem, was Gemeinnützige gaben",
        ),
        denominator=Words("what both gave together", "was beide zusammen gaben"),
        cohort=Cohort(
            words=Words(
                "confirmed commitments, by the day of confirmation",
                "bestätigte Leistungen nach dem Tag der Bestätigung",
            )
        ),
        cases=confirmed_commitments,
        facts=(COMMITMENT, ORGANISATION),
        events=(CommitmentConfirmed, OrganisationRegistered, OrganisationAmended),
        measure=BALANCE,
        breakdowns=(CATEGORY,),
        protects=Protects.ORGANISATIONS,
        chart=Chart.LINE,
        step="3",
        dimension=Dimension.ACTORS,
    ),
)
