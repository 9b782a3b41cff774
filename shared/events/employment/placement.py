"""What happens to a placement, from a confirmed match to work that lasts? Stream placement-<id>.

No event names a person, an instrument or a benefit (rule D01): a placement names the search that it fulfils.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from shared.events.clear import COUNTED, DECIDES, DUE, MATCH, OFFERED, RANDOM, RULE
from shared.events.registry import Audience, event
from shared.events.vocabulary import (
    CorrectionReason,
    EndReason,
    NeverStartedReason,
    RetentionAnswer,
    WorkForm,
)
from shared.kernel.quantity import AtLeastOne, Months, WeeklyHours

MILESTONES = (3, 6, 12)  # [months] after the start at which retention is asked after; handbook 5.5, rule E11


@event(
    "employment",
    Audience.INTERNAL,
    clear={
        **MATCH,
        "employer_id": RANDOM,
        **dict.fromkeys(("form", "additional", "hours_per_week", "term_months", "kldb"), OFFERED),
    },
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementProposed:
    """A confirmed match of a work offer waits for a contract; `hours_per_week` [h/week], `term_months` [months]."""

    match_id: str
    offer_id: str
    search_id: str
    employer_id: str
    form: WorkForm
    additional: bool
    hours_per_week: WeeklyHours
    term_months: Months | None = None
    kldb: str | None = None


@event("employment", Audience.INTERNAL, clear={**MATCH, "rule": RULE, "sentence": RULE})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementNotProposed:
    """A rule forbids the placement of a confirmed match; `rule` is the rule's stored name, `sentence` its sentence."""

    match_id: str
    offer_id: str
    search_id: str
    rule: str
    sentence: str


@event("employment", Audience.INTERNAL, clear={**MATCH, "reason": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementDeclined:
    """The placement ended without a contract."""

    offer_id: str
    search_id: str
    match_id: str
    reason: EndReason


@event(
    "employment",
    Audience.INTERNAL,
    clear={
        "contracted_on": DUE,
        "starts_on": DUE,
        "hours_per_week": COUNTED,
        "term_months": DECIDES,
    },
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementContracted:
    """Both signed; `hours_per_week` [h/week], `term_months` [months] or None without a term."""

    contracted_on: date
    starts_on: date
    hours_per_week: WeeklyHours
    term_months: Months | None = None


@event(
    "employment",
    Audience.INTERNAL,
    clear={
        **MATCH,
        "employer_id": RANDOM,
        "form": OFFERED,
        "additional": OFFERED,
        "started_on": DUE,
    },
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementStarted:
    """The first working day took place (rule E01)."""

    offer_id: str
    search_id: str
    match_id: str
    employer_id: str
    form: WorkForm
    additional: bool
    started_on: date


@event("employment", Audience.INTERNAL, clear={**MATCH, "reason": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementNeverStarted:
    """Contracted, but the person never began to work: an outcome of its own (rule E01)."""

    offer_id: str
    search_id: str
    match_id: str
    reason: NeverStartedReason


@event("employment", Audience.INTERNAL, clear={"milestone": COUNTED, "due_on": DUE})
@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCheckFellDue:
    """3, 6 or 12 months have passed since the start; somebody has to ask (rule E11). `milestone` [months]."""

    milestone: AtLeastOne
    due_on: date


@event("employment", Audience.INTERNAL, clear={"milestone": COUNTED, "same_employer": COUNTED})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRetentionConfirmed:
    """At the milestone the person was still at work. `milestone` [months]."""

    milestone: AtLeastOne
    same_employer: bool


@event("employment", Audience.INTERNAL, clear={"milestone": COUNTED})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRetentionDenied:
    """At the milestone the person was no longer at work. `milestone` [months]."""

    milestone: AtLeastOne


@event("employment", Audience.INTERNAL, clear={"milestone": COUNTED})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRetentionUnknown:
    """Nobody knew whether the person was still at work; figures show it as unknown (E11). `milestone` [months]."""

    milestone: AtLeastOne


@event(
    "employment",
    Audience.INTERNAL,
    clear={"milestone": COUNTED, "corrects": COUNTED, "reason": DECIDES, "answer": COUNTED},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRetentionCorrected:
    """Another answer counts at the milestone, for example one that came late. `milestone` [months].

    `corrects` is the number of the event in its stream whose answer no longer holds.
    """

    milestone: AtLeastOne
    corrects: AtLeastOne
    reason: CorrectionReason
    answer: RetentionAnswer


@event("employment", Audience.INTERNAL, clear={"converted_on": DUE, "to_form": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementConverted:
    """The placement went on in another form, for example from an entry qualification to an apprenticeship."""

    converted_on: date
    to_form: WorkForm


@event("employment", Audience.INTERNAL, clear={"ended_on": DUE, "reason": DECIDES, "early": COUNTED})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementEnded:
    """The work ended; `early` when it ended before its term."""

    ended_on: date
    reason: EndReason
    early: bool


PlacementEvent: TypeAlias = (
    PlacementProposed
    | PlacementNotProposed
    | PlacementDeclined
    | PlacementContracted
    | PlacementStarted
    | PlacementNeverStarted
    | RetentionCheckFellDue
    | PlacementRetentionConfirmed
    | PlacementRetentionDenied
    | PlacementRetentionUnknown
    | PlacementRetentionCorrected
    | PlacementConverted
    | PlacementEnded
)
