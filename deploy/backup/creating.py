"""What does a backup hold? The databases of the services and of the vault, never the vault's keys and register.

Reporting's database comes after the other services': its history then also holds their latest records. The vault's
comes last: it then holds the key of every copied slot.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from deploy.backup.copying import check_copy, copy_name, copy_out
from deploy.failed import Failed
from deploy.history.vouching import LedgerFolder
from deploy.instance import Instance
from shared.events.registry import SERVICES
from shared.ledger.export import Progress
from shared.ledger.keys import signer_of
from shared.ledger.note import BadNote, Note, Signer, parse_note
from shared.service.settings import VAULT

MANIFEST, SIGNATURE = "backup.json", "backup.sig"
HEADER = "kosilab/backup/v1"
ORDER = (*SERVICES, VAULT)


def create(instance: Instance, directory: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Copy every database into an empty folder, check the copies, and write the manifest last.

    Raises: Failed, LogUnavailable.
    """
    if directory.exists() and any(directory.iterdir()):
        raise Failed(f"{directory} is not empty; give a new folder for each backup.")
    directory.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, Any] = {
        "city": instance.city.key,
        "made_at": instance.now().isoformat(),
        "checkpoints": _newest_checkpoints(instance),
        "files": {},
    }
    for number, name in enumerate(ORDER):
        url = instance.settings.database_url(name)
        copy = directory / copy_name(url, name)
        copy_out(url, copy)
        check_copy(url, copy)
        manifest["files"][copy.name] = digest_of(copy)
        if progress:
            progress(number + 1, len(ORDER))
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    signer = backup_signer(instance.ledger)
    text = _signed_text(directory)
    (directory / SIGNATURE).write_text(str(Note(text, (signer.sign(text),))), encoding="utf-8")
    return manifest


def backup_signer(folder: LedgerFolder) -> Signer:
    """The key that signs backups: it lies in the ledger's folder, which no backup holds.

    Raises: BadNote for a file that holds no key.
    """
    return signer_of(folder.path / "keys" / "backup.pem", f"{folder.city_key}.kosilab/backup")


def check_signature(directory: Path, folder: LedgerFolder) -> None:
    """See that this city signed the manifest.

    Raises: Failed.
    """
    if not (directory / SIGNATURE).is_file():
        raise Failed(
            f"{directory} has no signature ({SIGNATURE}): an earlier version made it, or somebody took it away. "
            "If you know where it comes from, --unsigned goes on without it."
        )
    try:
        note = parse_note((directory / SIGNATURE).read_bytes())
        is_signed = note.text == _signed_text(directory) and note.signers([backup_signer(folder).key])
    except BadNote:
        is_signed = []
    if not is_signed:
        raise Failed(f"This city did not sign {directory / MANIFEST}; nothing was restored.")


def _signed_text(directory: Path) -> str:
    return f"{HEADER}\n{digest_of(directory / MANIFEST)}\n"


def _newest_checkpoints(instance: Instance) -> dict[str, str]:
    """The last checkpoint of each log, so that a copy is compared with what was signed before it was made."""
    remembered = instance.ledger.remembered()
    notes = {
        service: remembered.last(instance.ledger.origin(unit.store))
        for service, unit in instance.units.items()
    }
    return {service: note for service, note in notes.items() if note is not None}


def read_manifest(directory: Path, city_key: str) -> dict[str, Any]:
    """The manifest of a backup whose files agree with it.

    Raises: Failed when the backup is incomplete, damaged or another city's.
    """
    try:
        manifest: dict[str, Any] = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Failed(f"{directory} holds no finished backup: it has no readable {MANIFEST}.") from None
    if manifest["city"] != city_key:
        raise Failed(f"This is the backup of another city ({manifest['city']}); nothing was restored.")
    for name, digest in manifest["files"].items():
        if not (directory / name).is_file() or digest_of(directory / name) != digest:
            raise Failed(f"{name} is missing or was changed; nothing was restored.")
    return manifest


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
