"""Which logs does this city cosign, and what do other cities need? The ledger folder's `cosigned.txt` lists the logs.

Its lines are those that `kosilab history keys` prints in other cities: `log <key>`. Without it there is no witness.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.history.vouching import NOBODY, LedgerFolder, lines_of, written_in
from shared.edge.routes import Route
from shared.edge.witness import PREFIX, witness_routes
from shared.eventlog.store import SqlStore
from shared.ledger.keys import signer_of
from shared.ledger.note import COSIGNATURE, Signer
from shared.ledger.remembered import Remembered
from shared.ledger.witness import Witness

COSIGNED = "cosigned.txt"


def witness_signer(folder: LedgerFolder) -> Signer:
    """The key with which this city cosigns, made on first use.

    Raises: BadNote for a file that holds no key.
    """
    name = f"{folder.city_key}.kosilab/witness"
    return signer_of(folder.witness_path, name, COSIGNATURE)


def cosigned_path(folder: LedgerFolder) -> Path:
    """The file that lists the logs that this city cosigns."""
    return folder.path / COSIGNED


def memory_of(folder: LedgerFolder) -> Remembered:
    """The checkpoints that this city's witness has cosigned; never roll this file back."""
    return Remembered(folder.path / "witnessed.db")


def witness_of(folder: LedgerFolder) -> Witness:
    """The witness of this city, for the logs in the file.

    Raises: BadSetting, naming file and line; BadNote for a file that holds no key; FileNotFoundError.
    """
    path = cosigned_path(folder)
    logs = lines_of(path, f"{written_in(path)}\n{NOBODY}").logs
    keys = {key.name: [other for other in logs if other.name == key.name] for key in logs}
    return Witness(witness_signer(folder), keys, memory_of(folder))


def routes_of_witness(folder: LedgerFolder) -> list[Route]:
    """The routes where other cities ask for cosignatures; none without the file.

    An edge makes the witness's key at its first start, so that `history keys` has one to print.
    Raises: BadSetting, BadNote.
    """
    witness_signer(folder)
    return witness_routes(witness_of(folder)) if cosigned_path(folder).is_file() else []


def witness_line(folder: LedgerFolder, address: str) -> str:
    """The line that other cities put into their policy to have their logs cosigned here.

    Raises: BadNote for a file that holds no key.
    """
    return f"witness {folder.city_key} {witness_signer(folder).key} {address.rstrip('/')}{PREFIX}"


def lines_for_others(stores: Iterable[SqlStore], folder: LedgerFolder, address: str) -> Iterator[str]:
    """The lines for other cities' files: this city's logs to cosign, and its witness to ask; empty without its key.

    Raises: BadNote for a file that holds no key; LogUnavailable.
    """
    for store in stores:
        yield f"log {folder.signer(store).key}"
    yield witness_line(folder, address) if folder.witness_path.is_file() else ""
