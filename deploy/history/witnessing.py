"""For whom is this city a witness, and what do others need to be told of it? The ledger folder's `cosigned.txt`.

Its lines are those that `kosilab history keys` prints in other cities: `log <key>`. Without it there is no witness.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.history.vouching import LedgerFolder
from shared.edge.routes import Route
from shared.edge.witness import PREFIX, witness_routes
from shared.eventlog.store import SqlStore
from shared.ledger.keys import signer_of
from shared.ledger.note import COSIGNATURE, BadNote, Signer
from shared.ledger.policy import NONE, parse_policy
from shared.ledger.remembered import Remembered
from shared.ledger.witness import Witness

COSIGNED = "cosigned.txt"


def witness_signer(folder: LedgerFolder) -> Signer:
    """The key by which this city cosigns, made on the first use.

    Raises: BadNote for a file that holds no key.
    """
    name = f"{folder.city_key}.kosilab/witness"
    return signer_of(folder.path / "keys" / "witness.pem", name, COSIGNATURE)


def cosigned_path(folder: LedgerFolder) -> Path:
    """The file that says whose logs this city cosigns."""
    return folder.path / COSIGNED


def witness_of(folder: LedgerFolder) -> Witness:
    """The witness of this city, for the logs in the file.

    Raises: BadNote, naming file and line; FileNotFoundError.
    """
    path = cosigned_path(folder)
    try:
        logs = parse_policy(f"{path.read_text(encoding='utf-8')}\nquorum {NONE}\n").logs
    except BadNote as error:
        msg = f"{path}: {error}"
        raise BadNote(msg) from error
    keys = {key.name: [other for other in logs if other.name == key.name] for key in logs}
    return Witness(witness_signer(folder), keys, Remembered(folder.path / "witnessed.db"))


def routes_of_witness(folder: LedgerFolder) -> list[Route]:
    """Where other cities ask for cosignatures; nowhere when the file is not there.

    Raises: BadNote.
    """
    return witness_routes(witness_of(folder)) if cosigned_path(folder).is_file() else []


def lines_for_others(stores: Iterable[SqlStore], folder: LedgerFolder, address: str) -> Iterator[str]:
    """What other cities put into their files: this city's logs to cosign, and its witness to be asked.

    Raises: BadNote for a file that holds no key; LogUnavailable.
    """
    for store in stores:
        yield f"log {folder.signer(store).key}"
    yield f"witness {folder.city_key} {witness_signer(folder).key} {address.rstrip('/')}{PREFIX}"
