"""Which tokens hold? Those of this city's issuer, with every claim, now; and none that anybody else can make."""

import base64
import hmac
import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from shared.edge.signing import SigningKeys, kept_key
from shared.edge.tokens import LONGEST, MAX_TOKEN, BadToken, Issuer
from shared.service import clock, settings
from shared.service.settings import BadSetting
from shared.service.tables import Caller, Role

LOCAL_KEY, SERVICE_KEY = "l" * 48, "s" * 48
ISSUER = Issuer("wuppertal", LOCAL_KEY, SERVICE_KEY, SigningKeys(LOCAL_KEY))
(SIGNING,) = ISSUER.keys.all()
HEADER = {"alg": "HS256", "typ": "JWT", "kid": SIGNING.kid}


def claims(**changed: Any) -> dict[str, Any]:
    """Those of a token that holds, with some changed; None takes a claim away."""
    now = int(clock.now().timestamp())
    good = {
        "iss": "urn:kosilab:wuppertal:local",
        "aud": "wuppertal",
        "sub": "c-1",
        "role": "coordinator",
        "jti": "t-1",
        "iat": now,
        "nbf": now,
        "exp": now + 600,
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


def signed(content: dict[str, Any], key: str = SIGNING.key, **header: Any) -> str:
    return jwt.encode(HEADER | header, content, OctKey.import_key(key))


def part(content: Any) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def by_hand(header: dict[str, Any]) -> str:
    """Rightly signed with our key, whatever the header says."""
    text = f"{part(header)}.{part(claims())}"
    return f"{text}.{part(hmac.digest(SIGNING.key.encode(), text.encode(), 'sha256'))}"


def test_the_hand_signs_rightly() -> None:
    assert ISSUER.verify(by_hand(HEADER)).actor == "c-1"


def test_an_issued_token_says_who_the_bearer_is() -> None:
    caller = ISSUER.verify(ISSUER.issue(Role.ORGANISATION, "o-1", timedelta(hours=8)))
    assert (caller.role, caller.actor) == (Role.ORGANISATION, "o-1")
    assert caller.token_id


def test_every_token_has_an_id_of_its_own() -> None:
    ids = {ISSUER.verify(ISSUER.issue(Role.AUDITOR, "a", timedelta(minutes=1))).token_id for _ in range(3)}
    assert len(ids) == 3


def test_a_services_token_is_signed_with_the_services_own_key() -> None:
    token = ISSUER.service_token()
    assert ISSUER.verify(token).role == Role.SERVICE
    assert (
        Issuer("wuppertal", LOCAL_KEY, SERVICE_KEY, SigningKeys("other" * 10)).verify(token).role
        == Role.SERVICE
    )
    with pytest.raises(BadToken):
        Issuer("wuppertal", LOCAL_KEY, "other" * 10, ISSUER.keys).verify(token)


def test_the_local_issuer_issues_no_services_token_and_none_without_an_end() -> None:
    with pytest.raises(ValueError, match="services sign their own"):
        ISSUER.issue(Role.SERVICE, "s", timedelta(hours=1))
    for ttl in (timedelta(), timedelta(seconds=-1), LONGEST + timedelta(seconds=1)):
        with pytest.raises(ValueError, match="31 days"):
            ISSUER.issue(Role.OPERATOR, "o", ttl)


def test_the_token_that_the_others_are_made_from_holds() -> None:
    assert ISSUER.verify(signed(claims())) == Caller(role=Role.COORDINATOR, actor="c-1", token_id="t-1")


NOW = int(clock.now().timestamp())
WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "of another city": {"aud": "dortmund"},
    "by another issuer": {"iss": "urn:kosilab:dortmund:local"},
    "by the services, with the local key": {"iss": "urn:kosilab:wuppertal:services"},
    "expired": {"exp": NOW - 1},
    "not yet valid": {"nbf": NOW + 86_400},
    "issued in the future": {"iat": NOW + 86_400},
    "of a role that there is not": {"role": "mayor"},
    "of the services' role": {"role": "service"},
    "of two roles": {"role": ["coordinator", "operator"]},
    "of nobody": {"sub": ""},
    "of a very long name": {"sub": "x" * 129},
    "of a number": {"sub": 7},
    "for several": {"aud": ["wuppertal", "dortmund"]},
    "until a word": {"exp": "tomorrow"},
    "until infinity": {"exp": float("inf")},
    "until true": {"exp": True},
    "from true on": {"nbf": True},
}


@pytest.mark.parametrize("changed", WRONG_CLAIMS.values(), ids=list(WRONG_CLAIMS))
def test_a_token_with_a_wrong_claim_does_not_hold(changed: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        ISSUER.verify(signed(claims(**changed)))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "role", "jti", "iat", "nbf", "exp"])
def test_a_token_without_one_of_its_claims_does_not_hold(name: str) -> None:
    with pytest.raises(BadToken):
        ISSUER.verify(signed(claims(**{name: None})))


def test_a_time_may_have_a_fraction_as_the_standard_says() -> None:
    assert ISSUER.verify(signed(claims(exp=claims()["exp"] + 0.5))).actor == "c-1"


def test_a_clock_that_is_a_little_off_is_forgiven_before_but_not_after() -> None:
    now = int(clock.now().timestamp())
    assert ISSUER.verify(signed(claims(nbf=now + 20, iat=now + 20))).actor == "c-1"
    with pytest.raises(BadToken):
        ISSUER.verify(signed(claims(exp=now)))


FORGED: dict[str, Callable[[], str]] = {
    "alg none, unsigned": lambda: f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims())}.",
    "alg None, unsigned": lambda: f"{part({'alg': 'None', 'typ': 'JWT'})}.{part(claims())}.",
    "alg none, a signature left": lambda: by_hand({"alg": "none", "typ": "JWT"}),
    "no alg": lambda: f"{part({'typ': 'JWT'})}.{part(claims())}.x",
    "another key": lambda: signed(claims(), "guess" * 10),
    "the key of ids and digests": lambda: signed(claims(), LOCAL_KEY),
    "our key under another name": lambda: signed(claims(), kid="2"),
    "our key without its name": lambda: by_hand({"alg": "HS256", "typ": "JWT"}),
    "the services' key for a local role": lambda: signed(claims(), SERVICE_KEY),
    "another algorithm with our key": lambda: jwt.encode(
        {"alg": "HS512", "typ": "JWT"}, claims(), OctKey.import_key("l" * 64), algorithms=["HS512"]
    ),
    "a key pair of their own": lambda: jwt.encode(
        {"alg": "RS256", "typ": "JWT"}, claims(), RSAKey.generate_key(2048), algorithms=["RS256"]
    ),
    "another type": lambda: signed(claims(), typ="at+jwt"),
    "an extension that we do not know": lambda: by_hand(
        {"alg": "HS256", "typ": "JWT", "crit": ["x"], "x": 1}
    ),
    "a body that is not encoded": lambda: by_hand(
        {"alg": "HS256", "typ": "JWT", "b64": False, "crit": ["b64"]}
    ),
    "a body that was changed": lambda: _with_body(signed(claims()), claims(role="operator")),
    "no signature": lambda: signed(claims()).rpartition(".")[0] + ".",
    "a signature cut short": lambda: signed(claims())[:-4],
    "claims that are a list": lambda: _with_body(signed(claims()), ["coordinator"]),
    "claims that are no JSON": lambda: _with_body(signed(claims()), b"\xff\xfe{"),
    "five parts": lambda: signed(claims()) + ".a.b",
    "nothing": lambda: "",
    "dots": lambda: "..",
    "not ASCII": lambda: "ü.ü.ü",
    "half a character": lambda: "\ud800.\ud800.\ud800",
    "very long": lambda: "x" * (MAX_TOKEN + 1),
    "a header nested deeply": lambda: f"{part(b'[' * 2000)}.{part(claims())}.x",
}


def _with_body(token: str, content: Any) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{part(content)}.{signature}"


@pytest.mark.parametrize("forge", FORGED.values(), ids=list(FORGED))
def test_a_forged_token_does_not_hold(forge: Callable[[], str]) -> None:
    with pytest.raises(BadToken):
        ISSUER.verify(forge())


@given(st.one_of(st.text(max_size=300), st.lists(st.binary(max_size=60).map(part), max_size=5).map(".".join)))
def test_whatever_comes_is_a_bad_token_and_never_anything_else(token: str) -> None:
    with pytest.raises(BadToken):
        ISSUER.verify(token)


@given(
    st.dictionaries(
        st.sampled_from([*claims(), "alg", "typ"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_whatever_we_signed_is_a_caller_or_a_bad_token(changed: dict[str, Any]) -> None:
    """Also a key that got out makes no token that breaks the verifier."""
    try:
        assert ISSUER.verify(signed(claims() | changed)).role in set(Role) - {Role.SERVICE}
    except BadToken:
        assert changed


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "token.key"
    key = kept_key(path)
    assert kept_key(path) == key
    assert len(key) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["token.key"]


def test_two_that_start_at_once_take_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    link = os.link
    path = tmp_path / "token.key"

    def somebody_was_faster(written: str, name: Path) -> None:
        path.write_text("f" * 48, encoding="ascii")
        link(written, name)

    monkeypatch.setattr(os, "link", somebody_was_faster)
    assert kept_key(path) == "f" * 48


@pytest.mark.parametrize("left", ["", "   \n", "short"])
def test_a_file_that_holds_no_key_is_said_and_never_used(tmp_path: Path, left: str) -> None:
    path = tmp_path / "token.key"
    path.write_text(left, encoding="ascii")
    with pytest.raises(BadSetting, match="openssl rand"):
        kept_key(path)


def test_keys_that_are_given_are_used_and_must_be_long(tmp_path: Path) -> None:
    given_keys = {"KOSILAB_TOKEN_KEY": LOCAL_KEY, "KOSILAB_SERVICE_KEY": SERVICE_KEY}
    loaded = settings.load({"KOSILAB_DATA_DIR": str(tmp_path)}, given_keys)
    assert Issuer.of(loaded, "wuppertal").keys.all() == ISSUER.keys.all()
    assert Issuer.of(loaded, "wuppertal").verify(ISSUER.service_token()).role == Role.SERVICE
    assert list(tmp_path.iterdir()) == []
    short = settings.load({"KOSILAB_DATA_DIR": str(tmp_path)}, given_keys | {"KOSILAB_TOKEN_KEY": "secret"})
    with pytest.raises(BadSetting, match="KOSILAB_TOKEN_KEY"):
        Issuer.of(short, "wuppertal")
