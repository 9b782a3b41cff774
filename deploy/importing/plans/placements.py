"""What does a row about a placement ask for? Proposed, contracted, begun or not, asked after, ended."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from deploy.importing.identity import noun_id, person_id
from deploy.importing.known import Known
from deploy.importing.labels import Retention
from deploy.importing.plans.coming_together import Meeting, come_together, part
from deploy.importing.steps import Step, needed
from services.employment.domain.calendar_months import months_after
from services.employment.domain.placement import (
    PLACEMENT,
    ConfirmRetention,
    ContractPlacement,
    ConvertPlacement,
    DeclinePlacement,
    DenyRetention,
    EndPlacement,
    ProposePlacement,
    RecordRetentionUnknown,
    ReportNeverStarted,
    StartPlacement,
)
from services.employment.domain.retention import MILESTONES
from services.employment.reactions import placement_id_of
from shared.events.employment.placement import PlacementProposed
from shared.events.marketplace.offer import WorkTerms
from shared.events.vocabulary import EndReason, NeverStartedReason, OfferKind, PersonContext, WorkForm
from shared.tabular.rows import Row

BY_RULE = {
    "hours_are_possible": "hours_per_week",
    "term_is_possible": "term_months",
    "entry_qualification_lasts_as_long_as_allowed": "term_months",
    "entry_qualification_has_enough_hours": "hours_per_week",
    "entry_qualification_leads_to_an_occupation": "offer",
    "term_is_over_only_on_its_last_day": "end_reason",
}
TAKEN_ON_AS = {
    WorkForm.ENTRY_QUALIFICATION: WorkForm.APPRENTICESHIP,
    WorkForm.INTERNSHIP: WorkForm.APPRENTICESHIP,
}
"""As what somebody is taken on afterwards; from every other form as an employee."""


def steps(row: Row, known: Known) -> Iterator[Step]:
    """The steps of one row."""
    offer_id, offer = known.offer(row, OfferKind.WORK)
    number = needed(row.text("participant"), "participant")
    meeting = Meeting(
        person_id=person_id(known.secret, PersonContext.EMPLOYMENT, number),
        search_id=noun_id("placements", row.key),
        offer_id=offer_id,
        offer=offer,
    )
    placement_id = placement_id_of(meeting.match_id)
    if known.exists(PLACEMENT, placement_id):
        known.refuse_other_days(row, PLACEMENT, placement_id, {"proposed_on": (PlacementProposed,)})
    else:
        at = known.at(row.day("proposed_on"))
        yield from come_together(meeting, PersonContext.EMPLOYMENT, at, "proposed_on")
        yield Step(command=_proposal(meeting, placement_id, at), name="proposed_on", by_rule=BY_RULE)
    contracted_on = row.day("contracted_on")
    if contracted_on:
        contract = _contract(row, known, meeting, placement_id, contracted_on)
        yield Step(command=contract, name="contracted_on", by_rule=BY_RULE)
    if row.text("never_started_reason"):
        yield from _never_started(row, known, meeting, placement_id)
    started_on = row.day("started_on")
    if started_on:
        start = StartPlacement(placement_id=placement_id, started_on=started_on, at=known.at(started_on))
        yield Step(command=start, name="started_on", by_rule=BY_RULE)
        yield from sorted(_after_start(row, known, meeting, placement_id, started_on), key=_moment)
    elif ended_on := row.day("ended_on"):
        reason = EndReason(row.text("end_reason") or EndReason.OTHER)
        at = known.at(ended_on)
        decline = DeclinePlacement(placement_id=placement_id, reason=reason, at=at)
        yield Step(command=decline, name="ended_on", later=True)
        yield from part(meeting, at, "ended_on")


def _work(meeting: Meeting) -> WorkTerms:
    work = meeting.offer.terms.work if meeting.offer.terms else None
    return needed(work, "offer")


def _proposal(meeting: Meeting, placement_id: str, at: datetime) -> ProposePlacement:
    """As the service's own reaction to the match says it, word for word."""
    work = _work(meeting)
    return ProposePlacement(
        placement_id=placement_id,
        match_id=meeting.match_id,
        offer_id=meeting.offer_id,
        search_id=meeting.search_id,
        employer_id=meeting.offer.organisation_id,
        form=work.form,
        hours_per_week=work.hours_per_week,
        term_months=work.term_months,
        kldb=work.kldb,
        additional=work.additional,
        at=at,
    )


def _contract(
    row: Row, known: Known, meeting: Meeting, placement_id: str, contracted_on: date
) -> ContractPlacement:
    """Hours and term are those of the offer where the row tells none."""
    work = _work(meeting)
    hours: Decimal | None = row.number("hours_per_week")
    return ContractPlacement(
        placement_id=placement_id,
        contracted_on=contracted_on,
        starts_on=row.day("starts_on") or row.day("started_on") or contracted_on,
        hours_per_week=work.hours_per_week if hours is None else hours,
        term_months=row.count("term_months") or work.term_months,
        at=known.at(contracted_on),
    )


def _never_started(row: Row, known: Known, meeting: Meeting, placement_id: str) -> Iterator[Step]:
    """The list tells no day of it: it is taken to be the one on which the work should have begun."""
    reason = NeverStartedReason(needed(row.text("never_started_reason"), "never_started_reason"))
    day = needed(row.day("starts_on") or row.day("contracted_on"), "contracted_on", "it was never begun")
    at = known.at(day)
    report = ReportNeverStarted(placement_id=placement_id, reason=reason, at=at)
    yield Step(command=report, name="never_started_reason", later=True)
    yield from part(meeting, at, "never_started_reason")


def _after_start(
    row: Row, known: Known, meeting: Meeting, placement_id: str, started_on: date
) -> Iterator[Step]:
    ended_on = row.day("ended_on")
    for milestone in MILESTONES:
        name = f"retention_{milestone}"
        if told := row.text(name):
            day = months_after(started_on, milestone)
            at = known.at(day)
            still_there = ended_on is None or ended_on >= day
            command = _answer(Retention(told), placement_id, milestone, at, still_there=still_there)
            yield Step(command=command, name=name)
    if converted_on := row.day("converted_on"):
        form = TAKEN_ON_AS.get(_work(meeting).form, WorkForm.JOB)
        at = known.at(converted_on)
        convert = ConvertPlacement(placement_id=placement_id, converted_on=converted_on, to_form=form, at=at)
        yield Step(command=convert, name="converted_on")
    if ended_on:
        reason = EndReason(row.text("end_reason") or EndReason.OTHER)
        at = known.at(ended_on)
        end = EndPlacement(placement_id=placement_id, ended_on=ended_on, reason=reason, at=at)
        yield Step(command=end, name="ended_on", by_rule=BY_RULE)


def _answer(
    told: Retention, placement_id: str, milestone: int, at: datetime, *, still_there: bool
) -> ConfirmRetention | DenyRetention | RecordRetentionUnknown:
    match told:
        case Retention.CONFIRMED:
            return ConfirmRetention(
                placement_id=placement_id, milestone=milestone, same_employer=still_there, at=at
            )
        case Retention.DENIED:
            return DenyRetention(placement_id=placement_id, milestone=milestone, at=at)
        case _:
            return RecordRetentionUnknown(placement_id=placement_id, milestone=milestone, at=at)


def _moment(step: Step) -> datetime:
    moment: datetime = attrgetter("command.at")(step)
    return moment
