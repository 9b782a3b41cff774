"""What does a row about a placement ask for? Proposal, contract, start or none, retention checks and end."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from services.employment.domain.placement import (
    PLACEMENT,
    ContractPlacement,
    ConvertPlacement,
    DeclinePlacement,
    EndPlacement,
    ProposePlacement,
    ReportNeverStarted,
    StartPlacement,
    placement_id_of,
)
from services.employment.importing.retention import RETENTIONS, answers
from shared.events.employment.placement import PlacementProposed
from shared.events.marketplace.offer import WorkTerms
from shared.events.vocabulary import (
    EndReason,
    NeverStartedReason,
    OfferKind,
    WorkForm,
)
from shared.importing.identity import noun_id
from shared.importing.kinds import Import
from shared.importing.lookup import Lookup
from shared.importing.neighbours import Meeting
from shared.importing.step import Step, needed
from shared.importing.words import END_REASON, END_REASONS, ENDED, HOURS_PER_WEEK, TERM
from shared.tabular import cells
from shared.tabular.cells import Labels, OneOf
from shared.tabular.fields import About, Kind, key, may, must
from shared.tabular.rows import Row

NEVER_STARTED_REASONS: Labels = {
    NeverStartedReason.PERSON_DID_NOT_APPEAR: "nicht erschienen | nicht angetreten",
    NeverStartedReason.OTHER_PLACE_FOUND: "andere Stelle | anderen Platz gefunden | andere Stelle gefunden",
    NeverStartedReason.EMPLOYER_WITHDREW: "Absage Betrieb | Betrieb zurückgetreten | Absage Arbeitgeber",
    NeverStartedReason.OTHER: "Sonstiges | anderer Grund | sonstiger Grund",
}

KIND = Kind(
    name="placements",
    about=About.PERSON,
    fields=(
        key("Vermittlung | Vermittlungs-Nr."),
        must("offer", cells.line_of_text, "Stelle | Stellen-Nr. | Stelle Nr. | Angebot | Angebots-Nr. | job"),
        must(
            "participant",
            cells.own_number,
            "Teilnehmer | Teilnehmer-Nr. | TN-Nr. | TN | Teilnehmende | Teilnehmenden-Nr.",
        ),
        must(
            "proposed_on",
            cells.day,
            "Vorschlag am | vorgeschlagen am | Vermittlungsvorschlag | Vorschlag vom",
        ),
        may("contracted_on", cells.day, "Vertrag am | Vertrag vom | Arbeitsvertrag vom | Vertragsdatum"),
        may(
            "starts_on", cells.day, "Beginn geplant | geplanter Beginn | Vertragsbeginn | Beginn laut Vertrag"
        ),
        may(
            "started_on", cells.day, "Arbeitsaufnahme | angetreten am | tatsächlicher Beginn | Beginn | Start"
        ),
        may(
            "never_started_reason",
            OneOf(NEVER_STARTED_REASONS),
            "Grund Nichtantritt | Nichtantritt | nicht angetreten",
        ),
        may("hours_per_week", cells.hours, HOURS_PER_WEEK),
        may("term_months", cells.count, TERM),
        may(
            "retention_3",
            OneOf(RETENTIONS),
            "Verbleib 3 | Verbleib 3 Monate | Verbleib nach 3 Monaten",
        ),
        may(
            "retention_6",
            OneOf(RETENTIONS),
            "Verbleib 6 | Verbleib 6 Monate | Verbleib nach 6 Monaten",
        ),
        may(
            "retention_12",
            OneOf(RETENTIONS),
            "Verbleib 12 | Verbleib 12 Monate | Verbleib nach 12 Monaten",
        ),
        may("converted_on", cells.day, "übernommen am | Übernahme | Übernahme am | umgewandelt am"),
        may("ended_on", cells.day, ENDED),
        may("end_reason", OneOf(END_REASONS), END_REASON),
    ),
    in_order=(
        ("proposed_on", "contracted_on"),
        ("contracted_on", "started_on"),
        ("started_on", "converted_on"),
        ("started_on", "ended_on"),
    ),
    meanings={
        "key": "Nummer der Zeile in Ihrer Liste. Sie bleibt gleich, wenn die Zeile berichtigt wird.",
        "offer": "Nummer der Stelle.",
        "participant": "Nummer der Person in Ihrer Liste, kein Name.",
        "proposed_on": "Tag des Vermittlungsvorschlags.",
        "contracted_on": "Tag des Arbeitsvertrags.",
        "starts_on": "Beginn laut Vertrag.",
        "started_on": "Tag, an dem die Arbeit begann.",
        "never_started_reason": "Grund, falls die Arbeit trotz Vertrag nie begann.",
        "hours_per_week": "Stunden je Woche. Leer zählen die der Stelle.",
        "term_months": "Laufzeit in Monaten. Leer zählt die der Stelle.",
        "retention_3": "Ob die Person 3 Monate nach dem Beginn beschäftigt war.",
        "retention_6": "Ob die Person 6 Monate nach dem Beginn beschäftigt war.",
        "retention_12": "Ob die Person 12 Monate nach dem Beginn beschäftigt war.",
        "converted_on": "Tag der Übernahme.",
        "ended_on": "Tag, an dem die Beschäftigung endete.",
        "end_reason": "Grund des Endes. Leer zählt als sonstiger Grund.",
    },
    examples=(
        "BSP-P1 | BSP-A3 | TN-001 | t-290 | t-285 | t-280 | t-280 | | 30 | 24 | ja | ja | | | t-60 | durch Person",
        "BSP-P2 | BSP-A3 | TN-002 | t-290 | t-285 | t-280 | | nicht erschienen | | | | | | | |",
    ),
    after=("organisations", "offers"),
)

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
"""The form in which somebody is taken on afterwards; from every other form it is a job."""


def steps(row: Row, lookup: Lookup) -> Iterator[Step]:
    """The steps of one row."""
    number = needed(row.text("participant"), "participant")
    search_id = noun_id("placements", row.key)
    meeting = lookup.neighbours.meeting(row, OfferKind.WORK, number=number, search_id=search_id)
    placement_id = placement_id_of(meeting.match_id)
    if lookup.exists(PLACEMENT, placement_id):
        lookup.refuse_other_days(row, PLACEMENT, placement_id, {"proposed_on": (PlacementProposed,)})
    else:
        at = lookup.at(row.day("proposed_on"))
        yield from lookup.neighbours.come_together(meeting, at, "proposed_on")
        yield Step(command=_proposal(meeting, placement_id, at), name="proposed_on", by_rule=BY_RULE)
    contracted_on = row.day("contracted_on")
    if contracted_on:
        contract = _contract(row, lookup, meeting, placement_id, contracted_on)
        yield Step(command=contract, name="contracted_on", by_rule=BY_RULE)
    if row.text("never_started_reason"):
        yield from _never_started(row, lookup, meeting, placement_id)
    started_on = row.day("started_on")
    if started_on:
        start = StartPlacement(placement_id=placement_id, started_on=started_on, at=lookup.at(started_on))
        yield Step(command=start, name="started_on", by_rule=BY_RULE)
        yield from sorted(_after_start(row, lookup, meeting, placement_id, started_on), key=_moment)
    elif ended_on := row.day("ended_on"):
        reason = EndReason(row.text("end_reason") or EndReason.OTHER)
        at = lookup.at(ended_on)
        decline = DeclinePlacement(placement_id=placement_id, reason=reason, at=at)
        yield Step(command=decline, name="ended_on", later=True)
        yield from lookup.neighbours.part(meeting, at, "ended_on")


def _work(meeting: Meeting) -> WorkTerms:
    return needed(meeting.terms.work, "offer")


def _proposal(meeting: Meeting, placement_id: str, at: datetime) -> ProposePlacement:
    """The same command as that of the service's own reaction to the match."""
    work = _work(meeting)
    return ProposePlacement(
        placement_id=placement_id,
        match_id=meeting.match_id,
        offer_id=meeting.offer_id,
        search_id=meeting.search_id,
        employer_id=meeting.organisation_id,
        form=work.form,
        hours_per_week=work.hours_per_week,
        term_months=work.term_months,
        kldb=work.kldb,
        additional=work.additional,
        at=at,
    )


def _contract(
    row: Row, lookup: Lookup, meeting: Meeting, placement_id: str, contracted_on: date
) -> ContractPlacement:
    """Hours and term are those of the offer where the row has none."""
    work = _work(meeting)
    hours: Decimal | None = row.number("hours_per_week")
    return ContractPlacement(
        placement_id=placement_id,
        contracted_on=contracted_on,
        starts_on=row.day("starts_on") or row.day("started_on") or contracted_on,
        hours_per_week=work.hours_per_week if hours is None else hours,
        term_months=row.count("term_months") or work.term_months,
        at=lookup.at(contracted_on),
    )


def _never_started(row: Row, lookup: Lookup, meeting: Meeting, placement_id: str) -> Iterator[Step]:
    """The list has no day for it: it is taken to be the day on which the work should have begun."""
    reason = NeverStartedReason(needed(row.text("never_started_reason"), "never_started_reason"))
    day = needed(row.day("starts_on") or row.day("contracted_on"), "contracted_on", "it was never begun")
    at = lookup.at(day)
    report = ReportNeverStarted(placement_id=placement_id, reason=reason, at=at)
    yield Step(command=report, name="never_started_reason", later=True)
    yield from lookup.neighbours.part(meeting, at, "never_started_reason")


def _after_start(
    row: Row, lookup: Lookup, meeting: Meeting, placement_id: str, started_on: date
) -> Iterator[Step]:
    ended_on = row.day("ended_on")
    yield from answers(row, lookup, placement_id, started_on)
    if converted_on := row.day("converted_on"):
        form = TAKEN_ON_AS.get(_work(meeting).form, WorkForm.JOB)
        at = lookup.at(converted_on)
        convert = ConvertPlacement(placement_id=placement_id, converted_on=converted_on, to_form=form, at=at)
        yield Step(command=convert, name="converted_on")
    if ended_on:
        reason = EndReason(row.text("end_reason") or EndReason.OTHER)
        at = lookup.at(ended_on)
        end = EndPlacement(placement_id=placement_id, ended_on=ended_on, reason=reason, at=at)
        yield Step(command=end, name="ended_on", by_rule=BY_RULE)


def _moment(step: Step) -> datetime:
    moment: datetime = attrgetter("command.at")(step)
    return moment


PLACEMENT_FILES = Import(kind=KIND, steps=steps)
