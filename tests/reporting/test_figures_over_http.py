"""What does reporting answer over HTTP: to the public, to auditors, to those who wait, to those who ask wrongly?"""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.reporting.description import LINEAGE, LISTED, figure, items
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.suppression import NOT_SHOWN
from shared.service.tables import Role
from tests.edge.door import Door
from tests.reporting.city import history, recorded_in, too_few
from tests.reporting.publishing import publish
from tests.reporting.stories import agreements

RATE = "/reporting/indicators/redemption_rate"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city with two years of history."""
    opened = Door(tmp_path_factory.mktemp("figures"))
    recorded_in(opened, [*history(), *too_few()])
    publish(opened)
    yield opened
    opened.instance.close()


def body(door: Door, path: str, role: Role | None = None) -> Any:
    answer = door.get(path, role)
    assert (answer.status_code, answer.mimetype) == (200, "application/json"), answer.text
    return answer.get_json()


def audits(door: Door) -> int:
    return sum(b"AuditAccessOpened" in record for record in door.records("reporting"))


# --- figures ------------------------------------------------------------------------------------------
def test_the_listing_has_every_indicator_with_id_name_and_definition(door: Door) -> None:
    listed = body(door, "/reporting/indicators")
    Draft202012Validator(items(LISTED)).validate(listed)
    assert [item["name"] for item in listed["items"]] == list(INDICATORS)
    assert ("X3", "redemption_rate") in [(item["id"], item["name"]) for item in listed["items"]]


@pytest.mark.parametrize("name", INDICATORS)
def test_every_figure_is_public_and_of_the_form_that_is_described(door: Door, name: str) -> None:
    shown = body(door, f"/reporting/indicators/{name}?by=year")
    Draft202012Validator(figure()).validate(shown)
    Draft202012Validator(LINEAGE).validate(body(door, f"/reporting/indicators/{name}/lineage"))


def test_a_figure_for_a_period_says_numerator_denominator_and_unknown(door: Door) -> None:
    figure = body(door, f"{RATE}?from=2016-01-01&to=2017-12-31", Role.AUDITOR)
    assert (figure["from"], figure["to"]) == ("2016-01-01", "2017-12-31")
    result = figure["result"]
    assert (result["value"], result["numerator"], result["denominator"], result["unknown"]) == (
        "0.719",
        23,
        32,
        2,
    )


def test_a_broken_down_figure_hides_what_is_small_and_what_gives_it_away(door: Door) -> None:
    trials = body(door, "/reporting/indicators/trial_success?by=year")
    assert trials["result"]["denominator"] == 12
    hidden = {"value": None, "suppressed": NOT_SHOWN.en}
    assert trials["groups"] == [{"group": "2017", **hidden}, {"group": "2018", **hidden}]


def test_what_everybody_can_count_in_open_events_is_shown_and_marked(door: Door) -> None:
    by_year = {group["group"]: group for group in body(door, f"{RATE}?by=year")["groups"]}
    assert (by_year["2018"]["value"], by_year["2018"]["counted_openly"]) == ("1.000", True)
    assert "counted_openly" not in by_year["2017"]
    sheet = list(csv.DictReader(io.StringIO(door.get(f"{RATE}.csv?by=year").text)))
    assert [line["counted_openly"] for line in sheet] == ["no", "no", "yes", "no"]


def test_all_figures_at_once(door: Door) -> None:
    everything = body(door, "/reporting")
    Draft202012Validator(items(figure())).validate(everything)
    assert [item["name"] for item in everything["items"]] == list(INDICATORS)
    assert all(item["by"] == "year" for item in everything["items"])


def test_figures_of_employment_come_from_employments_log(door: Door) -> None:
    assert body(door, "/reporting/indicators/placements_started")["result"] == {"value": 8}


@pytest.mark.parametrize(("dialect", "delimiter"), [("", ","), ("&dialect=excel-de", ";")])
def test_a_figure_as_csv(door: Door, dialect: str, delimiter: str) -> None:
    answer = door.get(f"{RATE}.csv?by=year{dialect}")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    state = door.get("/reporting/releases").get_json()["items"][0]["state"]
    name = f"redemption_rate_by-year_as-of-{state}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=delimiter))
    assert [line["group"] for line in table] == ["2016", "2017", "2018", "2019"]
    assert table[1]["value"] == ("0,765" if dialect else "0.765")


# --- who sees what --------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.COUNSELLOR, Role.ORGANISATION, Role.SERVICE])
def test_other_roles_see_what_the_public_sees(door: Door, role: Role) -> None:
    assert body(door, f"{RATE}?by=year", role) == body(door, f"{RATE}?by=year")


def test_an_auditor_sees_everything_and_leaves_one_event_per_token(door: Door) -> None:
    before = audits(door)
    token = door.token(Role.AUDITOR)
    headers = {"Authorization": f"Bearer {token}"}
    for path in (f"{RATE}?by=year", f"{RATE}.csv?by=year", "/reporting", f"{RATE}?by=month"):
        assert door.get(path, headers=headers).status_code == 200
    assert audits(door) == before + 1
    figure = door.get(f"{RATE}?by=year", headers=headers).get_json()
    of_2018 = {group["group"]: group for group in figure["groups"]}["2018"]
    assert (of_2018["value"], of_2018["withheld"]) == ("1.000", "fewer than 3 organisations")
    body(door, RATE, Role.AUDITOR)
    assert audits(door) == before + 2, "another token, another event"


def test_what_an_auditor_saw_is_kept_by_nobody_and_seen_by_nobody_else(door: Door) -> None:
    address = "/reporting/indicators/trial_success?by=year"
    answer = door.get(address, Role.AUDITOR)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Authorization" in answer.headers["Vary"]
    hidden = [group for group in body(door, address)["groups"] if group["value"] is None]
    assert len(hidden) == 2


def test_definitions_leave_no_trace_and_a_broken_token_is_refused(door: Door) -> None:
    before = audits(door)
    body(door, "/reporting/indicators", Role.AUDITOR)
    body(door, f"{RATE}/lineage", Role.AUDITOR)
    assert audits(door) == before
    assert door.get(RATE, headers={"Authorization": "Bearer broken"}).status_code == 401


# --- waiting ----------------------------------------------------------------------------------------------
def test_whoever_names_a_position_waits_until_it_is_counted(tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = Door(tmp_path_factory.mktemp("waiting"))
    try:
        position = recorded_in(opened, list(agreements(date(2017, 5, 2), kept=4)))
        path = f"/reporting/indicators/agreements_sealed?min_position=marketplace:{position}"
        assert body(opened, path, Role.AUDITOR)["result"] == {"value": 4}
        assert body(opened, f"/reporting?min_position=marketplace:{position}", Role.AUDITOR)["items"]
        at_once = "/reporting/indicators/agreements_sealed?min_position=0"
        assert body(opened, at_once, Role.AUDITOR)["result"] == {"value": 4}
    finally:
        opened.instance.close()


def test_a_position_that_is_not_reached_is_never_answered_with_old_figures(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.edge.queries.WAIT_S", 0.05)
    for source in ("marketplace:", "reporting:", ""):
        answer = door.get(f"{RATE}?min_position={source}999999", Role.AUDITOR)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


# --- asked wrongly ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("colour=red", 400, "colour"),
        ("lang=de", 400, "lang"),
        ("from=yesterday", 400, "from"),
        ("from=20180101", 400, "from"),
        ("to=2018-02-30", 400, "to"),
        ("from=", 400, "from"),
        ("from=2018-01-01&to=2017-01-01", 422, "to"),
        ("by=district", 422, "by"),
        ("by=", 422, "by"),
        ("lab=a%20b", 400, "lab"),
        ("lab=", 400, "lab"),
        ("by=year&by=month", 400, "by"),
        ("min_position=soon", 400, "min_position"),
        ("min_position=moon:1", 422, "min_position"),
    ],
)
def test_what_is_asked_wrongly_is_said_with_the_field(
    door: Door, query: str, status: int, field: str
) -> None:
    answer = door.get(f"{RATE}?{query}", Role.AUDITOR)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text
    assert answer.get_json(force=True)["field"] == field


@pytest.mark.parametrize("suffix", ["", ".csv", "/lineage"])
def test_there_is_no_figure_of_an_unknown_name(door: Door, suffix: str) -> None:
    answer = door.get(f"/reporting/indicators/happiness{suffix}")
    assert (answer.status_code, answer.mimetype) == (404, PROBLEM)


@pytest.mark.parametrize(
    "path", [f"{RATE}/lineage?by=year", "/reporting/indicators?by=year", "/reporting?by=year"]
)
def test_parameters_that_do_nothing_are_refused(door: Door, path: str) -> None:
    assert door.get(path).status_code == 400


def test_another_dialect_is_not_possible(door: Door) -> None:
    answer = door.get(f"{RATE}.csv?dialect=lotus")
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (422, "dialect")


def test_reporting_describes_what_it_answers(door: Door) -> None:
    paths = body(door, "/reporting/openapi.json")["paths"]
    base = "/reporting/indicators"
    assert {
        "/reporting",
        base,
        f"{base}/{{name}}",
        f"{base}/{{name}}.csv",
        f"{base}/{{name}}/lineage",
    } <= set(paths)
    operation = paths[f"{base}/{{name}}"]["get"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "name",
        "lab",
        "from",
        "to",
        "by",
        "as_of",
        "version",
        "min_position",
    }
    assert {"400", "401", "404", "422", "429", "503"} <= set(operation["responses"])


def test_only_an_auditor_asks_as_of_a_moment(door: Door) -> None:
    path = "/reporting/indicators/agreements_sealed?as_of=2016-12-31"
    for role in (None, Role.RESEARCHER, Role.COORDINATOR):
        assert door.get(path, role).status_code == 403
    assert door.get(path.replace("2016-12-31", "once"), Role.AUDITOR).status_code == 400


def test_a_figure_as_of_a_position_is_that_of_the_prefix_with_its_manifest(door: Door) -> None:
    path = "/reporting/indicators/agreements_sealed"
    now = door.get(path, Role.AUDITOR).get_json()
    then = door.get(f"{path}?as_of=marketplace:10", Role.AUDITOR).get_json()
    assert then["result"]["value"] < now["result"]["value"]
    assert then["as_of"]["positions"]["marketplace"] == 10
    again = door.get(f"{path}?as_of=marketplace:10", Role.AUDITOR).get_json()
    assert again["as_of"]["digest"] == then["as_of"]["digest"]
