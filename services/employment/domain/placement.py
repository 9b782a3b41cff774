"""The placement: from a confirmed match of a work offer to work that lasts, or to the reason why not.

One stream per placement guards its one course: contracted before started, never both started and never started,
ended once. Whether each retention check is closed once is guarded in `retention.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from services.employment.domain import retention
from services.employment.domain.entry_qualification import hours_are_allowed, term_is_allowed
from services.employment.domain.occupation import is_simple_task
from services.employment.domain.retention import (
    ConfirmRetention,
    CorrectRetention,
    DenyRetention,
    MarkRetentionDue,
    RecordRetentionUnknown,
    Retention,
    RetentionCommand,
)
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementConverted,
    PlacementDeclined,
    PlacementEnded,
    PlacementEvent,
    PlacementNeverStarted,
    PlacementNotProposed,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import EndReason, NeverStartedReason, WorkForm
from shared.kernel.calendar_months import last_day_of_term
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.identity import derived_id
from shared.kernel.quantity import Months, WeeklyHours, are_weekly_hours, is_term
from shared.kernel.refusal import Refused, require


def placement_id_of(match_id: str) -> str:
    """The id of the placement that this match leads to: the same whenever it is asked."""
    return derived_id("placement", match_id)


# --- commands: before the start ---------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePlacement:
    """Open the placement that a confirmed match leads to; `hours_per_week` [h/week], `term_months` [months]."""

    placement_id: str
    match_id: str
    offer_id: str
    search_id: str
    employer_id: str
    form: WorkForm
    hours_per_week: WeeklyHours
    term_months: Months | None = None
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
    hours_per_week: WeeklyHours
    term_months: Months | None = None
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


# --- commands: after the start ----------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertPlacement:
    """Report that the work goes on in another form, for example as an apprenticeship."""

    placement_id: str
    converted_on: date
    to_form: WorkForm
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPlacement:
    """Report the last day of the work."""

    placement_id: str
    ended_on: date
    reason: EndReason
    at: datetime


BeforeStartCommand: TypeAlias = (
    ProposePlacement
    | ProposePlacementOfMatch
    | DeclinePlacement
    | ContractPlacement
    | StartPlacement
    | ReportNeverStarted
)
AfterStartCommand: TypeAlias = ConvertPlacement | EndPlacement
PlacementCommand: TypeAlias = BeforeStartCommand | AfterStartCommand | RetentionCommand


# --- state ------------------------------------------------------------------------------------
class Stage(StrEnum):
    """How far a placement has come (handbook 7.4)."""

    NEW = "new"
    PROPOSED = "proposed"
    DECLINED = "declined"
    CONTRACTED = "contracted"
    NEVER_STARTED = "never_started"
    STARTED = "started"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What the rules read; `steps` are the events so far but for those of retention and of refused matches.

    `not_proposed` are the refused matches, each with the rule that forbids it; `conversion` is the last one.

    `n_events` counts every event.

    `form` is the form at the start, `form_now` differs from it after a conversion.

    `term_months` [months] is None without a term, and after a conversion, which brings another contract.
    """

    stage: Stage = Stage.NEW
    match_id: str = ""
    offer_id: str = ""
    search_id: str = ""
    employer_id: str = ""
    form: WorkForm = WorkForm.JOB
    form_now: WorkForm = WorkForm.JOB
    additional: bool = False
    kldb: str | None = None
    starts_on: date | None = None
    term_months: int | None = None
    conversion: PlacementConverted | None = None
    retention: Retention = field(default_factory=Retention)
    steps: tuple[PlacementEvent, ...] = ()
    not_proposed: tuple[PlacementNotProposed, ...] = ()
    n_events: int = 0


def last_day_of(placement: Placement) -> date | None:
    """The day on which the contract ends by itself, None without a term."""
    if placement.starts_on is None or placement.term_months is None:
        return None
    return last_day_of_term(placement.starts_on, placement.term_months)


# --- rules: each reads as one sentence --------------------------------------------------------
def placement_is_new(placement: Placement, _: BeforeStartCommand) -> bool:
    """Propose a placement once."""
    return placement.stage == Stage.NEW


def placement_waits_for_a_contract(placement: Placement, _: BeforeStartCommand) -> bool:
    """Contract or decline a placement once, while it is only proposed."""
    return placement.stage == Stage.PROPOSED


def placement_is_contracted(placement: Placement, _: BeforeStartCommand) -> bool:
    """Record the contract first; then report once, either the start or that nobody began to work.

    Rule: E01
    """
    return placement.stage == Stage.CONTRACTED


def contract_is_not_from_the_future(_: Placement, command: ContractPlacement) -> bool:
    """Record a contract on the day on which it is signed, or later."""
    return command.contracted_on <= today_in_the_city(command.at)


def start_is_not_in_the_future(_: Placement, command: StartPlacement) -> bool:
    """Report the start on the first working day, or later.

    Rule: E01
    """
    return command.started_on <= today_in_the_city(command.at)


def hours_are_possible(_: Placement, command: ProposePlacement | ContractPlacement) -> bool:
    """Give weekly hours above 0 and up to 60, with at most four decimals."""
    return are_weekly_hours(command.hours_per_week)


def term_is_possible(_: Placement, command: ProposePlacement | ContractPlacement) -> bool:
    """Give a term of 1 to 600 months, or none."""
    return command.term_months is None or is_term(command.term_months)


def entry_qualification_lasts_as_long_as_allowed(
    placement: Placement, command: ContractPlacement | StartPlacement
) -> bool:
    """Let an entry qualification last 4 to 12 months, or 6 to 12 when it starts before 1 April 2024.

    Rule: E07
    """
    if placement.form != WorkForm.ENTRY_QUALIFICATION:
        return True
    if isinstance(command, StartPlacement):
        return term_is_allowed(command.started_on, placement.term_months)
    return term_is_allowed(command.starts_on, command.term_months)


def entry_qualification_has_enough_hours(placement: Placement, command: ContractPlacement) -> bool:
    """Give an entry qualification at least 20 hours a week.

    Rule: E07
    """
    return placement.form != WorkForm.ENTRY_QUALIFICATION or hours_are_allowed(command.hours_per_week)


def entry_qualification_leads_to_an_occupation(placement: Placement, _: ContractPlacement) -> bool:
    """Use an entry qualification only for a recognised occupation, never for a simple task.

    Rule: E07, E08
    """
    return placement.form != WorkForm.ENTRY_QUALIFICATION or is_simple_task(placement.kldb) is not True


def placement_is_running(placement: Placement, _: AfterStartCommand) -> bool:
    """Convert or end a placement only after its start and before its end."""
    return placement.stage == Stage.STARTED


def conversion_lies_between_start_and_today(placement: Placement, command: ConvertPlacement) -> bool:
    """Date the conversion on the first working day or later, and not in the future."""
    started_on = placement.retention.started_on
    return started_on is not None and started_on <= command.converted_on <= today_in_the_city(command.at)


def end_lies_between_start_and_today(placement: Placement, command: EndPlacement) -> bool:
    """Date the last working day on the first one or later, and not in the future."""
    started_on = placement.retention.started_on
    return started_on is not None and started_on <= command.ended_on <= today_in_the_city(command.at)


def term_is_over_only_on_its_last_day(placement: Placement, command: EndPlacement) -> bool:
    """Say that the term is over from its last day on; name another reason for an earlier end."""
    last_day = last_day_of(placement)
    return command.reason != EndReason.TERM_OVER or last_day is None or command.ended_on >= last_day


def form_changes(placement: Placement, command: ConvertPlacement) -> bool:
    """Choose another form than the placement has now."""
    return command.to_form != placement.form_now


def conversion_leads_onward(_: Placement, command: ConvertPlacement) -> bool:
    """Propose a new placement for an entry qualification; no other form becomes one.

    Rule: E07
    """
    return command.to_form != WorkForm.ENTRY_QUALIFICATION


# --- decide: one function per command ---------------------------------------------------------
def propose(placement: Placement, command: ProposePlacement) -> list[PlacementEvent]:
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


def propose_or_say_why_not(placement: Placement, command: ProposePlacementOfMatch) -> list[PlacementEvent]:
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
        return (
            []
            if _without_sentence(not_proposed) in map(_without_sentence, placement.not_proposed)
            else [not_proposed]
        )


def _without_sentence(not_proposed: PlacementNotProposed) -> PlacementNotProposed:
    """The refusal without its sentence, which may be worded in another way by now."""
    return replace(not_proposed, sentence="")


def decline(placement: Placement, command: DeclinePlacement) -> list[PlacementEvent]:
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


def contract(placement: Placement, command: ContractPlacement) -> list[PlacementEvent]:
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


def start(placement: Placement, command: StartPlacement) -> list[PlacementEvent]:
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


def report_never_started(placement: Placement, command: ReportNeverStarted) -> list[PlacementEvent]:
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


def convert(placement: Placement, command: ConvertPlacement) -> list[PlacementEvent]:
    """The placement goes on under another contract, of which no term is known."""
    converted = PlacementConverted(converted_on=command.converted_on, to_form=command.to_form)
    if converted == placement.conversion:
        return []
    require(
        placement,
        command,
        placement_is_running,
        conversion_lies_between_start_and_today,
        form_changes,
        conversion_leads_onward,
    )
    return [converted]


def end(placement: Placement, command: EndPlacement) -> list[PlacementEvent]:
    """The work is over; before the last day of its term it ended early."""
    last_day = last_day_of(placement)
    ended = PlacementEnded(
        ended_on=command.ended_on,
        reason=command.reason,
        early=last_day is not None and command.ended_on < last_day,
    )
    if ended in placement.steps:
        return []
    require(
        placement,
        command,
        placement_is_running,
        end_lies_between_start_and_today,
        term_is_over_only_on_its_last_day,
    )
    return [ended]


def decide(placement: Placement, command: PlacementCommand) -> Sequence[PlacementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case ProposePlacementOfMatch():
            return propose_or_say_why_not(placement, command)
        case ProposePlacement():
            return propose(placement, command)
        case DeclinePlacement():
            return decline(placement, command)
        case ContractPlacement():
            return contract(placement, command)
        case StartPlacement():
            return start(placement, command)
        case ReportNeverStarted():
            return report_never_started(placement, command)
        case ConvertPlacement():
            return convert(placement, command)
        case EndPlacement():
            return end(placement, command)
        case MarkRetentionDue():
            return retention.mark_due(placement.retention, command)
        case ConfirmRetention() | DenyRetention() | RecordRetentionUnknown():
            return retention.answer(placement.retention, command)
        case CorrectRetention():
            return retention.correct(placement.retention, command)
        case _:
            assert_never(command)


# --- evolve -----------------------------------------------------------------------------------
def evolve(placement: Placement, event: PlacementEvent) -> Placement:
    """The placement after an event."""
    counted = replace(placement, n_events=placement.n_events + 1)
    match event:
        case (
            RetentionCheckFellDue()
            | PlacementRetentionConfirmed()
            | PlacementRetentionDenied()
            | PlacementRetentionUnknown()
            | PlacementRetentionCorrected()
        ):
            checks = retention.evolve(placement.retention, event, counted.n_events)
            return replace(counted, retention=checks)
        case PlacementNotProposed():
            return replace(counted, not_proposed=(*placement.not_proposed, event))
        case _:
            return replace(_advanced(counted, event), steps=(*placement.steps, event))


def _advanced(
    placement: Placement,
    event: PlacementProposed
    | PlacementDeclined
    | PlacementContracted
    | PlacementStarted
    | PlacementNeverStarted
    | PlacementConverted
    | PlacementEnded,
) -> Placement:
    match event:
        case PlacementProposed():
            return _proposed(placement, event)
        case PlacementDeclined():
            return replace(placement, stage=Stage.DECLINED)
        case PlacementContracted():
            return replace(
                placement,
                stage=Stage.CONTRACTED,
                starts_on=event.starts_on,
                term_months=event.term_months,
            )
        case PlacementStarted():
            started = replace(placement.retention, started_on=event.started_on)
            return replace(placement, stage=Stage.STARTED, retention=started)
        case PlacementNeverStarted():
            return replace(placement, stage=Stage.NEVER_STARTED)
        case PlacementConverted():
            return replace(placement, form_now=event.to_form, conversion=event, term_months=None)
        case PlacementEnded():
            return replace(placement, stage=Stage.ENDED)
        case _:
            assert_never(event)


def _proposed(placement: Placement, event: PlacementProposed) -> Placement:
    return replace(
        placement,
        stage=Stage.PROPOSED,
        match_id=event.match_id,
        offer_id=event.offer_id,
        search_id=event.search_id,
        employer_id=event.employer_id,
        form=event.form,
        form_now=event.form,
        additional=event.additional,
        kldb=event.kldb,
    )


PLACEMENT = Decider(name="placement", initial=Placement(), decide=decide, evolve=evolve)
