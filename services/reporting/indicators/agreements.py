"""Agreements: how many were sealed, how many were kept, and who gave (handbook 9.1)."""

from collections.abc import Iterator

from services.reporting.facts.agreement import AGREEMENT, COMMITMENT
from services.reporting.facts.market_day import ATTENDANCE, MARKET_DAY
from services.reporting.facts.organisation import ORGANISATION
from services.reporting.indicators.cohort import Window, day, judged, within
from services.reporting.indicators.indicator import Case, Facts, Indicator, Verdict
from services.reporting.indicators.measures import BALANCE, COUNT, PER_PARTICIPANT, RATE
from services.reporting.suppression import Protects
from shared.events.actors import OrganisationAmended, OrganisationRegistered
from shared.events.marketplace.agreement import (
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    CommitmentConfirmed,
)
from shared.events.marketplace.market_day import MarketDayParticipantAttended, MarketDayScheduled

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

    An agreement of which nobody has said anything is unknown, not failed.
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


AGREEMENTS = (
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
        measure=COUNT,
        protects=Protects.ORGANISATIONS,
    ),
    Indicator(
        id="X2",
        name="agreements_per_participant",
        version=1,
        title="Agreements per participant",
        title_de="Vereinbarungen je teilnehmender Organisation",
        formula="agreements sealed for a market day / organisations that attended it",
        formula_de="besiegelte Vereinbarungen eines Marktplatzes / teilnehmende Organisationen",
        unit="[1]",
        step="2",
        events=(AgreementSealed, MarketDayScheduled, MarketDayParticipantAttended),
        facts=(AGREEMENT, ATTENDANCE, MARKET_DAY),
        cases=agreements_and_attendance,
        measure=PER_PARTICIPANT,
        protects=Protects.ORGANISATIONS,
        groups=("market_day",),
    ),
    Indicator(
        id="X3",
        name="redemption_rate",
        version=1,
        title="Redemption rate",
        title_de="Einlösungsquote",
        formula="agreements fulfilled or partly fulfilled within 12 months / agreements of the mature cohort of which "
        "the outcome is known. Reference value 70 % (Jakob 2009)",
        formula_de="binnen 12 Monaten ganz oder teilweise eingelöste Vereinbarungen / Vereinbarungen der reifen "
        "Kohorte mit bekanntem Ausgang. Vergleichswert 70 % (Jakob 2009)",
        unit="[1]",
        step="2",
        events=(AgreementSealed, AgreementFulfilled, AgreementPartlyFulfilled, AgreementFailed),
        facts=(AGREEMENT,),
        cases=redeemed_agreements,
        measure=RATE,
        protects=Protects.ORGANISATIONS,
        stricter=("wholly fulfilled only", "nur ganz eingelöste"),
    ),
    Indicator(
        id="X5",
        name="reciprocity_balance",
        version=1,
        title="Reciprocity balance",
        title_de="Ausgewogenheit von Geben und Nehmen",
        formula="1 - |given by companies - given by non-profits| / given by both, in confirmed commitments",
        formula_de="1 - |von Unternehmen gegeben - von Gemeinnützigen gegeben| / von beiden gegeben, in bestätigten "
        "Leistungen",
        unit="[1]",
        step="3",
        events=(CommitmentConfirmed, OrganisationRegistered, OrganisationAmended),
        facts=(COMMITMENT, ORGANISATION),
        cases=confirmed_commitments,
        measure=BALANCE,
        protects=Protects.ORGANISATIONS,
        groups=("category",),
    ),
)
