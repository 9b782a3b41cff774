"""Who is the caller? Bearer tokens of the local issuer and of the services say it.

There is one algorithm. The local issuer has its signing keys; the services have a key of their own, which works without
the local issuer. A token can be taken back before its end; the services' own are too short-lived for that.
Source: RFC 7519, RFC 8725.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from shared.access.register import TakenBack
from shared.edge.signing import MESSAGES, SigningKey, SigningKeys, derived, kept_key, long_enough
from shared.service import clock, ids
from shared.service.settings import Settings
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
SERVICE_KID = "services"


class BadToken(ValueError):  # noqa: N818 - names what it is
    """The token is foreign, or not valid now."""


@dataclass(frozen=True)
class Issuer:
    """Issues and verifies the tokens of one city."""

    city: str
    local_key: str
    service_key: str
    keys: SigningKeys
    taken_back: TakenBack | None = None

    @classmethod
    def of(cls, settings: Settings, city: str, taken_back: TakenBack | None = None) -> "Issuer":
        """The issuer that the settings describe; a key that is not set is made on the first start and kept.

        Raises: BadSetting for a key that can be guessed.
        """
        local = _key(settings, "KOSILAB_TOKEN_KEY", "token.key")
        service = _key(settings, "KOSILAB_SERVICE_KEY", "service.key")
        return cls(city, local, service, SigningKeys.of(settings, local), taken_back)

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
        return self._sign(LOCAL, self.keys.all()[-1], role, actor, ttl)

    def service_token(self) -> str:
        """A token with which a service reads the other services' feeds."""
        return self._sign(SERVICES, self._service_signing, Role.SERVICE, "service", SERVICE_TTL)

    def verify(self, token: str) -> Caller:
        """The bearer of a token.

        Raises: BadToken, for any reason; LogUnavailable when nobody can say whether it was taken back.
        """
        if len(token) > MAX_TOKEN:
            raise BadToken("too long")
        issuer, header, claims = _signed(token, self.keys.all(), self._service_signing)
        caller = self._caller(header, claims, issuer)
        if issuer == LOCAL and self.taken_back is not None:
            issued_at = datetime.fromtimestamp(claims["iat"], UTC)
            if self.taken_back.holds(caller.token_id, caller.role, caller.actor, issued_at):
                raise BadToken("taken back")
        return caller

    @property
    def message_key(self) -> bytes:
        """The key of the codes on the broker's messages, out of the services' own key."""
        return derived(self.service_key, MESSAGES).encode()

    @property
    def _service_signing(self) -> SigningKey:
        return SigningKey(SERVICE_KID, self.service_key)

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

    def _sign(self, issuer: str, key: SigningKey, role: Role, actor: str, ttl: timedelta) -> str:
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
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}
        return jwt.encode(header, claims, OctKey.import_key(key.key))

    def _issuer(self, issuer: str) -> str:
        return f"urn:kosilab:{self.city}:{issuer}"


def _key(settings: Settings, name: str, file_name: str) -> str:
    given = settings.get(name)
    return long_enough(given, name) if given else kept_key(settings.data_dir() / file_name)


@lru_cache(maxsize=TOKENS_AT_HAND)
def _signed(token: str, local: tuple[SigningKey, ...], services: SigningKey) -> tuple[str, Any, Any]:
    """The token's issuer, header and claims; kept, because the same bearer returns often.

    Raises: BadToken.
    """
    for issuer, key in (*((LOCAL, key) for key in local), (SERVICES, services)):
        try:
            decoded = jwt.decode(token, OctKey.import_key(key.key), algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            continue
        if decoded.header.get("kid") == key.kid:
            return issuer, decoded.header, decoded.claims
    raise BadToken("the signature is not ours")
