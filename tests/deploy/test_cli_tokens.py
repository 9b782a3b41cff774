"""Can an operator take back a token, and change the keys that sign them?"""

from typing import Any

import pytest

from shared.edge.tokens import BadToken
from tests.deploy.desk import Desk


def issued(desk: Desk, actor: str = "c-1") -> Any:
    return desk.call("token", "--role", "coordinator", "--actor", actor, "--json").data


def holds(desk: Desk, token: str) -> bool:
    instance = desk.open()
    try:
        instance.issuer.verify(token)
    except BadToken:
        return False
    finally:
        instance.close()
    return True


@pytest.mark.parametrize("named_by", ["id", "token"])
def test_a_token_is_taken_back_by_its_id_or_by_itself(bare_desk: Desk, named_by: str) -> None:
    leaked, other = issued(bare_desk), issued(bare_desk)
    assert bare_desk.call("revoke", leaked[named_by]).code == 0
    assert not holds(bare_desk, leaked["token"])
    assert holds(bare_desk, other["token"])


def test_all_tokens_of_a_holder_are_taken_back_at_once(bare_desk: Desk) -> None:
    tokens, other = [issued(bare_desk)["token"] for _ in range(2)], issued(bare_desk, "c-2")["token"]
    assert bare_desk.call("revoke", "--actor", "c-1").code == 0
    assert [holds(bare_desk, token) for token in (*tokens, other)] == [False, False, True]


@pytest.mark.needs_postgres
def test_on_a_server_too(desk_on_server: Desk) -> None:
    leaked = issued(desk_on_server)
    assert desk_on_server.call("revoke", leaked["id"]).code == 0
    assert not holds(desk_on_server, leaked["token"])


def test_taking_back_needs_one_name(bare_desk: Desk) -> None:
    assert bare_desk.call("revoke").code == 2
    assert bare_desk.call("revoke", "t-1", "--actor", "c-1").code == 2
    assert "does not hold anyway" in bare_desk.call("revoke", "a.b.c").err


def test_keys_rotate_and_retire_and_are_never_shown(bare_desk: Desk) -> None:
    old = issued(bare_desk)["token"]
    assert bare_desk.call("keys", "rotate").code == 0
    new = issued(bare_desk)["token"]
    listed = bare_desk.call("keys", "list", "--json").data
    assert listed == [{"kid": "1", "use": "is accepted"}, {"kid": "2", "use": "signs"}]
    assert holds(bare_desk, old)
    assert bare_desk.call("keys", "retire", "1").code == 0
    assert [holds(bare_desk, token) for token in (old, new)] == [False, True]
    assert bare_desk.call("keys", "retire", "2").code == 2
