"""Which work is offered? Work offers month by month, by kind: start, duration and employer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from services.marketplace.domain.offer import CheckOffer, PostOffer, current_until
from services.marketplace.simulation.wares import ADDITIONAL_JOBS, JOBS
from shared.events.marketplace.offer import OfferTerms, WorkTerms
from shared.events.vocabulary import Category, OfferKind, Sector, WorkForm
from shared.simulation.amounts import Amounts
from shared.simulation.chance import Chance
from shared.simulation.days import months, working_day
from shared.simulation.step import COORDINATOR, Step, organisation
from shared.simulation.town import Member, Town

EMPLOYERS = (Sector.COMPANY, Sector.TRAINING_COMPANY, Sector.EMPLOYMENT_CARRIER, Sector.PUBLIC_BODY)
TRAINERS = (Sector.TRAINING_COMPANY, Sector.COMPANY)
CARRIERS = (Sector.EMPLOYMENT_CARRIER, Sector.PUBLIC_BODY)
ALL_YEAR = tuple(range(1, 13))
POSTED_BEFORE = (50, 75)  # [days] before the first working day
PLACES = {1: 60, 2: 30, 3: 10}
UNFILLED = 0.1  # of as many offers more as are filled, nothing comes
MINIMUM_WAGE = (  # valid from, [EUR/h]; Source: MiLoG and the ordinances on it, before 2015 there was none
    (date(2015, 1, 1), "8.50"),
    (date(2017, 1, 1), "8.84"),
    (date(2019, 1, 1), "9.19"),
    (date(2020, 1, 1), "9.35"),
    (date(2021, 1, 1), "9.50"),
    (date(2022, 1, 1), "9.82"),
    (date(2022, 10, 1), "12.00"),
    (date(2024, 1, 1), "12.41"),
    (date(2025, 1, 1), "12.82"),
    (date(2026, 1, 1), "13.90"),
    (date(2027, 1, 1), "14.60"),
)


class Work(Amounts, frozen=True):
    """Placements to be; `additional_jobs` are created for long-term unemployed people, from a day on."""

    additional_jobs: float = 0
    additional_jobs_from: date = date.min
    jobs: float = 0
    apprenticeships: float = 0
    entry_qualifications: float = 0
    internships: float = 0
    work_opportunities: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkKind:
    """A kind of work: its form, in which months it starts, how many months its term may have (none: without one)."""

    name: str
    form: WorkForm
    jobs: tuple[tuple[str, str, int], ...]
    sectors: tuple[Sector, ...]
    starts_in: tuple[int, ...] = ALL_YEAR
    terms: tuple[int | None, ...] = (None,)
    additional: bool = False
    paid: bool = False


KINDS = (
    WorkKind(
        name="additional_jobs", form=WorkForm.JOB, jobs=ADDITIONAL_JOBS, sectors=EMPLOYERS,
        terms=(24,), additional=True, paid=True,
    ),
    WorkKind(
        name="jobs", form=WorkForm.JOB, jobs=JOBS[WorkForm.JOB], sectors=EMPLOYERS, terms=(None, None, 12), paid=True
    ),
    WorkKind(
        name="apprenticeships", form=WorkForm.APPRENTICESHIP, jobs=JOBS[WorkForm.APPRENTICESHIP], sectors=TRAINERS,
        starts_in=(8, 9), terms=(36, 36, 42),
    ),
    WorkKind(  # E07: until 31 March 2024 six months at least
        name="entry_qualifications", form=WorkForm.ENTRY_QUALIFICATION, jobs=JOBS[WorkForm.ENTRY_QUALIFICATION],
        sectors=TRAINERS, starts_in=(10, 11, 12), terms=(6, 8, 9, 10, 10, 12),
    ),
    WorkKind(
        name="internships", form=WorkForm.INTERNSHIP, jobs=JOBS[WorkForm.INTERNSHIP], sectors=EMPLOYERS,
        terms=(1, 1, 2, 3),
    ),
    WorkKind(
        name="work_opportunities", form=WorkForm.WORK_OPPORTUNITY, jobs=JOBS[WorkForm.WORK_OPPORTUNITY],
        sectors=CARRIERS, terms=(6, 9, 12),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """A work offer on the board from `opens_at` until `closes_at`, for so many people."""

    offer_id: str
    kind: WorkKind
    employer: Member
    terms: WorkTerms
    starts_on: date
    opens_at: datetime
    closes_at: datetime
    places: int


def vacancies(chance: Chance, town: Town) -> tuple[list[Step], list[Vacancy]]:
    """The steps of all work offers, and the vacancies that will be filled."""
    steps: list[Step] = []
    free: list[Vacancy] = []
    for kind in KINDS:
        for starts_on, places, filled in _starts(chance, town, kind):
            posted_at = chance.on(starts_on - timedelta(days=chance.number(*POSTED_BEFORE)))
            employers = town.acting(posted_at, *kind.sectors)
            if employers:
                own_steps, vacancy = _vacancy(
                    chance, kind, chance.one_of(employers), posted_at, starts_on, places
                )
                steps += own_steps
                free += [vacancy] if filled else []
    return steps, free


def _starts(chance: Chance, town: Town, kind: WorkKind) -> Iterator[tuple[date, int, bool]]:
    """First working days, each with places, and whether somebody comes."""
    yearly = getattr(town.amount(Work), kind.name)
    earliest = town.ready_on + timedelta(days=POSTED_BEFORE[1])
    if kind.additional:
        earliest = max(earliest, town.amount(Work).additional_jobs_from)
    for first, _, share in months(town.begins, town.ends + timedelta(days=POSTED_BEFORE[0])):
        if first.month not in kind.starts_in:
            continue
        mean = town.scaled(yearly * share / len(kind.starts_in))
        left = chance.count(mean)
        while left > 0:
            places = min(left, chance.weighted(PLACES))
            left -= places
            starts_on = working_day(first.replace(day=chance.one_of((1, 1, 15))))
            if starts_on >= earliest:
                yield starts_on, places, True
                if chance.happens(UNFILLED):
                    yield starts_on, 1, False


def _vacancy(
    chance: Chance, kind: WorkKind, employer: Member, at: datetime, starts_on: date, places: int
) -> tuple[list[Step], Vacancy]:
    offer_id, (title, kldb, hours) = chance.new_id("offer"), chance.one_of(kind.jobs)
    work = WorkTerms(
        form=kind.form,
        hours_per_week=Decimal(hours),
        pay_per_hour=_pay(chance, starts_on) if kind.paid else None,
        term_months=chance.one_of(kind.terms),
        starts_on=starts_on,
        kldb=kldb,
        additional=kind.additional,
    )
    terms = OfferTerms(
        kind=OfferKind.WORK,
        title=title,
        category=Category.HELPING_HANDS,
        district=employer.district,
        places=places,
        work=work,
    )
    opens_at = chance.after(at, 1, 2)
    post = PostOffer(offer_id=offer_id, organisation_id=employer.id, terms=terms, at=at)
    steps = [
        Step(post, organisation(employer.id)),
        Step(CheckOffer(offer_id=offer_id, at=opens_at), COORDINATOR),
    ]
    vacancy = Vacancy(
        offer_id=offer_id,
        kind=kind,
        employer=employer,
        terms=work,
        starts_on=starts_on,
        opens_at=opens_at,
        closes_at=current_until(terms, opens_at),
        places=places,
    )
    return steps, vacancy


def _pay(chance: Chance, on: date) -> Decimal:
    """Pay [EUR/h] at or above the minimum wage of the day."""
    least = max((valid_from, Decimal(text)) for valid_from, text in MINIMUM_WAGE if valid_from <= on)[1]
    return (least * (100 + chance.number(0, 25)) / 100).quantize(Decimal("0.01"))
