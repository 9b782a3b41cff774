"""Where does an instance keep its signing keys, its last checkpoints and its policy? In one folder, `ledger`.

The folder is kept apart from the databases and never rolled back with them: `remembered.db` reveals a restored log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shared.eventlog.store import SqlStore
from shared.ledger.asking import Ask, Impatient, ask_over_http
from shared.ledger.checkpoint import origin_of
from shared.ledger.contradicted import Contradictions
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
    """The ledger folder of one city."""

    path: Path
    city_key: str

    def origin(self, store: SqlStore) -> str:
        """The name of a service's log for other cities.

        Raises: LogUnavailable.
        """
        return origin_of(self.city_key, store.log.service, store.log.head().incarnation)

    def key_path(self, service: str) -> Path:
        """The path of a service's signing key."""
        return self.path / "keys" / f"{service}.pem"

    def contradictions(self, service: str) -> Contradictions:
        """What witnesses have seen otherwise of a service's log, and the operators' answers."""
        return Contradictions(self.path / "contradictions.ndjson", service)

    @property
    def witness_path(self) -> Path:
        """The path of the key with which this city cosigns."""
        return self.path / "keys" / "witness.pem"

    def signer(self, store: SqlStore) -> Signer:
        """The key that signs for a service's log, made on first use.

        Raises: BadNote for a file that holds no key; LogUnavailable.
        """
        return signer_of(self.key_path(store.log.service), self.origin(store))

    def remembered(self) -> Remembered:
        """The checkpoints that were signed last, whatever the databases hold."""
        return Remembered(self.path / "remembered.db")

    def issuer(
        self, store: SqlStore, announce: Announce = lambda _checkpoint, _note, _now: None
    ) -> CheckpointIssuer:
        """The signer of a service's log.

        Raises: BadNote, LogUnavailable.
        """
        return CheckpointIssuer(store.log, store.shelf, self.signer(store), self.remembered(), announce)

    def policy(self, stores: Iterable[SqlStore]) -> str:
        """The operator's policy in the folder, else a policy that names the logs and requires no witness.

        Raises: BadSetting, BadNote, LogUnavailable.
        """
        return self.own_policy() or policy_text([self.signer(store).key for store in stores], {}, 0)

    @property
    def policy_path(self) -> Path:
        """The path of the operator's policy, which lists the witnesses to ask."""
        return self.path / POLICY

    def own_policy(self) -> str:
        """The operator's policy in the folder; empty when there is none.

        Raises: BadSetting.
        """
        return written_in(self.policy_path) if self.policy_path.is_file() else ""


def policy_of(folder: LedgerFolder) -> Policy:
    """The witnesses that this city asks to cosign, and the number required; none without a policy.

    Raises: BadSetting, naming file and line.
    """
    return lines_of(folder.policy_path, folder.own_policy() or NOBODY)


def written_in(path: Path) -> str:
    """The text of an operator's file, without a byte order mark.

    Raises: BadSetting for another encoding; FileNotFoundError.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 text; save it as UTF-8"
        raise BadSetting(msg) from error


def lines_of(path: Path, text: str) -> Policy:
    """The parsed lines of an operator's file.

    Raises: BadSetting, naming file and line.
    """
    try:
        return parse_policy(text)
    except BadNote as error:
        msg = f"{path}: {error}"
        raise BadSetting(msg) from error


def vouching_for(app: App, store: SqlStore, folder: LedgerFolder, ask: Ask = ask_over_http) -> Vouching:
    """The loop that vouches for a service's log; call its `begin` before the service opens.

    Raises: BadNote for a malformed key; BadSetting for a malformed policy; LogUnavailable.
    """
    issuer = folder.issuer(store, announcing(app))
    policy = policy_of(folder)
    asked = Cosigning(issuer.origin, store.shelf, policy, Impatient(ask), issuer.unkept)
    kept = folder.contradictions(store.log.service)
    return Vouching(store.log, issuer, asked if policy.witnesses else None, kept=kept)
