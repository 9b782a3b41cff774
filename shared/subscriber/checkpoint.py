"""How far has the subscriber come? Its place survives a crash in a file, or with the subscriber's own data."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """The last event that was handled: its position, and the log (with its incarnation) that gave it."""

    position: int
    source: str


class Checkpoint(Protocol):
    """Keeps the place; when it is saved in the transaction of the handler's own work, each effect happens once."""

    def load(self) -> Place | None:
        """The place that was saved last; None when nothing was handled yet."""
        ...

    def save(self, place: Place) -> None:
        """Record that everything up to this place has been handled."""
        ...


class FileCheckpoint:
    """A small file that is replaced as a whole each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Place | None:
        """The place in the file; None when there is no file.

        Raises: ValueError when the file is no checkpoint.
        """
        try:
            return Place(**json.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return None
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self._path.name} is no checkpoint of a subscription") from error

    def save(self, place: Place) -> None:
        """Write a new file, then move it into place: a crash leaves the old one or the new one."""
        beside = self._path.with_name(f"{self._path.name}.new")
        with beside.open("wb") as file:
            file.write(json.dumps(asdict(place)).encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
