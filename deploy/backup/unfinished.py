"""What if a restore stops in the middle? A file says so: nothing opens until the same restore has gone on."""

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
    """A restore that is under way: of which backup, and what it must not forget.

    `heads` are where the logs ended in the backup; `lost` is the id under which lost slots are told.
    """

    backup: str
    heads: dict[str, int] = field(default_factory=dict)
    lost: str = field(default_factory=ids.new_id)


def unfinished(settings: Settings) -> Unfinished | None:
    """The restore that stopped in the middle, if one did."""
    path = settings.data_dir() / MARK
    return Unfinished(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def refuse_unfinished(settings: Settings) -> None:
    """See that no restore is half done.

    Raises: Failed.
    """
    if unfinished(settings) is not None:
        raise Failed("A restore was not finished: run the same `kosilab backup restore` again, it goes on.")


def go_on(settings: Settings, manifest: dict[str, Any]) -> Unfinished | None:
    """The unfinished restore of this backup; None when none is.

    Raises: Failed when another backup's is.
    """
    restore = unfinished(settings)
    if restore is not None and restore.backup != digest_of_manifest(manifest):
        raise Failed("The restore of another backup was not finished: give that one, it goes on.")
    return restore


def keep(settings: Settings, restore: Unfinished) -> None:
    """Note how far it is, on the disk before this returns."""
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
    """The restore is done: the instance may open."""
    path = settings.data_dir() / MARK
    path.unlink(missing_ok=True)
    _flush(path.parent)


def digest_of_manifest(manifest: dict[str, Any]) -> str:
    """What tells one backup from another."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
