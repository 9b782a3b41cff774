"""Where are an instance's signing keys, what it remembers, and whom it believes? In one folder, `ledger`.

Apart from the databases, and never rolled back with them: `remembered.db` tells a restored log from the true one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shared.eventlog.store import SqlStore
from shared.ledger.asking import Ask, Impatient, ask_over_http
from shared.ledger.checkpoint import origin_of
from shared.ledger.cosigning import Cosigning
from shared.ledger.issuer import Announce, CheckpointIssuer
from shared.ledger.keys import signer_of
from shared.ledger.note import BadNote, Signer
from shared.ledger.policy import NONE, Policy, parse_policy, policy_text
from shared.ledger.remembered import Remembered
from shared.service.app import App
from shared.service.settings import BadSetting
from shared.service.vouching import Vouching, announcing

POLICY = "policy.txt"
FOLDER = "ledger"
NOBODY = f"quorum {NONE}\n"


@dataclass(frozen=True, slots=True)
class LedgerFolder:
    """The ledger's folder of one city."""

    path: Path
    city_key: str

    def origin(self, store: SqlStore) -> str:
        """The name of a service's log in the world.

        Raises: LogUnavailable.
        """
        return origin_of(self.city_key, store.log.service, store.log.head().incarnation)

    def key_path(self, service: str) -> Path:
        """Where a service's signing key is."""
        return self.path / "keys" / f"{service}.pem"

    def signer(self, store: SqlStore) -> Signer:
        """The key that speaks for a service's log, made on the first use.

        Raises: BadNote for a file that holds no key; LogUnavailable.
        """
        return signer_of(self.key_path(store.log.service), self.origin(store))

    def remembered(self) -> Remembered:
        """What was signed last, whatever the databases say."""
        return Remembered(self.path / "remembered.db")

    def issuer(
        self, store: SqlStore, announce: Announce = lambda _checkpoint, _note, _now: None
    ) -> CheckpointIssuer:
        """Who signs for a service's log.

        Raises: BadNote, LogUnavailable.
        """
        return CheckpointIssuer(store.log, store.shelf, self.signer(store), self.remembered(), announce)

    def policy(self, stores: Iterable[SqlStore]) -> str:
        """The policy that the operator put into the folder; else one that names the logs and asks for no witness.

        Raises: BadSetting, BadNote, LogUnavailable.
        """
        return self.own_policy() or policy_text([self.signer(store).key for store in stores], {}, 0)

    @property
    def policy_path(self) -> Path:
        """Where the operator says who is asked to cosign."""
        return self.path / POLICY

    def own_policy(self) -> str:
        """The policy that the operator put into the folder; empty when there is none.

        Raises: BadSetting.
        """
        return written_in(self.policy_path) if self.policy_path.is_file() else ""


def policy_of(folder: LedgerFolder) -> Policy:
    """Whom this city asks to cosign, and how many it takes; nobody where the operator says nothing.

    Raises: BadSetting, naming file and line.
    """
    return lines_of(folder.policy_path, folder.own_policy() or NOBODY)


def written_in(path: Path) -> str:
    """What the operator wrote into a file; an editor's mark at its beginning says nothing.

    Raises: BadSetting for another encoding; FileNotFoundError.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path} is not text in UTF-8; save it anew as such"
        raise BadSetting(msg) from error


def lines_of(path: Path, text: str) -> Policy:
    """The lines of a file that the operator wrote.

    Raises: BadSetting, naming file and line.
    """
    try:
        return parse_policy(text)
    except BadNote as error:
        msg = f"{path}: {error}"
        raise BadSetting(msg) from error


def vouching_for(app: App, store: SqlStore, folder: LedgerFolder, ask: Ask = ask_over_http) -> Vouching:
    """The loop that vouches for a service's log; call its `begin` before the service opens.

    Raises: BadNote for a key that is none; BadSetting for a policy that is none; LogUnavailable.
    """
    issuer = folder.issuer(store, announcing(app))
    policy = policy_of(folder)
    asked = Cosigning(issuer.origin, store.shelf, policy, Impatient(ask)) if policy.witnesses else None
    return Vouching(store.log, issuer, asked)
