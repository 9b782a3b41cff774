"""What if a restore stops in the middle? A file records it: nothing starts until the same restore has finished."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from deploy.failed import Failed
from shared.service import ids
from shared.service.settings import Settings

MARK = "restoring.json"


@dataclass(slots=True)
class Unfinished:
    """A restore under way: its backup, and what it must remember.

    `heads` are the ends of the logs in the backup; `lost` is the id under which lost slots are recorded;
    `unsigned` are the services whose signing keys were missing when it began.
    """

    backup: str
    heads: dict[str, int] = field(default_factory=dict)
    lost: str = field(default_factory=ids.new_id)
    unsigned: list[str] = field(default_factory=list)


def unfinished(settings: Settings) -> Unfinished | None:
    """The unfinished restore, if there is one."""
    path = settings.data_dir() / MARK
    return Unfinished(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def refuse_unfinished(settings: Settings) -> None:
    """Make sure that no restore is unfinished.

    Raises: Failed.
    """
    if unfinished(settings) is not None:
        raise Failed("A restore was not finished: run the same `kosilab backup restore` again to finish it.")


def go_on(settings: Settings, manifest: dict[str, Any]) -> Unfinished | None:
    """The unfinished restore of this backup, or None.

    Raises: Failed when a restore of another backup is unfinished.
    """
    restore = unfinished(settings)
    if restore is not None and restore.backup != digest_of_manifest(manifest):
        raise Failed("The restore of another backup was not finished: restore that backup first.")
    return restore


def keep(settings: Settings, restore: Unfinished) -> None:
    """Save how far it is; the disk has it before this returns."""
    path = settings.data_dir() / MARK
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{MARK}.part")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(asdict(restore), file)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    _flush(path.parent)


def finish(settings: Settings) -> None:
    """The restore is finished: the instance may start."""
    path = settings.data_dir() / MARK
    path.unlink(missing_ok=True)
    _flush(path.parent)


def digest_of_manifest(manifest: dict[str, Any]) -> str:
    """The identity of a backup."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
