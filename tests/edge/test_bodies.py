"""What if the body is not as it should be? A clear error that names what is wrong, nothing written, never a 500."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from shared.edge.bodies import MAX_BODY
from shared.service.tables import Role
from tests.edge.door import AN_OFFER, AN_ORGANISATION, Door

PERSONS, ORGANISATIONS = "/actors/persons", "/actors/organisations"
GOOD = b'{"context": "volunteering"}'


def send(
    door: Door, body: bytes, content_type: str | None = "application/json", **options: Any
) -> TestResponse:
    options = {"content_type": content_type, **options} if content_type is not None else options
    return door.ask("POST", PERSONS, role=Role.COORDINATOR, data=body, **options)


def amended(door: Door, **fields: Any) -> TestResponse:
    return door.send(ORGANISATIONS, AN_ORGANISATION | fields, Role.COORDINATOR)


@pytest.fixture(autouse=True)
def nothing_is_written(door: Door) -> Iterator[None]:
    """Of all that is refused here, nothing reaches a log."""
    before = {service: door.records(service) for service in ("actors", "marketplace")}
    yield
    assert {service: door.records(service) for service in before} == before


MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"context=volunteering",
    "cut off": GOOD[:-1],
    "something behind it": GOOD + b"}",
    "a list": b"[]",
    "a string": b'"volunteering"',
    "null": b"null",
    "a number": b"1",
    "not a number": b'{"context": NaN}',
    "infinite": b'{"context": -Infinity}',
    "single quotes": b"{'context': 'volunteering'}",
    "a trailing comma": b'{"context": "volunteering",}',
    "a comment": b'{"context": "volunteering"} // good',
    "a key twice": b'{"context": "volunteering", "context": "volunteering"}',
    "a key twice, deep inside": b'{"context": {"a": [{"b": 1, "b": 1}]}}',
    "not UTF-8": b'{"context": "volunteering\xff"}',
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "a raw control character": b'{"context": "volun\x00teering"}',
    "nested 17 deep": b'{"context": ' + b"[" * 16 + b"]" * 16 + b"}",
    "nested 10,000 deep": b'{"context": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "nested 10,000 deep and never closed": b"[" * 10_000,
    "a number of 5,000 digits": b'{"context": ' + b"9" * 5_000 + b"}",
    "the wrong type": b'{"context": 7}',
    "an unknown field": b'{"context": "volunteering", "shoe_size": "42"}',
    "an unknown field of half a character": b'{"context": "volunteering", "\\ud800": 1}',
    "the id in the body": b'{"context": "volunteering", "person_id": 7}',
    "the time in the body": b'{"context": "volunteering", "at": "2026-01-01T00:00:00Z"}',
    "a field missing": b"{}",
    "null where there must be something": b'{"context": null}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=list(MALFORMED))
def test_a_body_of_the_wrong_form_is_malformed(door: Door, body: bytes) -> None:
    answer = send(door, body)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["detail"]
    assert "Traceback" not in answer.text


def test_the_answer_names_the_field_and_says_why(door: Door) -> None:
    answer = send(door, b'{"contxt": "volunteering", "context": 7}')
    assert answer.get_json()["fields"] == {"contxt": ["Unknown field."], "context": ["Not a string."]}


def test_the_answer_says_where_the_json_breaks(door: Door) -> None:
    assert "line 2, column 1" in send(door, b'{"context":\n}').get_json()["detail"]


def test_a_field_deep_inside_is_named_with_its_path(door: Door) -> None:
    organisation = "o-1"
    terms = AN_OFFER | {"skills": ["cook", 7], "work": {"form": "job", "hours_per_week": 12.5}}
    body = {"terms": terms, "organisation_id": organisation}
    fields = door.send("/marketplace/offers", body, Role.COORDINATOR).get_json()["fields"]
    assert fields == {
        "terms": {
            "skills": {"1": ["Not a string."]},
            "work": {"hours_per_week": ['Not a decimal as a string, such as "12.5".']},
        }
    }


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "a word that is not on the list": {"sector": "church"},
    "a word in another case": {"sector": "Company"},
    "NUL in a text": {"name": "a\x00b"},
    "half a character": {"name": "a\ud800b"},
    "a control character": {"district": "\x1b[31mred"},
    "a text that is far too long": {"name": "x" * 2_001},
}


@pytest.mark.parametrize("fields", IMPOSSIBLE.values(), ids=list(IMPOSSIBLE))
def test_a_value_that_is_not_possible_is_told_from_a_wrong_form(door: Door, fields: dict[str, Any]) -> None:
    answer = amended(door, **fields)
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == list(fields)
    assert "Not possible" not in answer.text


@pytest.mark.parametrize(
    ("terms", "status"),
    [
        ({"places": 2**31}, 422),
        ({"places": 10**300}, 422),
        ({"places": 1.5}, 400),
        ({"places": True}, 400),
        ({"places": "1"}, 400),
        ({"available_from": "2026-02-30"}, 422),
        ({"available_from": "20260228"}, 422),
        ({"available_from": "2026-02-28T00:00:00Z"}, 422),
        ({"available_from": 20260228}, 400),
        ({"skills": ["x"] * 101}, 422),
        ({"skills": "cook"}, 400),
        ({"work": []}, 400),
        ({"work": {"form": "job", "hours_per_week": "1e3"}}, 422),
        ({"work": {"form": "job", "hours_per_week": "NaN"}}, 422),
        ({"work": {"form": "job", "hours_per_week": "12,5"}}, 422),
        ({"work": {"form": "job", "hours_per_week": "\uff11\uff12"}}, 422),
        ({"market_day_id": "no id"}, 422),
        ({"market_day_id": "m\n"}, 422),
    ],
)
def test_numbers_days_decimals_and_ids_are_what_they_say(
    door: Door, terms: dict[str, Any], status: int
) -> None:
    body = {"terms": AN_OFFER | terms, "organisation_id": "o-1"}
    answer = door.send("/marketplace/offers", body, Role.COORDINATOR)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"],
)
def test_a_body_of_another_media_type_is_not_supported(door: Door, content_type: str) -> None:
    assert send(door, GOOD, content_type).status_code == 415


def test_a_body_of_64_kib_is_read_and_one_byte_more_is_not(door: Door) -> None:
    padding = b" " * (MAX_BODY - len(GOOD))
    assert send(door, GOOD[:-1] + padding + b"]").status_code == 400
    answer = send(door, GOOD + padding + b" ")
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    assert "64 KiB" in answer.get_json()["detail"]


class Counted(io.RawIOBase):
    """Gives spaces without end, and counts how many were taken."""

    n_taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b" " * len(buffer)
        self.n_taken += len(buffer)
        return len(buffer)


def test_a_body_of_10_mb_is_refused_by_its_length_without_being_read(door: Door) -> None:
    source = Counted()
    answer = send(door, b"", environ_overrides={"wsgi.input": source, "CONTENT_LENGTH": "10000000"})
    assert (answer.status_code, source.n_taken) == (413, 0)


def test_a_body_without_a_length_is_read_no_further_than_the_limit(door: Door) -> None:
    source = Counted()
    chunked = {"wsgi.input": source, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = send(door, b"", environ_overrides=chunked)
    assert (answer.status_code, source.n_taken) == (413, MAX_BODY + 1)


def test_a_body_that_breaks_off_is_malformed(door: Door) -> None:
    cut_off = {"wsgi.input": io.BytesIO(GOOD), "CONTENT_LENGTH": "1000"}
    answer = send(door, b"", environ_overrides=cut_off)
    assert answer.status_code == 400
    assert "ended early" in answer.get_json()["detail"]


@given(body=st.binary(max_size=200) | st.text().map(str.encode))
def test_whatever_bytes_come_the_answer_is_about_the_form(door: Door, body: bytes) -> None:
    assert send(door, body).status_code == 400


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(value=st.dictionaries(st.sampled_from([*AN_OFFER, "skills", "work", "volunteering"]), json_values))
def test_whatever_json_comes_the_answer_is_about_form_or_value(door: Door, value: dict[str, Any]) -> None:
    body = json.dumps({"terms": value, "organisation_id": "o-1"}).encode("utf-8", "surrogatepass")
    answer = door.ask(
        "POST", "/marketplace/offers", role=Role.COORDINATOR, data=body, content_type="application/json"
    )
    assert answer.status_code in {400, 409, 422}
