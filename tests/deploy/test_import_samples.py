"""Do the cities' sample files become histories that keep the handbook's bands, in the facts that evaluation counts?

The bands are those of the handbook 9.6 that speak of files.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from msgspec.structs import asdict

from deploy.intake.apply import import_samples
from services.reporting.answers import Answers, Asked
from services.reporting.facts.agreement import AGREEMENT
from services.reporting.facts.engagement import ENGAGEMENT, VOLUNTEER_HOURS
from services.reporting.facts.fact import Fact
from services.reporting.facts.market_day import ATTENDANCE
from services.reporting.facts.need import NEED
from services.reporting.facts.offer import OFFER
from services.reporting.facts.organisation import ORGANISATION
from services.reporting.facts.placement import PLACEMENT
from services.reporting.facts.tables import FactTables
from shared.importing.identity import noun_id
from shared.tabular.report import Report
from tests.deploy.office import TODAY, Office

DAY_2016, DAY_2018 = (noun_id("market_days", key) for key in ("2016-09-23", "2018-09-28"))


class Imported(NamedTuple):
    """A city after its sample files were imported, twice."""

    office: Office
    first: list[Report]
    again: list[Report]
    records_between: list[bytes]
    progress: list[tuple[int, int]]

    def rows(self, fact: Fact) -> dict[str, dict[str, Any]]:
        """The rows of a fact."""
        facts = self.office.instance.units["reporting"].facts
        assert facts is not None
        return {key: asdict(row) for key, row in facts.projection.store.views.all_of(fact).items()}

    def indicator(self, name: str, by: str) -> dict[str, dict[str, Any]]:
        """An indicator's results by group, nothing suppressed."""
        facts = self.office.instance.units["reporting"].facts
        assert facts is not None
        answer = Answers(FactTables(facts.projection.store)).indicator(
            name, Asked(by=by, full=True), TODAY.date()
        )
        return {group["group"]: group for group in answer["groups"]}


def imported(office: Office) -> Imported:
    """The city of this office with its sample files."""
    progress: list[tuple[int, int]] = []
    first = import_samples(office.instance, lambda done, all_rows: progress.append((done, all_rows)))
    between = office.records()
    return Imported(office, first, import_samples(office.instance), between, progress)


@pytest.fixture(scope="module")
def wuppertal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """Wuppertal after the import."""
    office = Office(tmp_path_factory.mktemp("wuppertal"))
    yield imported(office)
    office.instance.close()


@pytest.fixture(scope="module")
def dortmund(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """Dortmund after the import."""
    office = Office(tmp_path_factory.mktemp("dortmund"), "dortmund")
    yield imported(office)
    office.instance.close()


@pytest.fixture(params=["wuppertal", "dortmund"])
def city(request: pytest.FixtureRequest) -> Imported:
    """Either city."""
    imported: Imported = request.getfixturevalue(request.param)
    return imported


# --- every row, once, marked --------------------------------------------------------------------------
def test_every_row_of_every_sample_file_is_taken(city: Imported) -> None:
    files = [path.name for path in city.office.instance.city.samples]
    assert [report.file for report in city.first] == files
    for report in city.first:
        assert report.rejected == [], report.file
        assert report.n_new == report.n_read > 10, report.file


def test_importing_the_sample_files_again_changes_nothing(city: Imported) -> None:
    for report in city.again:
        assert (report.rejected, report.n_unchanged) == ([], report.n_read), report.file
    assert city.office.records() == city.records_between


def test_the_progress_told_is_that_of_all_files_together(city: Imported) -> None:
    n_rows = sum(report.n_read for report in city.first)
    assert city.progress == [(done, n_rows) for done in range(1, n_rows + 1)]


def test_no_reaction_is_refused_and_nothing_is_parked(city: Imported) -> None:
    assert city.office.refusals() == 0
    for service, unit in city.office.instance.units.items():
        assert unit.store.parked.listed() == [], service


def test_every_event_of_the_sample_files_is_marked_as_synthetic_and_as_the_labs(city: Imported) -> None:
    lab = city.office.instance.city.lab["key"]
    assert {(event.synthetic, event.lab) for event in city.office.events()} == {(True, lab)}


def test_everything_in_the_files_happened_within_the_programme_and_is_known_since_the_import(
    city: Imported,
) -> None:
    for event in city.office.events():
        assert date(2016, 6, 1) <= event.time.date() <= date(2019, 5, 31), event.type
        assert event.recorded_at == TODAY


def test_the_facts_are_those_that_a_replay_of_history_gives(city: Imported) -> None:
    facts = city.office.instance.units["reporting"].facts
    assert facts is not None
    live = facts.projection.digests()
    facts.projection.rebuild()
    assert facts.projection.digests() == live


# --- Wuppertal: market days and the volunteer agency --------------------------------------------------
@pytest.mark.parametrize(("day", "low", "high"), [(DAY_2016, 31, 31), (DAY_2018, 45, 49)])
def test_each_market_day_has_its_number_of_sealed_agreements(
    wuppertal: Imported, day: str, low: int, high: int
) -> None:
    sealed = [row for row in wuppertal.rows(AGREEMENT).values() if row["market_day_id"] == day]
    assert low <= len(sealed) <= high
    assert len({row["sealed_on"] for row in sealed}) == 1


def test_the_market_day_of_2016_has_sixty_participants_and_half_an_agreement_for_each(
    wuppertal: Imported,
) -> None:
    attended = Counter(row["market_day_id"] for row in wuppertal.rows(ATTENDANCE).values())
    assert 58 <= attended[DAY_2016] <= 62
    per_participant = wuppertal.indicator("agreements_per_participant", "market_day")[DAY_2016]
    assert Decimal("0.50") <= Decimal(per_participant["value"]) <= Decimal("0.53")


def test_companies_outnumber_the_others_two_to_one_in_2016(wuppertal: Imported) -> None:
    organisations = wuppertal.rows(ORGANISATION)
    is_company = Counter(
        organisations[row["organisation_id"]]["sector"] in {"company", "training_company"}
        for row in wuppertal.rows(ATTENDANCE).values()
        if row["market_day_id"] == DAY_2016
    )
    assert 1.8 <= is_company[True] / is_company[False] <= 2.2


def test_redeemed_failed_and_open_agreements_are_counted_as_the_files_tell(wuppertal: Imported) -> None:
    by_year = wuppertal.indicator("redemption_rate", "year")
    assert (by_year["2016"]["numerator"], by_year["2016"]["denominator"]) == (22, 29)
    outcomes = Counter(row["outcome"] for row in wuppertal.rows(AGREEMENT).values())
    assert outcomes == {"fulfilled": 44, "failed": 17, "partly_fulfilled": 9, "open": 8}
    failed = [row for row in wuppertal.rows(AGREEMENT).values() if row["outcome"] == "failed"]
    assert all(row["failure_reason"] for row in failed)


def test_an_agreement_that_names_its_need_meets_it_when_it_is_kept(wuppertal: Imported) -> None:
    needs = [row for row in wuppertal.rows(NEED).values() if not row["is_search"]]
    assert len(needs) == 97
    assert sum(row["first_confirmed_on"] is not None for row in needs) == 40
    assert sum(row["met_on"] is not None for row in needs) == 28


def test_no_month_has_more_than_fifteen_new_volunteering_offers(wuppertal: Imported) -> None:
    offers = [row for row in wuppertal.rows(OFFER).values() if row["kind"] == "volunteering"]
    assert len(offers) == 52
    assert max(Counter(row["posted_on"][:7] for row in offers).values()) <= 15


def test_every_engagement_and_every_confirmed_hour_of_the_files_is_counted_once(wuppertal: Imported) -> None:
    engagements = wuppertal.rows(ENGAGEMENT)
    assert len(engagements) == 72
    assert sum(row["started_on"] is not None for row in engagements.values()) == 62
    hours = wuppertal.rows(VOLUNTEER_HOURS)
    assert len(hours) == 248
    assert {row["engagement_id"] for row in hours.values()} <= set(engagements)


# --- Dortmund: work ---------------------------------------------------------------------------------
def test_every_placement_of_the_files_is_counted_once_with_its_answers(dortmund: Imported) -> None:
    placements = dortmund.rows(PLACEMENT).values()
    assert len(placements) == 77
    started = [row for row in placements if row["started_on"]]
    assert len(started) == 65
    assert sum(row["never_started_on"] is not None for row in placements) == 4
    assert Counter(row["retention_3"] for row in started)["confirmed"] > 40


def test_additional_jobs_begin_in_september_2017_at_the_earliest_and_one_in_five_ends_early(
    dortmund: Imported,
) -> None:
    started = [row for row in dortmund.rows(PLACEMENT).values() if row["is_additional"] and row["started_on"]]
    assert len(started) == 35
    assert min(row["started_on"] for row in started) >= "2017-09"
    early = sum(bool(row["is_early_end"]) for row in started)
    assert 0.15 <= early / len(started) <= 0.24


def test_entry_qualifications_last_six_to_twelve_months(dortmund: Imported) -> None:
    terms = [
        row["n_term_months"]
        for row in dortmund.rows(PLACEMENT).values()
        if row["form"] == "entry_qualification" and row["contracted_on"]
    ]
    assert len(terms) > 8
    assert all(6 <= term <= 12 for term in terms)
