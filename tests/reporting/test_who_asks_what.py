"""Who may ask which figures: published states for all, live figures and free windows for those whose work it is?"""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.reporting.description import LINEAGE, RELEASE, figure, items
from shared.kernel.calendar_months import months_after
from shared.service.tables import Role
from tests.edge.door import Door
from tests.reporting.city import history, recorded_in
from tests.reporting.publishing import next_month, publish
from tests.reporting.stories import agreements

RATE = "/reporting/indicators/redemption_rate"
JOBS = "/reporting/indicators/placements_started"
WINDOWS = ("from=2016-01-01&to=2017-05-01", "from=2016-01-01&to=2017-05-02")
"""Two windows that differ by a day: subtracted, they tell what happened on it."""

PUBLIC = (None, Role.RESEARCHER)
FORMS = ("", ".csv")
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city with two published states, in which something happened since."""
    opened = Door(tmp_path_factory.mktemp("asking"))
    recorded_in(opened, history())
    publish(opened)
    publishing = opened.instance.units["reporting"].publishing
    assert publishing is not None
    assert publishing.step(next_month() + timedelta(days=31)) == 1
    recorded_in(opened, list(agreements(date(2019, 6, 3), kept=9, prefix="later")))
    yield opened
    opened.instance.close()


def states(door: Door) -> list[str]:
    return [item["state"] for item in door.get("/reporting/releases").get_json()["items"]]


def problem(door: Door, path: str, role: Role | None = None) -> dict[str, Any]:
    answer = door.get(path, role)
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json"), answer.text
    refused: dict[str, Any] = answer.get_json(force=True)
    return refused


def looks(door: Door) -> list[dict[str, Any]]:
    events = [json.loads(record) for record in door.records("reporting")]
    return [event["data"] for event in events if ".UnpublishedFiguresOpened." in event["type"]]


# --- the attacks: each succeeded against live figures ----------------------------------------------------
@pytest.mark.parametrize("role", PUBLIC)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("window", WINDOWS)
def test_nobody_subtracts_two_windows(door: Door, role: Role | None, form: str, window: str) -> None:
    refused = problem(door, f"{RATE}{form}?{window}", role)
    last = states(door)[0]
    nearest = f"/reporting/releases/{last}/indicators/redemption_rate?from=2016-01-01&to=2016-12-31"
    assert refused["nearest"] == nearest
    assert door.get(nearest, role).status_code == 200
    page = door.get(f"{RATE}?{window}", role, headers=HTML)
    assert (page.status_code, page.mimetype) == (403, "text/html")


@pytest.mark.parametrize("role", PUBLIC)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "as_of", ["2017-05-02", "effective:2017-05-02", "marketplace:57", "2017-05-02T12:00:00Z"]
)
def test_nobody_subtracts_two_moments(door: Door, role: Role | None, form: str, as_of: str) -> None:
    refused = problem(door, f"{RATE}{form}?as_of={as_of}", role)
    assert refused["nearest"].removeprefix("/reporting/releases/") in states(door)


@pytest.mark.parametrize("role", PUBLIC)
def test_nobody_watches_figures_change(door: Door, role: Role | None) -> None:
    sealed = "/reporting/indicators/agreements_sealed"
    live = door.get(sealed, Role.AUDITOR).get_json()["result"]["value"]
    assert door.get(sealed, role).get_json()["result"]["value"] == live - 9
    assert problem(door, f"{sealed}?min_position=marketplace:1", role)["field"] == "min_position"
    assert problem(door, "/reporting?min_position=marketplace:999999", role)["field"] == "min_position"


@pytest.mark.parametrize("role", PUBLIC)
def test_no_public_answer_names_a_position(door: Door, role: Role | None) -> None:
    last = states(door)[0]
    for path in (RATE, f"{RATE}/lineage", "/reporting", f"/reporting/releases/{last}"):
        assert "cutoff" not in door.get(path, role).text
        assert last in door.get(path, role).text
    assert "position" not in door.get("/reporting/releases", role).text
    for path in ("/", "/reporting", RATE, f"/reporting/releases/{last}/indicators/redemption_rate"):
        page = door.get(f"{path}?lang=en", role, headers=HTML).text
        assert "positions of the logs" not in page
        assert "As of " in page
    (line, *_) = csv.DictReader(io.StringIO(door.get(f"{RATE}.csv", role).text))
    assert [name for name in line if name.startswith("cutoff")] == []
    assert (line["as_of"], line["group"]) == (last, "all")


@pytest.mark.parametrize("role", PUBLIC)
@pytest.mark.parametrize(
    "query",
    ["lab=nowhere", "from=2199-01-01&to=2199-12-31", "from=2016-01-01", "from=2016-01-01&to=2017-12-31"],
)
def test_what_is_no_cell_names_the_nearest(door: Door, role: Role | None, query: str) -> None:
    nearest = problem(door, f"{RATE}?{query}", role)["nearest"]
    assert door.get(nearest, role).status_code == 200


# --- published states ---------------------------------------------------------------------------------------
def test_the_states_are_listed_with_what_is_needed_to_compute_them_again(door: Door) -> None:
    listed = door.get("/reporting/releases").get_json()
    Draft202012Validator(items(RELEASE)).validate(listed)
    assert len(listed["items"]) == 2
    page = door.get("/reporting/releases?lang=de", headers=HTML).text
    for state in listed["items"]:
        assert f'href="/reporting/releases/{state["state"]}?lang=de"' in page


@pytest.mark.parametrize(
    "period",
    ["", "from=2016-01-01&to=2016-12-31", "from=2016-04-01&to=2016-06-30", "from=2016-05-01&to=2016-05-31"],
)
@pytest.mark.parametrize("by", ["", "year", "month", "lab"])
def test_calendar_cells_are_public_in_every_state(door: Door, period: str, by: str) -> None:
    query = "&".join(part for part in (period, by and f"by={by}") if part)
    last, first = states(door)
    of_last = door.get(f"{RATE}?{query}").get_json()
    Draft202012Validator(figure()).validate(of_last)
    assert of_last == door.get(f"/reporting/releases/{last}/indicators/redemption_rate?{query}").get_json()
    assert of_last == door.get(f"{RATE}?{query}&as_of={last}", Role.RESEARCHER).get_json()
    earlier = door.get(f"/reporting/releases/{first}/indicators/redemption_rate?{query}").get_json()
    assert (earlier["state"], of_last["state"]) == (first, last)
    unchanged = {name: value for name, value in of_last["result"].items() if name != "since"}
    assert earlier["result"] == unchanged
    assert of_last["result"].get("since", first) == first
    sheet = list(csv.DictReader(io.StringIO(door.get(f"{RATE}.csv?{query}").text)))
    groups = [group["group"] for group in of_last["groups"]] if "groups" in of_last else ["all"]
    assert [line["group"] for line in sheet] == groups


def test_pages_lead_to_the_same_figures_in_the_states_beside(door: Door) -> None:
    last, first = states(door)
    for page in ("", "/indicators/redemption_rate"):
        query = "?by=year&amp;lang=en" if page else "?lang=en"
        earlier, later = f"/reporting/releases/{first}{page}", f"/reporting/releases/{last}{page}"
        newest = door.get(f"/reporting{page}?lang=en", headers=HTML).text
        assert f'href="{earlier}{query}">earlier: ' in newest
        assert "later: " not in newest
        oldest = door.get(f"{earlier}?lang=en", headers=HTML).text
        assert f'href="{later}{query}">later: ' in oldest
        assert "earlier: " not in oldest


def test_a_month_broken_down_by_months_is_the_month(door: Door) -> None:
    shown = door.get(f"{RATE}?from=2016-05-01&to=2016-05-31&by=month").get_json()
    assert [(group["group"], group["value"]) for group in shown["groups"]] == [
        ("2016-05", shown["result"]["value"])
    ]


def test_a_state_that_is_none_is_not_found_and_names_the_nearest(door: Door) -> None:
    for wrong in (
        "2017-05-02",
        "yesterday",
        months_after(date.fromisoformat(states(door)[0]), 7).isoformat(),
    ):
        for path in (
            f"/reporting/releases/{wrong}",
            f"/reporting/releases/{wrong}/indicators/redemption_rate",
        ):
            answer = door.get(path)
            assert answer.status_code == 404
            assert answer.get_json(force=True)["nearest"].removeprefix("/reporting/releases/") in states(door)


def test_lineage_has_a_state_for_the_public_and_positions_for_auditors(door: Door) -> None:
    public, audited = (
        door.get(f"{RATE}/lineage").get_json(),
        door.get(f"{RATE}/lineage", Role.AUDITOR).get_json(),
    )
    Draft202012Validator(LINEAGE).validate(public)
    assert public["state"] == states(door)[0]
    assert set(audited["cutoff"]) == {"actors", "marketplace", "employment"}


# --- live figures -----------------------------------------------------------------------------------------------
def test_coordinators_see_live_figures_of_their_topics_suppressed_and_leave_an_event(door: Door) -> None:
    headers = {"Authorization": f"Bearer {door.token(Role.COORDINATOR)}"}
    before = looks(door)
    live = door.get(f"{RATE}?by=year", headers=headers).get_json()
    assert "state" not in live
    assert "cutoff" not in live
    by_year = {group["group"]: group for group in live["groups"]}
    assert by_year["2018"]["suppressed"] == "fewer than 3 organisations"
    for _ in range(2):
        assert door.get(f"{RATE}?{WINDOWS[0]}", headers=headers).status_code == 200
        assert door.get(f"{RATE}.csv?{WINDOWS[1]}", headers=headers).status_code == 200
        assert door.get(f"{RATE}?lang=en", headers={**headers, **HTML}).status_code == 200
    new = looks(door)[len(before) :]
    assert [(look["role"], look["look"]) for look in new] == [
        ("coordinator", "live"),
        ("coordinator", "window"),
    ]


@pytest.mark.parametrize(
    ("role", "path", "other"), [(Role.COORDINATOR, RATE, JOBS), (Role.COUNSELLOR, JOBS, RATE)]
)
def test_free_windows_are_for_those_whose_topic_it_is(door: Door, role: Role, path: str, other: str) -> None:
    assert door.get(f"{path}?{WINDOWS[0]}", role).status_code == 200
    assert problem(door, f"{other}?{WINDOWS[0]}", role)["nearest"]
    assert door.get(other, role).get_json()["state"] == states(door)[0]
    for as_of in ("2017-05-02", "marketplace:57"):
        problem(door, f"{path}?as_of={as_of}", role)
    problem(door, f"{path}?min_position=marketplace:1", role)


@pytest.mark.parametrize("role", [Role.ORGANISATION, Role.PERSON, Role.OPERATOR, Role.BROKER, Role.NOTARY])
def test_other_roles_see_published_states(door: Door, role: Role) -> None:
    before = looks(door)
    assert door.get(RATE, role, "somebody").get_json()["state"] == states(door)[0]
    problem(door, f"{RATE}?{WINDOWS[0]}", role)
    assert looks(door) == before


def test_auditors_see_every_window_and_moment_whole(door: Door) -> None:
    for query in (*WINDOWS, "as_of=2017-05-02", "as_of=marketplace:57"):
        answer = door.get(f"{RATE}?{query}", Role.AUDITOR)
        assert answer.status_code == 200
        assert "cutoff" in answer.get_json()


# --- before the first state ----------------------------------------------------------------------------------------
def test_before_the_first_state_every_address_says_when_it_comes(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    empty = Door(tmp_path_factory.mktemp("nothing-yet"))
    try:
        for path in (RATE, f"{RATE}?by=year", f"{RATE}?{WINDOWS[0]}"):
            answer = empty.get(path).get_json()
            Draft202012Validator(figure()).validate(answer)
            assert answer["state"] is None
            assert answer["first_state"] in answer["note"]
        assert empty.get(f"{RATE}.csv").status_code == 200
        assert empty.get("/reporting").get_json()["items"][0]["state"] is None
        assert empty.get("/reporting/releases").get_json() == {"items": []}
        problem(empty, f"{RATE}?as_of=2017-05-02")
        for path in ("/", "/reporting", RATE, "/reporting/releases"):
            assert "No figures are published yet." in empty.get(f"{path}?lang=en", headers=HTML).text
    finally:
        empty.instance.close()
