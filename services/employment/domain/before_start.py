"""Before the start: a placement is proposed, contracted, and started or not. Part of the placement's stream."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from services.employment.domain.course import Placement, Stage
from services.employment.domain.entry_qualification import hours_are_allowed, term_is_allowed
from services.employment.domain.occupation import is_simple_task
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementDeclined,
    PlacementNeverStarted,
    PlacementNotProposed,
    PlacementProposed,
    PlacementStarted,
)
from shared.events.vocabulary import EndReason, NeverStartedReason, WorkForm
from shared.kernel.city_day import today_in_the_city
from shared.kernel.refusal import Refused, require

MOST_HOURS = 60  # [h/week] ArbZG section 3: six working days of ten hours
MOST_DECIMALS = 4  # of the hours, so that a record stays short
LONGEST_TERM = 600  # [months] a working life


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePlacement:
    """Open the placement that a confirmed match leads to; `hours_per_week` [h/week], `term_months` [months]."""

    placement_id: str
    match_id: str
    offer_id: str
    search_id: str
    employer_id: str
    form: WorkForm
    hours_per_week: Decimal
    term_months: int | None = None
    kldb: str | None = None
    additional: bool = False
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePlacementOfMatch(ProposePlacement):
    """Propose for the reaction to a match: where a rule forbids it, an event says so, for the marketplace waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclinePlacement:
    """Say that no contract comes about."""

    placement_id: str
    reason: EndReason
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPlacement:
    """Record the contract; `hours_per_week` [h/week], `term_months` [months] or None without a term."""

    placement_id: str
    contracted_on: date
    starts_on: date
    hours_per_week: Decimal
    term_months: int | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPlacement:
    """Report that the first working day took place."""

    placement_id: str
    started_on: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNeverStarted:
    """Report that nothing came of the contract: nobody began to work."""

    placement_id: str
    reason: NeverStartedReason
    at: datetime


BeforeStartCommand: TypeAlias = (
    ProposePlacement
    | ProposePlacementOfMatch
    | DeclinePlacement
    | ContractPlacement
    | StartPlacement
    | ReportNeverStarted
)
BeforeStartEvent: TypeAlias = (
    PlacementProposed
    | PlacementNotProposed
    | PlacementDeclined
    | PlacementContracted
    | PlacementStarted
    | PlacementNeverStarted
)


# --- rules: each reads as one sentence --------------------------------------------------------
def placement_is_new(placement: Placement, _: BeforeStartCommand) -> bool:
    """A placement is proposed once."""
    return placement.stage == Stage.NEW


def placement_waits_for_a_contract(placement: Placement, _: BeforeStartCommand) -> bool:
    """The placement is proposed and neither contracted nor declined."""
    return placement.stage == Stage.PROPOSED


def placement_is_contracted(placement: Placement, _: BeforeStartCommand) -> bool:
    """The placement is contracted and waits for its first working day; never started is an end of its own.

    Rule: E01
    """
    return placement.stage == Stage.CONTRACTED


def contract_is_not_from_the_future(_: Placement, command: ContractPlacement) -> bool:
    """The contract was signed today or earlier."""
    return command.contracted_on <= today_in_the_city(command.at)


def start_is_not_in_the_future(_: Placement, command: StartPlacement) -> bool:
    """The first working day was today or earlier.

    Rule: E01
    """
    return command.started_on <= today_in_the_city(command.at)


def hours_are_possible(_: Placement, command: ProposePlacement | ContractPlacement) -> bool:
    """Weekly hours are more than 0 and at most 60, with at most four decimals."""
    exponent = command.hours_per_week.as_tuple().exponent  # a letter where it is no number
    return (
        isinstance(exponent, int) and exponent >= -MOST_DECIMALS and 0 < command.hours_per_week <= MOST_HOURS
    )


def term_is_possible(_: Placement, command: ProposePlacement | ContractPlacement) -> bool:
    """A term lasts from 1 to 600 months."""
    return command.term_months is None or 1 <= command.term_months <= LONGEST_TERM


def entry_qualification_lasts_as_long_as_allowed(
    placement: Placement, command: ContractPlacement | StartPlacement
) -> bool:
    """An entry qualification lasts 4 to 12 months, and 6 to 12 when it starts before 1 April 2024.

    Rule: E07
    """
    if placement.form != WorkForm.ENTRY_QUALIFICATION:
        return True
    if isinstance(command, StartPlacement):
        return term_is_allowed(command.started_on, placement.term_months)
    return term_is_allowed(command.starts_on, command.term_months)


def entry_qualification_has_enough_hours(placement: Placement, command: ContractPlacement) -> bool:
    """An entry qualification has at least 20 hours a week.

    Rule: E07
    """
    return placement.form != WorkForm.ENTRY_QUALIFICATION or hours_are_allowed(command.hours_per_week)


def entry_qualification_leads_to_an_occupation(placement: Placement, _: ContractPlacement) -> bool:
    """An entry qualification leads to a recognised occupation, which a simple task is not.

    Rule: E07, E08
    """
    return placement.form != WorkForm.ENTRY_QUALIFICATION or is_simple_task(placement.kldb) is not True


# --- decide: one function per command ---------------------------------------------------------
def propose(placement: Placement, command: ProposePlacement) -> list[BeforeStartEvent]:
    """A confirmed match waits for a contract."""
    proposed = PlacementProposed(
        match_id=command.match_id,
        offer_id=command.offer_id,
        search_id=command.search_id,
        employer_id=command.employer_id,
        form=command.form,
        additional=command.additional,
        hours_per_week=command.hours_per_week,
        term_months=command.term_months,
        kldb=command.kldb,
    )
    if proposed in placement.steps:
        return []
    require(placement, command, placement_is_new, hours_are_possible, term_is_possible)
    return [proposed]


def propose_or_say_why_not(placement: Placement, command: ProposePlacementOfMatch) -> list[BeforeStartEvent]:
    """The match becomes a placement, or the event names the rule that forbids it."""
    try:
        return propose(placement, command)
    except Refused as refused:
        not_proposed = PlacementNotProposed(
            match_id=command.match_id,
            offer_id=command.offer_id,
            search_id=command.search_id,
            rule=refused.rule,
            sentence=refused.sentence,
        )
        return [] if not_proposed in placement.steps else [not_proposed]


def decline(placement: Placement, command: DeclinePlacement) -> list[BeforeStartEvent]:
    """Offer and search are free again."""
    declined = PlacementDeclined(
        offer_id=placement.offer_id,
        search_id=placement.search_id,
        match_id=placement.match_id,
        reason=command.reason,
    )
    if declined in placement.steps:
        return []
    require(placement, command, placement_waits_for_a_contract)
    return [declined]


def contract(placement: Placement, command: ContractPlacement) -> list[BeforeStartEvent]:
    """Both signed; the terms are those of the contract, whatever the offer said."""
    contracted = PlacementContracted(
        contracted_on=command.contracted_on,
        starts_on=command.starts_on,
        hours_per_week=command.hours_per_week,
        term_months=command.term_months,
    )
    if contracted in placement.steps:
        return []
    require(
        placement,
        command,
        placement_waits_for_a_contract,
        contract_is_not_from_the_future,
        hours_are_possible,
        term_is_possible,
        entry_qualification_lasts_as_long_as_allowed,
        entry_qualification_has_enough_hours,
        entry_qualification_leads_to_an_occupation,
    )
    return [contracted]


def start(placement: Placement, command: StartPlacement) -> list[BeforeStartEvent]:
    """The placement counts from here on."""
    started = PlacementStarted(
        offer_id=placement.offer_id,
        search_id=placement.search_id,
        match_id=placement.match_id,
        employer_id=placement.employer_id,
        form=placement.form,
        additional=placement.additional,
        started_on=command.started_on,
    )
    if started in placement.steps:
        return []
    require(
        placement,
        command,
        placement_is_contracted,
        start_is_not_in_the_future,
        entry_qualification_lasts_as_long_as_allowed,
    )
    return [started]


def report_never_started(placement: Placement, command: ReportNeverStarted) -> list[BeforeStartEvent]:
    """Offer and search are free again, and the start rate shows it."""
    never_started = PlacementNeverStarted(
        offer_id=placement.offer_id,
        search_id=placement.search_id,
        match_id=placement.match_id,
        reason=command.reason,
    )
    if never_started in placement.steps:
        return []
    require(placement, command, placement_is_contracted)
    return [never_started]
