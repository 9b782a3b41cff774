"""What becomes of a placement? A contract or none, a start or none, its end, and the answers at 3, 6 and 12 months.

Shares are assumed but for early ends of additional jobs, about one in five of those started (handbook 5.1, R70).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.employment.domain.placement import (
    ContractPlacement,
    ConvertPlacement,
    DeclinePlacement,
    EndPlacement,
    ReportNeverStarted,
    StartPlacement,
    placement_id_of,
)
from services.employment.domain.retention import (
    ConfirmRetention,
    DenyRetention,
    RecordRetentionUnknown,
)
from shared.events.employment.placement import MILESTONES
from shared.events.vocabulary import EndReason, NeverStartedReason, WorkForm
from shared.kernel.calendar_months import last_day_of_term, months_after
from shared.kernel.city_day import today_in_the_city
from shared.simulation.chance import Chance
from shared.simulation.neighbours import Hired
from shared.simulation.step import COUNSELLOR, Ending, Step, Story, organisation

NO_CONTRACT, NEVER_STARTED = 0.05, 0.05  # shares of placements, of contracts
DECLINES = {EndReason.BY_PERSON: 45, EndReason.BY_HOST: 35, EndReason.MOVED_ON: 20}
NEVER_REASONS = {
    NeverStartedReason.PERSON_DID_NOT_APPEAR: 45,
    NeverStartedReason.OTHER_PLACE_FOUND: 30,
    NeverStartedReason.EMPLOYER_WITHDREW: 15,
    NeverStartedReason.OTHER: 10,
}
EARLY: Mapping[
    str, float
] = {  # share of the started that end before their term, or at all where there is none
    "additional_jobs": 0.26,  # of which four in five fall into the years that are looked at
    "jobs": 0.3,
    "apprenticeships": 0.2,
    "entry_qualifications": 0.15,
    "internships": 0.08,
    "work_opportunities": 0.2,
}
EARLY_AFTER = 130  # [days] mean
EARLY_REASONS = {
    EndReason.BY_PERSON: 35,
    EndReason.DID_NOT_FIT: 25,
    EndReason.BY_HOST: 20,
    EndReason.MOVED_ON: 15,
    EndReason.OTHER: 5,
}
GOES_ON_AS: Mapping[WorkForm, Mapping[WorkForm, float]] = {  # shares of those who stayed to the end
    WorkForm.ENTRY_QUALIFICATION: {WorkForm.APPRENTICESHIP: 0.62},
    WorkForm.INTERNSHIP: {WorkForm.APPRENTICESHIP: 0.22, WorkForm.JOB: 0.1},
    WorkForm.WORK_OPPORTUNITY: {WorkForm.JOB: 0.14},
}
NEVER_ASKED, NOT_REACHED = 0.04, 0.09  # shares of checks, of those asked
ELSEWHERE = 0.3  # share of those who had left


@dataclass(frozen=True, slots=True)
class Course:
    """The last day of the work, and the form in which it goes on; None where there is none."""

    ends_on: date | None
    reason: EndReason = EndReason.TERM_OVER
    goes_on_as: WorkForm | None = None


def work(chance: Chance, hired: Hired, at: datetime) -> Ending:
    """A contract follows and the work begins, or not. Returns when the place is free again, None when it was filled."""
    placement_id, at = placement_id_of(hired.match_id), chance.after(at, 1, 5)
    employer = organisation(hired.employer_id)
    if chance.happens(NO_CONTRACT):
        reason = chance.weighted(DECLINES)
        yield Step(DeclinePlacement(placement_id=placement_id, reason=reason, at=at), COUNSELLOR)
        return at
    yield Step(_contract(hired, placement_id, at), employer)
    if chance.happens(NEVER_STARTED):
        at, why = chance.after(chance.on(hired.starts_on), 1, 7), chance.weighted(NEVER_REASONS)
        yield Step(ReportNeverStarted(placement_id=placement_id, reason=why, at=at), employer)
        return at
    start = StartPlacement(
        placement_id=placement_id, started_on=hired.starts_on, at=chance.on(hired.starts_on)
    )
    yield Step(start, employer)
    yield from _lasted(chance, hired, placement_id)
    return None


def _contract(hired: Hired, placement_id: str, at: datetime) -> ContractPlacement:
    return ContractPlacement(
        placement_id=placement_id,
        contracted_on=today_in_the_city(at),
        starts_on=hired.starts_on,
        hours_per_week=hired.terms.hours_per_week,
        term_months=hired.terms.term_months,
        at=at,
    )


def _lasted(chance: Chance, hired: Hired, placement_id: str) -> Story:
    """What happens after the start."""
    course = _course(chance, hired)
    employer = organisation(hired.employer_id)
    if course.ends_on is not None:
        at = chance.on(course.ends_on)
        if course.goes_on_as is not None:
            convert = ConvertPlacement(
                placement_id=placement_id, converted_on=course.ends_on, to_form=course.goes_on_as, at=at
            )
            yield Step(convert, employer)
        else:
            end = EndPlacement(
                placement_id=placement_id, ended_on=course.ends_on, reason=course.reason, at=at
            )
            yield Step(end, employer)
    stays = course.ends_on is None or course.goes_on_as is not None
    left_on = date.max if stays or course.ends_on is None else course.ends_on
    for milestone in MILESTONES:
        yield from _asked(chance, hired, placement_id, milestone, left_on)


def _course(chance: Chance, hired: Hired) -> Course:
    term = hired.terms.term_months
    last_day = last_day_of_term(hired.starts_on, term) if term else None
    if chance.happens(EARLY[hired.kind]):
        ends_on = hired.starts_on + timedelta(days=5 + chance.wait(EARLY_AFTER))
        if last_day is None or ends_on < last_day:
            return Course(ends_on, chance.weighted(EARLY_REASONS))
    ways = GOES_ON_AS.get(hired.terms.form, {})
    ends = max(0.0, 1 - sum(ways.values()))
    way = chance.weighted({**ways, None: ends}) if last_day else None
    return Course(last_day, goes_on_as=way)


def _asked(chance: Chance, hired: Hired, placement_id: str, milestone: int, left_on: date) -> Story:
    """The counsellor asks when the check has fallen due, or never asks; sometimes the answer is unknown."""
    due_on = months_after(hired.starts_on, milestone)
    if chance.happens(NEVER_ASKED):
        return
    about: dict[str, Any] = {"placement_id": placement_id, "milestone": milestone}
    at = chance.after(chance.on(due_on), 1, 20)
    if chance.happens(NOT_REACHED):
        yield Step(RecordRetentionUnknown(**about, at=at), COUNSELLOR)
    elif left_on > due_on:
        yield Step(ConfirmRetention(**about, same_employer=True, at=at), COUNSELLOR)
    elif chance.happens(ELSEWHERE):
        yield Step(ConfirmRetention(**about, same_employer=False, at=at), COUNSELLOR)
    else:
        yield Step(DenyRetention(**about, at=at), COUNSELLOR)
