"""Who is the caller? Bearer tokens of the local issuer and of the services say it.

There are one algorithm and two keys: the local issuer's, and the services' own, which works without the local issuer.
Source: RFC 7519, RFC 8725.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from shared.service import clock, ids
from shared.service.settings import BadSetting, Settings
from shared.service.tables import Caller, Role

ALGORITHM = "HS256"
LOCAL, SERVICES = "local", "services"
LONGEST = timedelta(days=31)
SERVICE_TTL = timedelta(minutes=10)
LEEWAY_S = 30
WORDS = ("iss", "aud", "sub", "role", "jti")
LONGEST_WORD = 128
ROLES = {LOCAL: [str(role) for role in Role if role != Role.SERVICE], SERVICES: [str(Role.SERVICE)]}
"""The roles that each issuer may name."""

MAX_TOKEN = 4096
TOKENS_AT_HAND = 1024
"""How many verified signatures are remembered; each use checks the times again."""
SHORTEST_KEY = 32


class BadToken(ValueError):  # noqa: N818 - names what it is
    """The token is foreign, or not valid now."""


@dataclass(frozen=True)
class Issuer:
    """Issues and verifies the tokens of one city."""

    city: str
    local_key: str
    service_key: str

    @classmethod
    def of(cls, settings: Settings, city: str) -> "Issuer":
        """The issuer that the settings describe; a key that is not set is made on the first start and kept.

        Raises: BadSetting for a key that can be guessed.
        """
        local = _key(settings, "KOSILAB_TOKEN_KEY", "token.key")
        return cls(city, local, _key(settings, "KOSILAB_SERVICE_KEY", "service.key"))

    def issue(self, role: Role, actor: str, ttl: timedelta) -> str:
        """A token of the local issuer.

        Raises: ValueError for the role `service`, or a time that is not between one second and 31 days.
        """
        if role == Role.SERVICE:
            msg = "services sign their own tokens; choose another role"
            raise ValueError(msg)
        if not timedelta(seconds=1) <= ttl <= LONGEST:
            msg = "a token is valid for one second to 31 days"
            raise ValueError(msg)
        return self._sign(LOCAL, self.local_key, role, actor, ttl)

    def service_token(self) -> str:
        """A token with which a service reads the other services' feeds."""
        return self._sign(SERVICES, self.service_key, Role.SERVICE, "service", SERVICE_TTL)

    def verify(self, token: str) -> Caller:
        """The bearer of a token.

        Raises: BadToken, for any reason.
        """
        if len(token) > MAX_TOKEN:
            raise BadToken("too long")
        issuer, header, claims = _signed(token, self.local_key, self.service_key)
        return self._caller(header, claims, issuer)

    def _caller(self, header: Any, claims: Any, issuer: str) -> Caller:
        if header.get("typ") != "JWT" or not isinstance(claims, dict):
            raise BadToken("not a token with claims")
        now = int(clock.now().timestamp())
        try:
            jwt.JWTClaimsRegistry(now, LEEWAY_S, **self._expected(issuer)).validate(claims)
            jwt.JWTClaimsRegistry(now).validate_exp(claims["exp"])  # no leeway after the end
        except JoseError as error:
            raise BadToken(str(error)) from None
        if not all(isinstance(claims[name], str) and len(claims[name]) <= LONGEST_WORD for name in WORDS):
            raise BadToken("claims are single words")
        return Caller(role=Role(claims["role"]), actor=claims["sub"], token_id=claims["jti"])

    def _expected(self, issuer: str) -> dict[str, jwt.ClaimsOption]:
        needed = {name: jwt.ClaimsOption(essential=True) for name in (*WORDS, "iat", "nbf", "exp")}
        return needed | {
            "iss": {"essential": True, "value": self._issuer(issuer)},
            "aud": {"essential": True, "value": self.city},
            "role": {"essential": True, "values": ROLES[issuer]},
        }

    def _sign(self, issuer: str, key: str, role: Role, actor: str, ttl: timedelta) -> str:
        now = int(clock.now().timestamp())
        claims = {
            "iss": self._issuer(issuer),
            "aud": self.city,
            "sub": actor,
            "role": str(role),
            "jti": ids.new_id(),
            "iat": now,
            "nbf": now,
            "exp": now + int(ttl.total_seconds()),
        }
        return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, OctKey.import_key(key))

    def _issuer(self, issuer: str) -> str:
        return f"urn:kosilab:{self.city}:{issuer}"


def _key(settings: Settings, name: str, file_name: str) -> str:
    given = settings.get(name)
    return long_enough(given, name) if given else kept_key(settings.data_dir() / file_name)


@lru_cache(maxsize=TOKENS_AT_HAND)
def _signed(token: str, local_key: str, service_key: str) -> tuple[str, Any, Any]:
    """The token's issuer, header and claims; kept, because the same bearer returns often.

    Raises: BadToken.
    """
    for issuer, key in ((LOCAL, local_key), (SERVICES, service_key)):
        try:
            decoded = jwt.decode(token, OctKey.import_key(key), algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            continue
        return issuer, decoded.header, decoded.claims
    raise BadToken("the signature is not ours")


def kept_key(path: Path) -> str:
    """The key in this file, made on the first start and readable for its owner alone.

    Raises: BadSetting when the file does not hold a key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written completely before it gets its name: a process that starts at the same moment, or after a crash here,
        # never reads half a key, and all read the same one.
        handle, written = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(written, path)
        Path(written).unlink()
    return long_enough(path.read_text(encoding="ascii").strip(), str(path))


def long_enough(key: str, origin: str) -> str:
    """The key, if it is long enough not to be guessed.

    Raises: BadSetting. Source: RFC 7518, 3.2.
    """
    if len(key) < SHORTEST_KEY:
        msg = f"{origin} holds no key of at least {SHORTEST_KEY} characters; make one: openssl rand -hex 32"
        raise BadSetting(msg)
    return key
