"""What does somebody get who did not sign in, or not with a token that holds? 401, and where to look."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.edge.signing import SigningKeys
from shared.service.tables import Role
from tests.edge.door import Door

GUARDED = ("/actors/persons", "/marketplace/log", "/employment/placements/x")


def headers_of(door: Door) -> dict[str, str]:
    issuer = door.instance.issuer
    hour = timedelta(hours=1)
    foreign = replace(issuer, city="dortmund").issue(Role.COUNSELLOR, "c", hour)
    guessed = replace(issuer, keys=SigningKeys("guess" * 10)).issue(Role.COUNSELLOR, "c", hour)
    good = issuer.issue(Role.COUNSELLOR, "c", hour)
    return {
        "another city's": f"Bearer {foreign}",
        "another key's": f"Bearer {guessed}",
        "no token": "Bearer",
        "an empty token": "Bearer ",
        "another scheme": f"Basic {good}",
        "no scheme": good,
        "unsigned": "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.",
        "two tokens": f"Bearer {good}, Bearer {good}",
        "not ASCII": "Bearer ü.ü.ü",
        "very long": "Bearer " + "x" * 5000,
    }


@pytest.mark.parametrize("path", GUARDED)
def test_without_a_token_that_holds_nothing_is_answered(door: Door, path: str) -> None:
    answers = {name: door.get(path, headers={"Authorization": h}) for name, h in headers_of(door).items()}
    answers["none"] = door.get(path)
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert {answer.mimetype for answer in answers.values()} == {"application/problem+json"}
    assert {answer.headers["WWW-Authenticate"] for answer in answers.values()} == {'Bearer realm="kosilab"'}


def test_a_token_that_does_not_hold_is_said_even_where_none_is_needed(door: Door) -> None:
    assert door.get("/marketplace/offers").status_code == 200
    assert door.get("/marketplace/offers", headers={"Authorization": "Bearer x"}).status_code == 401


def test_the_schemes_name_may_be_written_as_one_likes(door: Door) -> None:
    token = door.token(Role.COORDINATOR)
    for scheme in ("Bearer", "bearer", "BEARER"):
        answer = door.get("/actors/persons", headers={"Authorization": f"{scheme} {token}"})
        assert answer.status_code == 200


def test_the_answer_says_nothing_about_the_token(door: Door) -> None:
    answer = door.get("/actors/persons", headers={"Authorization": "Bearer secret-word"})
    assert "secret-word" not in answer.text
