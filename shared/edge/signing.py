"""Which keys sign the local issuer's tokens? Several are accepted, the newest signs; each has a name, its `kid`.

The city's oldest secret (KOSILAB_TOKEN_KEY) signs nothing: imported persons' ids and the digests of requests hang on it
for ever, so it can't change. The first signing key is derived from it; `kosilab keys rotate` adds others of their own.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared.service.settings import BadSetting, Settings

SETTING = "KOSILAB_SIGNING_KEYS"
FILE = "signing.keys"
SHORTEST_KEY = 32
FIRST = "1"
TOKENS, MESSAGES, LISTS = "tokens", "messages", "lists"
"""What keys are derived for."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key and its name."""

    kid: str
    key: str


class SigningKeys:
    """The keys of one purpose, the newest last; read again when their file has changed."""

    def __init__(self, secret: str, path: Path | None = None, given: str = "") -> None:
        """`given` are the lines of the setting; without them those of the file count, else a key from `secret`.

        Raises: BadSetting for lines that are no keys.
        """
        self._path = path
        self._given = given
        self._first = (SigningKey(FIRST, derived(secret, TOKENS)),)
        self._keys: tuple[SigningKey, ...] = _parsed(given, SETTING) if given else self._first
        self._file: tuple[int, int, int] | None = None

    @classmethod
    def of(cls, settings: Settings, secret: str) -> "SigningKeys":
        """The keys that the settings describe.

        Raises: BadSetting.
        """
        return cls(secret, settings.data_dir() / FILE, settings.get(SETTING))

    def all(self) -> tuple[SigningKey, ...]:
        """Every key that is accepted; the last one signs.

        Raises: BadSetting when the file's lines are no keys.
        """
        if self._path is None or self._given:
            return self._keys
        file = _mark(self._path)
        if file != self._file:
            self._keys = self._first if file is None else _read(self._path)
            self._file = file
        return self._keys

    def rotate(self) -> str:
        """Add a key, which signs from now on; returns its name. Tokens that others have signed still hold.

        Raises: BadSetting when a setting holds the keys.
        """
        numbers = [int(key.kid) for key in self.all() if key.kid.isdecimal()]
        kid = str(max(numbers, default=0) + 1)
        self._write((*self.all(), SigningKey(kid, secrets.token_urlsafe(48))))
        return kid

    def retire(self, kid: str) -> None:
        """Accept this key no longer: every token that it signed ends, in all processes at their next look.

        Raises: BadSetting for a name that there is not, for the key that signs, or when a setting holds the keys.
        """
        if kid not in [key.kid for key in self.all()]:
            raise BadSetting(f"there is no signing key {kid!r}; `kosilab keys list` shows them")
        if kid == self.all()[-1].kid:
            raise BadSetting(f"the key {kid} signs; make a newer one first: kosilab keys rotate")
        self._write(tuple(key for key in self.all() if key.kid != kid))

    def _write(self, keys: Sequence[SigningKey]) -> None:
        if self._path is None or self._given:
            raise BadSetting(f"{SETTING} holds the keys; change them there")
        text = "".join(f"{key.kid} {key.key}\n" for key in keys)
        handle, written = tempfile.mkstemp(dir=self._path.parent)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(written).replace(self._path)


def derived(secret: str, purpose: str) -> str:
    """A key for one purpose out of a secret; who has it learns nothing of the secret, nor of other keys."""
    return hmac.new(secret.encode(), f"kosilab:{purpose}".encode(), hashlib.sha256).hexdigest()


def long_enough(key: str, origin: str) -> str:
    """The key, if it is long enough not to be guessed.

    Raises: BadSetting. Source: RFC 7518, 3.2.
    """
    if len(key) < SHORTEST_KEY:
        msg = f"{origin} holds no key of at least {SHORTEST_KEY} characters; make one: openssl rand -hex 32"
        raise BadSetting(msg)
    return key


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


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever the file does; None without a file."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size


def _read(path: Path) -> tuple[SigningKey, ...]:
    try:
        return _parsed(path.read_text(encoding="ascii"), str(path))
    except (OSError, ValueError) as error:
        raise BadSetting(f"{path} cannot be read: {error}") from error


def _parsed(text: str, origin: str) -> tuple[SigningKey, ...]:
    keys = []
    for line in text.splitlines():
        if not line.strip():
            continue
        kid, _, key = line.strip().partition(" ")
        keys.append(SigningKey(kid, long_enough(key.strip(), f"the line of {kid!r} in {origin}")))
    if not keys or len({key.kid for key in keys}) < len(keys):
        raise BadSetting(f"{origin} needs a line `<kid> <key>` for each key, each with a name of its own")
    return tuple(keys)
