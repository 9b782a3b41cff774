"""What wraps the subjects' keys? The key of an epoch, a file outside the database that lives 30 days.

When an epoch ends, the surviving keys are wrapped again and its file is destroyed: older backups, write-ahead logs and
dead rows of the vault's database become useless.
"""

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE_BYTES = 32, 12


class EpochGone(Exception):  # noqa: N818 - names the situation
    """The epoch's key was destroyed, or its file is missing: the keys wrapped under it are lost for good."""


class Epochs:
    """The wrapping keys of one city, in a folder of their own that no backup of the database holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def numbers(self) -> list[int]:
        """The epochs whose key exists, the oldest first."""
        return sorted(int(path.stem.rpartition("-")[2]) for path in self._folder.glob("epoch-*.key"))

    def begin(self) -> int:
        """Make the next epoch's key; returns the epoch's number."""
        number = max(self.numbers(), default=0) + 1
        beside = self._folder / f".epoch-{secrets.token_hex(8)}.making"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: when two processes begin the same epoch, the second uses the key of the first.
        with contextlib.suppress(FileExistsError):
            self._path(number).hardlink_to(beside)
        beside.unlink()
        self._sync()
        return number

    def wrap(self, number: int, key: bytes, owner: str) -> bytes:
        """A subject's key under this epoch; it opens for this owner only.

        Raises: EpochGone.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._key(number)).encrypt(nonce, key, owner.encode())

    def unwrap(self, number: int, wrapped: bytes, owner: str) -> bytes:
        """The subject's key.

        Raises: EpochGone, also when the key was swapped for another owner's.
        """
        try:
            return AESGCM(self._key(number)).decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], owner.encode()
            )
        except InvalidTag:
            raise EpochGone(f"a key that epoch {number} did not wrap") from None

    def destroy(self, number: int) -> None:
        """Overwrite the epoch's key and delete its file, if there is one."""
        path = self._path(number)
        if path.exists():
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            self._sync()

    def _key(self, number: int) -> bytes:
        try:
            return self._path(number).read_bytes()
        except FileNotFoundError:
            raise EpochGone(f"the key of epoch {number} is not there") from None

    def _path(self, number: int) -> Path:
        return self._folder / f"epoch-{number:05d}.key"

    def _sync(self) -> None:
        """Without it a power cut could bring a destroyed key's name back, or lose a new one."""
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
