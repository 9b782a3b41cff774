"""Does a refusal speak the reader's language, name who may, and stay the same for machines?"""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.service.tables import Role
from tests.edge.door import AN_OFFER, AN_ORGANISATION, Door
from tests.reporting.city import history, recorded_in
from tests.reporting.publishing import publish

GERMAN, ENGLISH = {"Accept-Language": "de-DE,de;q=0.9"}, {"Accept-Language": "en-GB,en;q=0.9,de;q=0.1"}
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def city_with_a_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city whose figures are published once."""
    folder: Path = tmp_path_factory.mktemp("published")
    opened = Door(folder)
    recorded_in(opened, history())
    publish(opened)
    yield opened
    opened.instance.close()


def refused(door: Door, headers: dict[str, str]) -> dict[str, str]:
    """What somebody gets who posts for an organisation that nobody has verified."""
    door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "unverified")
    door.instance.settle()
    answer = door.ask(
        "POST",
        "/marketplace/offers",
        role=Role.ORGANISATION,
        actor="unverified",
        headers=headers,
        json={"terms": AN_OFFER},
    )
    assert answer.status_code == 409
    assert answer.headers["Content-Language"] == ("de" if headers == GERMAN else "en")
    problem: dict[str, str] = answer.get_json()
    return problem


def test_a_rule_speaks_german_to_whoever_reads_german(door: Door) -> None:
    problem = refused(door, GERMAN)
    assert problem["title"] == "Nicht möglich"
    assert problem["rule"] == "organisation_is_verified"
    assert problem["detail"] == (
        "Lassen Sie die Organisation zuerst von der Koordination bestätigen; nur eine bestätigte Organisation stellt "
        "etwas ein."
    )


@pytest.mark.parametrize("headers", [{}, ENGLISH, {"Accept-Language": "*"}, {"Accept-Language": "fr"}])
def test_machines_read_english_unless_they_ask_for_german(door: Door, headers: dict[str, str]) -> None:
    problem = refused(door, headers)
    assert problem["title"] == "Conflict"
    assert problem["detail"].startswith("Let a coordinator verify the organisation first;")


def test_the_same_command_again_is_refused_in_the_language_of_whoever_asks_again(door: Door) -> None:
    def send(language: dict[str, str]) -> str:
        return str(
            door.ask(
                "POST",
                "/actors/organisations",
                role=Role.ORGANISATION,
                actor="twice",
                headers={"Idempotency-Key": "stored", **language},
                json=AN_ORGANISATION | {"name": "Another (made up)"},
            ).get_json()["detail"]
        )

    door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "twice")
    assert send(ENGLISH).startswith("Register an organisation once;")
    assert send(GERMAN).startswith("Diese Organisation ist schon registriert;")
    assert send(ENGLISH).startswith("Register an organisation once;")


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        (
            ENGLISH,
            "Only a coordinator may do this; you are signed in as a person.",
        ),
        (GERMAN, "Das darf nur, wer als Koordination angemeldet ist; Sie sind als Person angemeldet."),
    ],
)
def test_a_refused_role_learns_which_role_may(door: Door, headers: dict[str, str], detail: str) -> None:
    path = "/actors/organisations/x/verify-organisation"
    answer = door.ask("POST", path, role=Role.PERSON, actor="p", headers=headers, json={})
    assert (answer.status_code, answer.get_json()["detail"]) == (403, detail)


def test_several_roles_are_listed(door: Door) -> None:
    answer = door.get("/marketplace/log", Role.PERSON, headers=GERMAN)
    assert answer.get_json()["detail"] == (
        "Das darf nur, wer als Prüfung, angeschlossenes System oder Dienst angemeldet ist; "
        "Sie sind als Person angemeldet."
    )


@pytest.mark.parametrize(
    ("headers", "detail"),
    [(ENGLISH, 'No search has the id "xyz".'), (GERMAN, "Suche: Die Kennung „xyz“ gibt es nicht.")],
)
def test_an_unknown_id_is_repeated_with_its_kind(door: Door, headers: dict[str, str], detail: str) -> None:
    answer = door.get("/marketplace/searches/xyz", Role.COORDINATOR, headers=headers)
    assert (answer.status_code, answer.get_json()["detail"]) == (404, detail)


def test_wrong_fields_are_named_in_german(door: Door) -> None:
    body = {"name": 5, "sector": "guild", "colour": "red"}
    answer = door.ask(
        "POST", "/actors/organisations", role=Role.COORDINATOR, headers=GERMAN, json=body
    ).get_json()
    assert answer["detail"] == "Einige Felder sind falsch."
    assert answer["fields"]["name"] == ["muss ein Text sein"]
    assert answer["fields"]["colour"] == ["Dieses Feld gibt es hier nicht."]
    assert answer["fields"]["sector"][0].startswith("muss eines von diesen sein: company,")
    assert answer["fields"]["district"] == ["muss angegeben werden"]


@pytest.mark.parametrize(
    ("path", "headers", "words"),
    [
        ("/nothing", {}, "Unter dieser Adresse gibt es nichts."),
        ("/nothing", ENGLISH, "There is nothing here."),
        ("/nothing?lang=en", GERMAN, "There is nothing here."),
        ("/marketplace/offers?x=1", {}, "Den Parameter &#39;x&#39; gibt es hier nicht"),
        ("/marketplace/offers?kind=x&lang=en", GERMAN, "<code>kind</code> must be one of: exchange,"),
        ("/reporting/indicators/nothing", {}, "Diese Zahl gibt es nicht"),
        ("/reporting/indicators/redemption_rate?from=x", {}, "muss ein Datum sein"),
    ],
)
def test_a_page_speaks_one_language(door: Door, path: str, headers: dict[str, str], words: str) -> None:
    answer = door.get(path, headers=BROWSER | headers)
    assert words in answer.text
    language = answer.headers["Content-Language"]
    assert f'<html lang="{language}">' in answer.text
    assert 'lang="en"' not in answer.text.partition("<main")[2].partition("</main>")[0]


def test_the_page_of_a_problem_leads_to_the_nearest_figure_in_its_language(city_with_a_state: Door) -> None:
    path = "/reporting/indicators/redemption_rate?from=2016-01-02&lang=en"
    answer = city_with_a_state.get(path, headers=BROWSER)
    assert answer.status_code == 403
    (nearest,) = re.findall(r'href="(/reporting/releases/[^"]*)"', answer.text)
    figure = city_with_a_state.get(html.unescape(nearest), headers=BROWSER)
    assert (figure.status_code, figure.headers["Content-Language"]) == (200, "en")


def test_who_sends_the_name_of_somebody_else_learns_for_whom_they_are_signed_in(door: Door) -> None:
    answer = door.ask(
        "POST",
        "/marketplace/offers",
        role=Role.ORGANISATION,
        actor="somebody",
        headers=ENGLISH,
        json={"terms": AN_OFFER, "organisation_id": "another"},
    )
    assert answer.status_code == 403
    assert (
        answer.get_json()["detail"]
        == 'You are signed in for "somebody"; leave out `organisation_id`, or send "somebody".'
    )


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        (ENGLISH, "Leave a search for volunteering to a coordinator, one for work to a counsellor,"),
        (GERMAN, "Überlassen Sie die Suche nach einem Ehrenamt der Koordination,"),
    ],
)
def test_a_role_that_is_wrong_for_the_kind_learns_whose_it_is(
    door: Door, headers: dict[str, str], detail: str
) -> None:
    person = door.registered_person("seeker", "employment")
    terms = {"kind": "work", "kldb3": "621", "hours": "over_30", "distance": "city", "from_month": "2026-12"}
    answer = door.ask(
        "POST",
        "/marketplace/searches",
        role=Role.COORDINATOR,
        headers=headers,
        json={"terms": terms, "person_id": person},
    )
    assert (answer.status_code, answer.get_json()["detail"].startswith(detail)) == (403, True), answer.text
