"""How much may one caller ask for? As much as its bucket holds, then as fast as it is refilled; the others go on."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from shared.edge.application import Application
from shared.edge.limits import BURST_S, MAX_CALLERS, Limits, limits_of
from shared.edge.routes import Route, caller_of
from shared.edge.signing import SigningKeys
from shared.edge.tokens import Issuer
from shared.service import settings
from shared.service.settings import BadSetting
from shared.service.tables import Role

ISSUER = Issuer("wuppertal", "l" * 48, "s" * 48, SigningKeys("l" * 48))


class Hands:
    """A clock that is set by hand."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Hands:
    return Hands()


def test_a_full_bucket_holds_what_flows_in_within_ten_seconds(clock: Hands) -> None:
    limits = Limits(5.0, clock)
    assert BURST_S == 10.0
    assert [limits.take("a") for _ in range(50)] == [0.0] * 50
    assert limits.take("a") == pytest.approx(0.2)


def test_an_empty_bucket_is_refilled_steadily(clock: Hands) -> None:
    limits = Limits(5.0, clock)
    for _ in range(50):
        limits.take("a")
    clock.now_s += 0.1
    assert limits.take("a") == pytest.approx(0.1)
    clock.now_s += 0.3
    assert [limits.take("a") > 0 for _ in range(3)] == [False, True, True]
    clock.now_s += 3600
    assert sum(limits.take("a") == 0 for _ in range(100)) == 50


def test_asking_in_vain_costs_nothing(clock: Hands) -> None:
    limits = Limits(1.0, clock)
    for _ in range(1_000):
        limits.take("a")
    clock.now_s += 1.0
    assert limits.take("a") == 0.0


def test_one_callers_bucket_is_not_anothers(clock: Hands) -> None:
    limits = Limits(1.0, clock)
    for _ in range(11):
        limits.take("a")
    assert (limits.take("a") > 0, limits.take("b")) == (True, 0.0)


def test_no_limit_is_no_limit(clock: Hands) -> None:
    limits = Limits(0.0, clock)
    assert {limits.take("a") for _ in range(10_000)} == {0.0}


def test_memory_is_bounded_and_whoever_asks_now_is_remembered(clock: Hands) -> None:
    limits = Limits(1.0, clock)
    for _ in range(11):
        limits.take("busy")
    for number in range(MAX_CALLERS * 2):
        limits.take(f"caller-{number}")
        if number % 1_000 == 0:
            assert limits.take("busy") > 0
    assert len(limits._buckets) == MAX_CALLERS


# --- as the edge answers ----------------------------------------------------------------------
@pytest.fixture
def client(clock: Hands) -> Client:
    """An application that says who asks."""
    who = Route("GET", "/who", lambda request, _: Response(str(caller_of(request, ISSUER))))
    alive = Route("GET", "/livez", lambda *_: Response("ok"))
    return Client(Application([who, alive], Limits(1.0, clock), ISSUER))


def signed(role: Role, actor: str) -> dict[str, str]:
    from datetime import timedelta

    return {"Authorization": f"Bearer {ISSUER.issue(role, actor, timedelta(hours=1))}"}


def test_whoever_asks_too_fast_is_told_when_to_ask_again(client: Client) -> None:
    headers = signed(Role.COORDINATOR, "c")
    statuses = [client.get("/who", headers=headers).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    answer = client.get("/who", headers=headers)
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Retry-After"] == "2"


def test_it_is_the_caller_who_is_counted_not_the_token_nor_the_address(client: Client) -> None:
    for number in range(11):
        address = {"REMOTE_ADDR": f"192.0.2.{number}"}
        last = client.get("/who", headers=signed(Role.COORDINATOR, "c"), environ_overrides=address)
    assert last.status_code == 429
    for role, actor in ((Role.COORDINATOR, "d"), (Role.COUNSELLOR, "c")):
        assert client.get("/who", headers=signed(role, actor)).status_code == 200


def test_whoever_did_not_sign_in_or_guesses_tokens_is_counted_by_address(client: Client) -> None:
    here, there = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}
    for number in range(10):
        guess = {"Authorization": f"Bearer guess-{number}"} if number % 2 else {}
        assert client.get("/who", headers=guess, environ_overrides=here).status_code in {200, 401}
    for headers in ({}, {"Authorization": "Bearer guess"}):
        assert client.get("/who", headers=headers, environ_overrides=here).status_code == 429
    assert client.get("/who", environ_overrides=there).status_code == 200
    signed_in = client.get("/who", headers=signed(Role.COORDINATOR, "c"), environ_overrides=here)
    assert signed_in.status_code == 200


def test_services_among_themselves_and_the_probes_are_not_held_up(client: Client) -> None:
    token = {"Authorization": f"Bearer {ISSUER.service_token()}"}
    assert {client.get("/who", headers=token).status_code for _ in range(50)} == {200}
    assert {client.get("/livez").status_code for _ in range(50)} == {200}


@pytest.mark.parametrize(("value", "n_at_once"), [("3", 30), ("0", 1_000)])
def test_the_setting_says_how_many(value: str, n_at_once: int) -> None:
    limits = limits_of(settings.load({"KOSILAB_REQUESTS_PER_S": value}, {}))
    assert {limits.take("a") for _ in range(n_at_once)} == {0.0}


@pytest.mark.parametrize("value", ["many", "-1", "1.5", ""])
def test_a_setting_that_is_no_number_is_said(value: str) -> None:
    with pytest.raises(BadSetting, match="KOSILAB_REQUESTS_PER_S"):
        limits_of(settings.load({"KOSILAB_REQUESTS_PER_S": value}, {}))
