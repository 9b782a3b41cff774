"""The course of a placement: how far it has come, and what is known of it so far."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from services.employment.domain import retention
from services.employment.domain.calendar_months import months_after
from services.employment.domain.retention import Retention
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
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import WorkForm


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
    """What the rules read; `steps` are the events so far but for those of retention.

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
    retention: Retention = field(default_factory=Retention)
    steps: tuple[PlacementEvent, ...] = ()


def last_day_of_term(placement: Placement) -> date | None:
    """The day on which the contract ends by itself, None without a term."""
    if placement.starts_on is None or placement.term_months is None:
        return None
    return months_after(placement.starts_on, placement.term_months) - timedelta(days=1)


def evolve(placement: Placement, event: PlacementEvent) -> Placement:
    """The placement after an event."""
    match event:
        case (
            RetentionCheckFellDue()
            | PlacementRetentionConfirmed()
            | PlacementRetentionDenied()
            | PlacementRetentionUnknown()
        ):
            return replace(placement, retention=retention.evolve(placement.retention, event))
        case _:
            return replace(_advanced(placement, event), steps=(*placement.steps, event))


def _advanced(
    placement: Placement,
    event: PlacementProposed
    | PlacementNotProposed
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
        case PlacementNotProposed():
            return placement
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
            return replace(placement, form_now=event.to_form, term_months=None)
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
