"""Is a client understood that writes headers as clients do: Accept with a charset, weighted languages, a last slash?"""

import pytest

from shared.service.tables import Role
from tests.edge.door import AN_ORGANISATION, Door

FEED = "/actors/log"
ENGLISH, GERMAN = "en", "de"


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("application/json; charset=utf-8", "application/cloudevents-batch+json"),
        ("application/json;charset=UTF-8, text/plain;q=0.5", "application/cloudevents-batch+json"),
        ("application/cloudevents-batch+json; charset=utf-8", "application/cloudevents-batch+json"),
        ('application/x-ndjson; charset="utf-8"; q=0.9', "application/x-ndjson"),
        ("text/plain, */*;q=0.1", "application/cloudevents-batch+json"),
        ("APPLICATION/X-NDJSON", "application/x-ndjson"),
    ],
)
def test_a_parameter_of_a_media_type_changes_nothing(door: Door, accept: str, mimetype: str) -> None:
    answer = door.get(FEED, Role.AUDITOR, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, mimetype), answer.text


@pytest.mark.parametrize("accept", ["text/plain; charset=utf-8", "application/x-ndjson;q=0"])
def test_what_the_feed_does_not_speak_stays_refused(door: Door, accept: str) -> None:
    assert door.get(FEED, Role.AUDITOR, headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize("path", ["/", "/docs/events", "/reporting", "/reporting/releases", "/nothing"])
def test_a_page_is_a_page_with_a_charset_too(door: Door, path: str) -> None:
    headers = {"Accept": "text/html; charset=utf-8, application/json;q=0.5"}
    assert door.get(path, headers=headers).mimetype == "text/html"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE, en;q=0.5", GERMAN),
        ("en;q=0.5, de-DE", GERMAN),
        ("en-GB, de;q=0.9", ENGLISH),
        ("de-AT;q=0.3, en-US;q=0.8", ENGLISH),
        ("fr, en;q=0.8, de;q=0.6", ENGLISH),
        ("en, de", ENGLISH),
        ("de, en", GERMAN),
        ("tr, *;q=0.1", GERMAN),
        ("de;q=0, *", ENGLISH),
        ("*, de;q=0.2", ENGLISH),
        ("DE-de", GERMAN),
        ("tr", GERMAN),
        ("", GERMAN),
    ],
)
def test_the_language_is_the_one_that_the_reader_prefers(door: Door, accepted: str, language: str) -> None:
    answer = door.get("/docs/events", headers={"Accept-Language": accepted})
    assert answer.headers["Content-Language"] == language


def test_a_slash_at_the_end_makes_no_other_request(door: Door) -> None:
    sent = door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "slashed", key="once")
    again = door.send("/actors/organisations/", AN_ORGANISATION, Role.ORGANISATION, "slashed", key="once")
    assert (sent.status_code, again.status_code) == (201, 201), again.text
    assert sent.get_json() == again.get_json()
