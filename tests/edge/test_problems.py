"""How does the edge say no, to machines and to people, and to requests that nobody expected?"""

import json

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from shared.edge.application import MAX_URL, SAFE, Application
from shared.edge.problems import Problem
from shared.edge.routes import Route
from shared.service.tables import Role
from tests.edge.door import Door

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
EVERYTHING = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY", "PROPFIND"]


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/problem+json", "image/png"])
def test_a_machine_gets_a_problem_as_json(door: Door, accept: str | None) -> None:
    answer = door.get("/nothing", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing here.",
    }


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/actors/persons", 401), ("/marketplace/offers?x=1", 400)]
)
def test_a_browser_gets_a_page(door: Door, path: str, status: int) -> None:
    answer = door.get(path, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert answer.text.startswith("<!doctype html>")
    assert "<title>" in answer.text
    assert 'href="/"' in answer.text
    assert "style=" not in answer.text
    assert "<script" not in answer.text


def test_what_the_caller_sent_is_no_part_of_the_page_s_markup(door: Door) -> None:
    answer = door.get("/marketplace/offers?<script>alert(1)</script>=1", headers={"Accept": BROWSER})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_half_a_character_that_the_caller_sent_does_not_break_the_answer() -> None:
    def refuse(*_: object) -> None:
        raise Problem(400, "A field is not known.", fields={"a\ud800": ["Unknown field."]})

    answered = Application([Route("GET", "/", refuse)])  # type: ignore[arg-type]  # it answers by raising
    for accept in ("*/*", BROWSER):
        answer = Client(answered).get("/", headers={"Accept": accept})
        assert answer.status_code == 400
        assert answer.mimetype == "text/html" or json.loads(answer.data)["fields"] == {
            "a\ud800": ["Unknown field."]
        }


@pytest.mark.parametrize("path", ["/livez", "/marketplace/offers", "/nothing", "/actors/log"])
def test_every_answer_has_the_headers_that_keep_it_safe_and_none_that_lets_other_sites_in(
    door: Door, path: str
) -> None:
    foreign = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "POST", "OPTIONS"):
        answer = door.ask(method, path, headers=foreign)
        for name, value in SAFE.items():
            assert answer.headers[name] == value
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert "Server" not in answer.headers
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/livez", {"GET", "HEAD", "OPTIONS"}),
        ("/marketplace/offers", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/marketplace/offers/some-id", {"GET", "HEAD", "OPTIONS"}),
        ("/marketplace/offers/some-id/accept-match", {"POST", "OPTIONS"}),
        ("/actors/log", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_what_is_not_possible_at_an_address_is_said_with_what_is(
    door: Door, path: str, allowed: set[str]
) -> None:
    for method in set(EVERYTHING) - allowed:
        answer = door.ask(method, path, role=Role.SERVICE)
        assert answer.status_code == 405, method
        assert set(answer.headers["Allow"].split(", ")) == allowed
    asked = door.ask("OPTIONS", path)
    assert (asked.status_code, asked.data) == (204, b"")
    assert set(asked.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/livez", "/marketplace/offers", "/actors/openapi.json", "/nothing"])
def test_head_is_get_without_the_body(door: Door, path: str) -> None:
    get, head = door.get(path), door.ask("HEAD", path)
    assert head.data == b""
    assert (head.status_code, head.headers["Content-Type"]) == (get.status_code, get.headers["Content-Type"])
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_head_of_a_stream_ends_at_once(door: Door) -> None:
    answer = door.ask("HEAD", "/actors/log", role=Role.SERVICE, headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/actors//persons",
        "/actors/persons/a/b/c",
        "/../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/actors/persons/..%2f..%2flog",
        "/\x00",
        "/%00",
        "/%ff%fe",
        "/<script>",
        "/index.php",
        "/.env",
    ],
)
def test_an_address_that_is_none_of_ours_is_not_found(door: Door, path: str) -> None:
    answer = door.get("/", role=Role.COORDINATOR, environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert "Location" not in answer.headers


def test_a_slash_at_the_end_makes_no_difference(door: Door) -> None:
    assert door.get("/marketplace/offers/").get_json() == door.get("/marketplace/offers").get_json()


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "a b", "ü.example", "x" * 300, "[::1]:80", "[", "a:b:c", "a\\b", "evil.example", "%"],
)
def test_whatever_name_we_are_called_by_the_answer_is_the_same_and_repeats_it_nowhere(
    door: Door, host: str
) -> None:
    answer = door.get("/marketplace/offers", environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 200
    assert len(host) < 3 or host not in f"{answer.headers}{answer.text}"


def test_an_address_that_is_very_long_is_said(door: Door) -> None:
    assert door.get("/marketplace/offers?district=" + "x" * MAX_URL).status_code == 414
    assert door.get("/" + "x" * MAX_URL).status_code == 414


@pytest.mark.parametrize("accept", ["", ";;;", "text/html;q=nan", "*/*;q=-1", "a" * 2000, "ü/ü", ",,,", "*"])
def test_an_accept_header_that_makes_no_sense_is_no_reason_to_break(door: Door, accept: str) -> None:
    for path in ("/marketplace/offers", "/nothing", "/docs/events"):
        assert door.get(path, headers={"Accept": accept}).status_code in {200, 404}
    assert door.get("/actors/log", Role.SERVICE, headers={"Accept": accept}).status_code in {200, 406}


def test_a_form_that_is_too_large_or_broken_is_said() -> None:
    def read_the_form(request: Request, _: object) -> Response:
        request.max_content_length = 100
        return Response(request.form["name"])

    client = Client(Application([Route("POST", "/", read_the_form)]))
    assert client.post("/", data={"name": "x"}).text == "x"
    assert client.post("/", data={"name": "x" * 200}).status_code == 413
    assert client.post("/", data={"other": "x"}).status_code == 400
