"""Which small histories do the tests of figures tell? Agreements, needs, hours and placements, so many of each."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from shared.events.actors.organisation import OrganisationRegistered
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementNeverStarted,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
)
from shared.events.marketplace.agreement import (
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    Commitment,
    CommitmentConfirmed,
)
from shared.events.marketplace.engagement import (
    EngagementStarted,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
    VolunteerReferred,
)
from shared.events.marketplace.need import NeedMet, NeedPosted, NeedTerms
from shared.events.marketplace.offer import MatchConfirmed, OfferTerms
from shared.events.vocabulary import (
    Category,
    CorrectionReason,
    EndReason,
    FailureReason,
    NeverStartedReason,
    OfferKind,
    Party,
    ReciprocityKind,
    Sector,
    VolunteeringForm,
    WorkForm,
)
from shared.kernel.recorded import Recorded
from tests.reporting.histories import happened

SOON = timedelta(days=30)
COMMITMENT = Commitment(giver=Party.A, category=Category.KNOW_HOW, description="Beratung", hours=Decimal(2))
CURRENT_UNTIL = datetime(2031, 1, 1, tzinfo=UTC)


# --- agreements -----------------------------------------------------------------------------------
def sealed(
    key: str,
    on: date,
    *,
    parties: tuple[str, str] | None = None,
    market_day: str | None = None,
    lab: str | None = None,
) -> Recorded[Any]:
    """An agreement is sealed, between two organisations of its own unless said otherwise."""
    a, b = parties or (f"a{key}", f"b{key}")
    event = AgreementSealed(
        party_a=a,
        party_b=b,
        commitments=(COMMITMENT,),
        reciprocity=ReciprocityKind.MUTUAL,
        contact_by=on,
        market_day_id=market_day,
    )
    return happened(on, f"agreement-{key}", event, lab=lab)


def fulfilled(key: str, on: date) -> Recorded[Any]:
    """It was wholly kept."""
    return happened(on, f"agreement-{key}", AgreementFulfilled())


def partly_fulfilled(key: str, on: date) -> Recorded[Any]:
    """It was kept in part."""
    return happened(on, f"agreement-{key}", AgreementPartlyFulfilled(n_confirmed=1, n_commitments=2))


def failed(key: str, on: date) -> Recorded[Any]:
    """Nothing came of it."""
    return happened(on, f"agreement-{key}", AgreementFailed(reason=FailureReason.NO_RESPONSE))


def agreements(
    on: date, *, kept: int = 0, partly: int = 0, failing: int = 0, silent: int = 0, prefix: str = ""
) -> Iterator[Recorded[Any]]:
    """So many agreements of each outcome, sealed on this day and closed a month later."""
    for number in range(kept + partly + failing + silent):
        key = f"{prefix}{number}"
        yield sealed(key, on)
        if number < kept:
            yield fulfilled(key, on + SOON)
        elif number < kept + partly:
            yield partly_fulfilled(key, on + SOON)
        elif number < kept + partly + failing:
            yield failed(key, on + SOON)


def given(key: str, on: date, giver: str, receiver: str) -> Recorded[Any]:
    """A commitment is confirmed."""
    event = CommitmentConfirmed(
        number=1, giver_id=giver, receiver_id=receiver, category=Category.KNOW_HOW, hours=Decimal(2)
    )
    return happened(on, f"agreement-{key}", event)


def organisation(key: str, sector: Sector) -> Recorded[Any]:
    """An organisation registers."""
    event = OrganisationRegistered(name=f"{key} (made up)", sector=sector, district="Barmen")
    return happened(date(2016, 1, 4), f"organisation-{key}", event)


# --- needs ----------------------------------------------------------------------------------------
def need(
    key: str, on: date, *, kind: OfferKind = OfferKind.EXCHANGE, category: Category = Category.GOODS
) -> Recorded[Any]:
    """An organisation of its own posts a need."""
    terms = NeedTerms(kind=kind, title="Hilfe gesucht", category=category, district="Elberfeld")
    return happened(
        on, f"need-{key}", NeedPosted(organisation_id=f"o{key}", terms=terms, current_until=CURRENT_UNTIL)
    )


def matched(key: str, on: date) -> Recorded[Any]:
    """A match of the need is confirmed; the event lies in the offer's stream."""
    terms = OfferTerms(kind=OfferKind.EXCHANGE, title="Hilfe", category=Category.GOODS, district="Elberfeld")
    event = MatchConfirmed(
        match_id=f"m{key}",
        offer_id=f"of{key}",
        need_id=key,
        is_search=False,
        offer_party=f"p{key}",
        need_party=f"o{key}",
        terms=terms,
    )
    return happened(on, f"offer-of{key}", event)


def met(key: str, on: date) -> Recorded[Any]:
    """What was needed has been delivered."""
    return happened(on, f"need-{key}", NeedMet())


# --- volunteering -----------------------------------------------------------------------------------
def trial(key: str, on: date, host: str, outcome: str | None = None) -> Iterator[Recorded[Any]]:
    """A trial that was `taken` on, `ended`, or of which nothing is known."""
    of_match = {"match_id": f"m{key}", "offer_id": f"of{key}", "search_id": f"s{key}"}
    referred = VolunteerReferred(**of_match, person_id=f"p{key}", host_id=host, form=VolunteeringForm.REGULAR)
    yield happened(on, f"engagement-{key}", referred)
    yield happened(on, f"engagement-{key}", TrialStarted(started_on=on))
    if outcome == "taken":
        begun = EngagementStarted(**of_match, host_id=host, started_on=on + SOON)
        yield happened(on + SOON, f"engagement-{key}", begun)
    if outcome == "ended":
        ended = TrialEnded(**of_match, ended_on=on + SOON, reason=EndReason.DID_NOT_FIT)
        yield happened(on + SOON, f"engagement-{key}", ended)


def hours(key: str, on: date, host: str, n: str, *, civic: bool = True, entry: str = "e") -> Recorded[Any]:
    """A host confirms a volunteer's hours."""
    event = VolunteerHoursConfirmed(entry_id=entry, worked_on=on, hours=Decimal(n), civic=civic, host_id=host)
    return happened(on, f"engagement-{key}", event)


def corrected_hours(
    key: str, on: date, worked_on: date, n: str, *, civic: bool = True, entry: str = "e"
) -> Recorded[Any]:
    """A host corrects the confirmed hours of an entry."""
    event = VolunteerHoursCorrected(
        entry_id=entry,
        corrects=1,
        reason=CorrectionReason.TYPED_WRONG,
        worked_on=worked_on,
        hours=Decimal(n),
        civic=civic,
    )
    return happened(on, f"engagement-{key}", event)


# --- work -----------------------------------------------------------------------------------------
def proposed(key: str, on: date, form: WorkForm = WorkForm.JOB, employer: str | None = None) -> Recorded[Any]:
    """A placement is proposed, at an employer of its own unless said otherwise."""
    event = PlacementProposed(
        match_id=f"m{key}",
        offer_id=f"of{key}",
        search_id=f"s{key}",
        employer_id=employer or f"w{key}",
        form=form,
        additional=False,
        hours_per_week=Decimal(39),
    )
    return happened(on, f"placement-{key}", event)


def contracted(key: str, on: date, starts_on: date) -> Recorded[Any]:
    """Both signed."""
    event = PlacementContracted(contracted_on=on, starts_on=starts_on, hours_per_week=Decimal(39))
    return happened(on, f"placement-{key}", event)


def started(key: str, on: date, form: WorkForm = WorkForm.JOB) -> Recorded[Any]:
    """The first working day took place."""
    event = PlacementStarted(
        offer_id=f"of{key}",
        search_id=f"s{key}",
        match_id=f"m{key}",
        employer_id=f"w{key}",
        form=form,
        additional=False,
        started_on=on,
    )
    return happened(on, f"placement-{key}", event)


def never_started(key: str, on: date) -> Recorded[Any]:
    """Nobody came to work."""
    event = PlacementNeverStarted(
        offer_id=f"of{key}",
        search_id=f"s{key}",
        match_id=f"m{key}",
        reason=NeverStartedReason.OTHER,
    )
    return happened(on, f"placement-{key}", event)


def at_work(
    prefix: str,
    on: date,
    n: int,
    *answers: PlacementRetentionConfirmed
    | PlacementRetentionDenied
    | PlacementRetentionUnknown
    | PlacementRetentionCorrected,
) -> Iterator[Recorded[Any]]:
    """So many placements that began on a day, each with these answers."""
    for number in range(n):
        key = f"{prefix}{number}"
        yield proposed(key, on)
        yield contracted(key, on, on)
        yield started(key, on)
        for answer in answers:
            yield happened(on + timedelta(days=31 * answer.milestone), f"placement-{key}", answer)
