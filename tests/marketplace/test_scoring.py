"""How well do an offer and a need fit, and can a person read why?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from services.marketplace.domain.scoring import Pairing, Points, Posting, points, reasons, score
from services.marketplace.domain.words import spelled
from shared.events.vocabulary import HoursBand, ReasonPart
from tests.marketplace.postings import POSTINGS

WORDS = spelled("Fahrräder", "Werkstatt")
OFFER = Posting(
    id="of1",
    party="host",
    kind="exchange",
    corner="know_how",
    district="Barmen",
    since="2026-03-02",
    begins=date(2026, 4, 1),
    ends=date(2026, 4, 30),
    capacity=2,
    stems=frozenset(WORDS),
    spelled=WORDS,
)
NEED = replace(OFFER, id="n1", party="seeker", spelled=spelled("Fahrrad", "Werkstätte"))


def of(offer: Posting, need: Posting) -> Points:
    """The points of a pair that fits."""
    given_points = points(offer, need)
    assert given_points is not None
    return given_points


def test_a_pair_that_fits_in_everything_has_all_points() -> None:
    assert of(OFFER, NEED) == Points(district=15, skills=25, time=10, capacity=10)
    assert score(of(OFFER, NEED).total) == Decimal(1)


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "work"},
        {"corner": "goods"},
        {"party": "host"},
        {"begins": date(2026, 5, 1), "ends": date(2026, 5, 31)},
    ],
)
def test_another_kind_or_corner_the_same_party_or_times_that_never_meet_are_no_match(
    other: dict[str, object],
) -> None:
    assert points(OFFER, replace(NEED, **other)) is None  # type: ignore[arg-type]


def test_the_district_brings_its_points_or_none() -> None:
    assert of(OFFER, replace(NEED, district="Elberfeld")).district == 0


@pytest.mark.parametrize(
    ("wanted", "given_points"),
    [
        ({"fahrrad"}, 25),
        ({"fahrrad", "lack"}, 12),
        ({"fahrrad", "lack", "licht"}, 8),
        ({"lack"}, 0),
        (set(), 0),
    ],
)
def test_skills_count_by_the_share_of_the_wanted_words(wanted: set[str], given_points: int) -> None:
    assert of(OFFER, replace(NEED, stems=frozenset(wanted))).skills == given_points


@pytest.mark.parametrize(
    ("begins", "ends", "given_points"),
    [
        (date(2026, 4, 1), date(2026, 4, 30), 10),
        (date(2026, 4, 16), date(2026, 5, 15), 5),
        (date(2026, 4, 30), date(2026, 5, 9), 1),
        (date.min, date(2026, 4, 1), 10),
        (date(2026, 4, 30), date.max, 10),
    ],
)
def test_time_counts_by_the_share_of_the_wanted_days(begins: date, ends: date, given_points: int) -> None:
    assert of(OFFER, replace(NEED, begins=begins, ends=ends)).time == given_points


@pytest.mark.parametrize(("wanted", "given_points"), [(1, 10), (2, 10), (3, 6), (20, 1), (21, 0)])
def test_capacity_counts_by_the_share_of_the_wanted_people(wanted: int, given_points: int) -> None:
    assert of(OFFER, replace(NEED, capacity=wanted)).capacity == given_points


def test_hours_and_level_fit_or_are_left_open() -> None:
    job = replace(OFFER, kind="work", corner="513", hours=HoursBand.OVER_30, level=1)
    search = replace(NEED, kind="work", corner="513", hours=HoursBand.OVER_30, level=None, is_search=True)
    assert points(job, search) is not None
    assert points(job, replace(search, hours=HoursBand.UNDER_5)) is None
    assert points(replace(job, hours=None), replace(search, hours=HoursBand.UNDER_5)) is not None
    assert points(job, replace(search, level=2)) is None


def test_reasons_are_told_in_words_that_a_person_reads_the_heaviest_first() -> None:
    given_reasons = reasons(OFFER, NEED, of(OFFER, NEED))
    assert [(reason.part, reason.points, reason.text) for reason in given_reasons] == [
        (ReasonPart.CATEGORY, Decimal("0.40"), "both in the corner know how"),
        (ReasonPart.SKILLS, Decimal("0.25"), "the same words: Fahrrad, Werkstätte"),
        (ReasonPart.DISTRICT, Decimal("0.15"), "both in Barmen"),
        (ReasonPart.TIME, Decimal("0.10"), "the times meet"),
        (ReasonPart.CAPACITY, Decimal("0.10"), "2 offered, 2 wanted"),
    ]


def test_what_brings_no_points_is_no_reason() -> None:
    elsewhere = replace(NEED, district="Elberfeld", stems=frozenset())
    given_reasons = reasons(OFFER, elsewhere, of(OFFER, elsewhere))
    assert [reason.part for reason in given_reasons] == [
        ReasonPart.CATEGORY,
        ReasonPart.TIME,
        ReasonPart.CAPACITY,
    ]


@given(POSTINGS, POSTINGS)
def test_the_score_is_between_0_and_1_and_the_sum_of_its_reasons(offer: Posting, need: Posting) -> None:
    given_points = points(offer, need)
    if given_points is not None:
        assert 0 <= score(given_points.total) <= 1
        assert sum(reason.points for reason in reasons(offer, need, given_points)) == score(
            given_points.total
        )


@given(POSTINGS, POSTINGS)
def test_no_pair_has_more_points_than_its_words_and_district_allow(asked: Posting, other: Posting) -> None:
    for pairing in (Pairing(asked, asked_is_offer=True), Pairing(asked, asked_is_offer=False)):
        given_points = pairing.points(other)
        if given_points is not None:
            n_shared, is_near = len(asked.stems & other.stems), asked.district == other.district
            assert given_points.total <= pairing.most_points(len(other.stems), n_shared, is_near=is_near)
