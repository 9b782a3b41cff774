"""Do the cities' sample files read without a rejected line, agree with each other, and keep the handbook's figures?

The bands are those of the handbook 9.6 that concern files.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from deploy.city import CITIES, load_city
from deploy.intake.kinds import KINDS
from shared.tabular.cells import Value
from shared.tabular.fields import Kind
from shared.tabular.header import guess_kind, ignored_columns
from shared.tabular.rows import Row, parse_rows
from shared.tabular.tables import read_table

TODAY = date(2020, 1, 10)

CITY_SLUGS = ("wuppertal", "dortmund")
BEGIN, END = date(2016, 6, 1), date(2019, 5, 31)
DAY_2016, DAY_2018 = "2016-09-23", "2018-09-28"
SCA_BEGIN = date(2017, 9, 1)
COMPANIES = ("company", "training_company")


def files(slug: str) -> Iterator[tuple[str, Kind, list[Row]]]:
    """Name, kind and rows of each sample file, in the order of import."""
    for path in load_city(slug).samples:
        table = read_table(path)
        kind = guess_kind(table, KINDS.values())
        rows, rejected = parse_rows(table, kind, TODAY)
        assert rejected == [], path.name
        yield path.name, kind, rows


def rows_of(slug: str, kind_name: str) -> list[Row]:
    """All rows of a kind, in the order of import."""
    return [row for _, kind, rows in files(slug) if kind.name == kind_name for row in rows]


def by_key(slug: str, kind_name: str) -> dict[str, Row]:
    """All rows of a kind by their keys."""
    return {row.key: row for row in rows_of(slug, kind_name)}


def on(row: Row, field: str) -> date:
    """The date in a field, which has to be there."""
    value = row.values[field]
    assert isinstance(value, date), (row.key, field)
    return value


def attended(row: Row, day: str) -> bool:
    """Whether the organisation of this row was at the market day."""
    days = row.values["attended"]
    return isinstance(days, tuple) and day in days


@pytest.mark.parametrize("slug", CITY_SLUGS)
def test_every_file_named_by_a_city_reads_without_a_rejected_line_or_an_unread_column(slug: str) -> None:
    for path in load_city(slug).samples:
        table = read_table(path)
        kind = guess_kind(table, KINDS.values())
        rows, rejected = parse_rows(table, kind, TODAY)
        assert (rejected, ignored_columns(table, kind)) == ([], []), path.name
        assert len(rows) > 10, path.name


@pytest.mark.parametrize("slug", CITY_SLUGS)
def test_every_file_of_a_folder_is_named_by_its_city_and_the_folder_says_where_it_comes_from(
    slug: str,
) -> None:
    named = {path.name for path in load_city(slug).samples}
    assert {path.name for path in (CITIES / slug).iterdir()} == named | {"README.md"}
    words = (CITIES / slug / "README.md").read_text(encoding="utf-8")
    assert "synthetic: all organisations are invented" in words
    assert all(name in words for name in named)


def test_the_files_have_the_forms_that_german_offices_save() -> None:
    forms = Counter(
        read_table(path).form.split(", sheet")[0] for slug in CITY_SLUGS for path in load_city(slug).samples
    )
    assert set(forms) == {"CSV, semicolon, UTF-8", "CSV, semicolon, Windows-1252", "XLSX"}


@pytest.mark.parametrize("slug", CITY_SLUGS)
def test_keys_are_unique_over_all_files_of_a_kind(slug: str) -> None:
    keys = Counter((kind.name, row.key) for _, kind, rows in files(slug) for row in rows)
    assert [key for key, n in keys.items() if n > 1] == []


@pytest.mark.parametrize("slug", CITY_SLUGS)
def test_every_date_lies_within_the_programme(slug: str) -> None:
    def days(value: Value) -> list[date]:
        return [value] if isinstance(value, date) else []

    outside = [
        (name, row.key, day)
        for name, _, rows in files(slug)
        for row in rows
        for value in row.values.values()
        for day in days(value)
        if not BEGIN <= day <= END
    ]
    assert outside == []


@pytest.mark.parametrize("slug", CITY_SLUGS)
def test_every_district_is_one_of_the_city(slug: str) -> None:
    districts = {
        row.values["district"] for _, _, rows in files(slug) for row in rows if "district" in row.values
    }
    assert districts <= set(load_city(slug).districts)


@pytest.mark.parametrize("slug", CITY_SLUGS)
def test_offers_and_needs_belong_to_an_organisation_that_was_known_by_then(slug: str) -> None:
    organisations = by_key(slug, "organisations")
    for row in rows_of(slug, "offers") + rows_of(slug, "needs"):
        organisation = organisations[str(row.values["organisation"])]
        assert on(organisation, "registered_on") <= on(row, "posted_on"), row.key


@pytest.mark.parametrize(
    ("slug", "kind", "begin"),
    [("wuppertal", "engagements", "referred_on"), ("dortmund", "placements", "proposed_on")],
)
def test_persons_come_to_offers_that_are_posted_current_and_have_a_place_left(
    slug: str, kind: str, begin: str
) -> None:
    offers = by_key(slug, "offers")
    taken = Counter(str(row.values["offer"]) for row in rows_of(slug, kind))
    for row in rows_of(slug, kind):
        offer = offers[str(row.values["offer"])]
        assert 0 <= (on(row, begin) - on(offer, "posted_on")).days <= 90, row.key
    for key, n in taken.items():
        places = offers[key].values["places"]
        assert isinstance(places, int)
        assert n <= places, key


@pytest.mark.parametrize(("day", "low", "high"), [(DAY_2016, 31, 31), (DAY_2018, 45, 49)])
def test_each_market_day_has_its_number_of_agreements_between_organisations_that_were_there(
    day: str, low: int, high: int
) -> None:
    organisations = by_key("wuppertal", "organisations")
    agreements = [row for row in rows_of("wuppertal", "agreements") if row.values["market_day"] == day]
    assert low <= len(agreements) <= high
    for row in agreements:
        assert on(row, "sealed_on") == date.fromisoformat(day)
        for party in ("party_a", "party_b"):
            assert attended(organisations[str(row.values[party])], day), row.key
        assert row.values["party_a"] != row.values["party_b"], row.key


def test_an_agreement_names_an_offer_of_side_a_and_a_need_of_side_b_for_the_same_market_day() -> None:
    offers, needs = by_key("wuppertal", "offers"), by_key("wuppertal", "needs")
    named = [row for row in rows_of("wuppertal", "agreements") if row.values["offer"] or row.values["need"]]
    assert len(named) >= 35
    for row in named:
        offer, need = offers[str(row.values["offer"])], needs[str(row.values["need"])]
        assert offer.values["organisation"] == row.values["party_a"], row.key
        assert need.values["organisation"] == row.values["party_b"], row.key
        days = {of_three.values["market_day"] for of_three in (row, offer, need)}
        assert len(days) == 1, row.key
        assert on(need, "posted_on") <= on(row, "sealed_on"), row.key
        assert on(offer, "posted_on") <= on(row, "sealed_on"), row.key
    for name in ("offer", "need"):
        used = Counter(row.values[name] for row in named)
        assert max(used.values()) == 1


def test_the_market_day_of_2016_has_sixty_participants_and_half_an_agreement_for_each() -> None:
    participants = [row for row in rows_of("wuppertal", "organisations") if attended(row, DAY_2016)]
    agreements = [row for row in rows_of("wuppertal", "agreements") if row.values["market_day"] == DAY_2016]
    assert 58 <= len(participants) <= 62
    assert 0.50 <= len(agreements) / len(participants) <= 0.53


def test_companies_outnumber_the_others_two_to_one_in_2016_so_that_the_balance_is_warned_of() -> None:
    sectors = Counter(
        row.values["sector"] in COMPANIES
        for row in rows_of("wuppertal", "organisations")
        if attended(row, DAY_2016)
    )
    assert 1.8 <= sectors[True] / sectors[False] <= 2.2


def test_about_seven_in_ten_agreements_with_a_known_outcome_are_redeemed() -> None:
    outcomes = Counter(row.values["outcome"] for row in rows_of("wuppertal", "agreements"))
    redeemed = outcomes["fulfilled"] + outcomes["partly_fulfilled"]
    assert 0.65 <= redeemed / (redeemed + outcomes["failed"]) <= 0.78


def test_a_failed_agreement_has_a_reason_and_a_known_outcome_has_a_date() -> None:
    for row in rows_of("wuppertal", "agreements"):
        assert (row.values["outcome"] == "failed") == (row.values["failure_reason"] is not None), row.key
        assert (row.values["outcome"] == "open") == (row.values["outcome_on"] is None), row.key


def test_at_most_five_new_volunteering_offers_stand_in_the_files_for_any_month() -> None:
    offers = [row for row in rows_of("wuppertal", "offers") if row.values["kind"] == "volunteering"]
    months = Counter(on(row, "posted_on").replace(day=1) for row in offers)
    assert len(offers) > 40
    assert max(months.values()) <= 5


def test_volunteer_hours_lie_within_their_engagement() -> None:
    engagements = by_key("wuppertal", "engagements")
    for row in rows_of("wuppertal", "hours"):
        engagement = engagements[str(row.values["engagement"])]
        ended = engagement.values["ended_on"]
        assert on(engagement, "started_on") <= on(row, "on"), row.key
        assert ended is None or on(row, "on") <= on(engagement, "ended_on"), row.key
        hours = row.values["hours"]
        assert isinstance(hours, Decimal)
        assert 0 < hours <= 24


def test_nobody_is_referred_to_work_with_minors_before_there_are_clearances() -> None:
    offers = by_key("wuppertal", "offers")
    assert all(
        not offers[str(row.values["offer"])].values["minors"] for row in rows_of("wuppertal", "engagements")
    )


def test_additional_jobs_begin_in_september_2017_at_the_earliest_and_one_in_five_ends_early() -> None:
    offers = by_key("dortmund", "offers")
    started = [
        row
        for row in rows_of("dortmund", "placements")
        if offers[str(row.values["offer"])].values["additional"] and row.values["started_on"]
    ]
    assert len(started) >= 30
    assert all(on(row, "started_on") >= SCA_BEGIN for row in started)
    assert all(offers[str(row.values["offer"])].values["work_form"] == "job" for row in started)
    early = sum(1 for row in started if row.values["ended_on"] and row.values["end_reason"] != "term_over")
    assert 0.15 <= early / len(started) <= 0.24


def test_entry_qualifications_last_six_to_twelve_months_with_at_least_twenty_hours_a_week() -> None:
    offers = by_key("dortmund", "offers")
    qualifications = [row for row in offers.values() if row.values["work_form"] == "entry_qualification"]
    placements = [row for row in rows_of("dortmund", "placements") if row.values["contracted_on"]]
    contracted = [row for row in placements if offers[str(row.values["offer"])] in qualifications]
    assert contracted
    for row in qualifications + contracted:
        term, hours = row.values["term_months"], row.values["hours_per_week"]
        assert isinstance(term, int)
        assert isinstance(hours, Decimal)
        assert 6 <= term <= 12, row.key
        assert hours >= 20, row.key


def test_a_placement_begins_only_after_its_contract_and_one_that_never_began_says_why() -> None:
    for row in rows_of("dortmund", "placements"):
        values = row.values
        assert values["contracted_on"] or not (values["started_on"] or values["starts_on"]), row.key
        if values["contracted_on"]:
            assert bool(values["started_on"]) != bool(values["never_started_reason"]), row.key


def test_a_retention_answer_stands_only_where_its_check_had_fallen_due() -> None:
    for row in rows_of("dortmund", "placements"):
        for months in (3, 6, 12):
            answer = row.values[f"retention_{months}"]
            assert answer is None or (END - on(row, "started_on")).days >= months * 30, row.key
