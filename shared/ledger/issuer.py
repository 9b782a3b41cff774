"""When is a checkpoint signed, and when must none be?

The tree follows the log; nothing is signed that contradicts what was signed before.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from shared.ledger.checkpoint import Checkpoint, read_checkpoint
from shared.ledger.merkle import leaf_hash, root_of
from shared.ledger.note import Note, Signer
from shared.ledger.port import Log, Shelf
from shared.ledger.remembered import Moved, Remembered
from shared.ledger.tiles import Tiles

EVERY = timedelta(seconds=60)
EVENTS = 1_000
"""After how many events a checkpoint does not wait for the time to pass."""

BATCH = 2_000
"""How many records are taken in at a time: some ten milliseconds, in which nobody else runs."""

EVENT_NAME = "CheckpointIssued"
"""The event that announces a checkpoint; such events alone need no further checkpoint."""

Announce: TypeAlias = Callable[[Checkpoint, Note, datetime], None]


class HistoryRefused(Exception):  # noqa: N818 - says what happened
    """The log differs from what was signed: nothing is signed or appended any more; a sentence says why."""


class CheckpointIssuer:
    """Keeps the tree of one log and signs for it; any number may run, each checkpoint is signed by one."""

    def __init__(
        self,
        log: Log,
        shelf: Shelf,
        signer: Signer,
        remembered: Remembered,
        announce: Announce = lambda _checkpoint, _note, _now: None,
    ) -> None:
        """`signer` bears the log's origin as its name; `announce` is told of each checkpoint, sometimes twice."""
        self.origin = signer.name
        self._log = log
        self._shelf = shelf
        self._tiles = Tiles(shelf)
        self._signer = signer
        self._remembered = remembered
        self._announce = announce
        self.taken = 0
        """How many records the tree held when new ones were last taken in."""

    def step(self, now: datetime) -> int:
        """Take in new records, and sign when it is time; how many records were taken in.

        Raises: HistoryRefused.
        """
        n_taken = self._take_in()
        self.check(caught_up=n_taken < BATCH)
        if n_taken < BATCH and self._is_due(*self._last(now), now):
            self.issue(now)
        return n_taken

    def check(self, *, caught_up: bool = False) -> None:
        """See that the log still begins with what was signed last: at the start, and before each signature.

        Raises: HistoryRefused.
        """
        note = self._remembered.last(self.origin)
        if note is None:
            return
        signed, _ = read_checkpoint(note)
        taken = self._tiles.size()
        size = min(self._log.head().position, taken) if caught_up else self._log.head().position
        if size < signed.size:
            raise HistoryRefused(
                f"{self.origin} has {size} records, but a checkpoint over {signed.size} was signed; bring the "
                "database forward from its write-ahead log, or restore it and open a new incarnation."
            )
        if taken >= signed.size and not self._begins_with(signed):
            raise HistoryRefused(
                f"{self.origin} no longer begins with the {signed.size} records that were signed; verify an export "
                "to see what was changed, then restore the database."
            )

    def rebuild(self) -> None:
        """Compute the kept hashes anew from the records and compare them with what was signed.

        Raises: HistoryRefused.
        """
        self.take_in_anew()
        self.check(caught_up=True)

    def take_in_anew(self) -> None:
        """Forget the kept hashes and compute them from the records; nothing is compared.

        Raises: HistoryRefused when a record is missing.
        """
        self._shelf.clear_tiles()
        while self._take_in() == BATCH:
            pass

    def issue(self, now: datetime) -> Checkpoint | None:
        """Sign for all that was taken in; None when this key did so already, or somebody was faster.

        After a key gave way, the new one adds its signature to the old one's, also where nothing happened since.

        Raises: HistoryRefused.
        """
        kept = self._remembered.last(self.origin)
        self.check(caught_up=True)
        size = self._tiles.size()
        checkpoint = Checkpoint(self.origin, size, root_of(size, self._tiles.nodes()))
        before = self._signed_before(str(checkpoint), kept)
        if any(map(self._signer.key.made, before.signatures)):
            return None
        note = before.with_signatures([self._signer.sign(before.text)])
        try:
            # First outside the database: whatever becomes of the database, this signature has been given.
            self._remembered.move(str(note), expected=kept)
        except Moved:
            return None
        self._keep(checkpoint, note, now)
        return checkpoint

    def unkept(self) -> str | None:
        """A checkpoint over what was taken in that is kept nowhere: to ask witnesses where none survives."""
        size = self._tiles.size()
        if size == 0:
            return None
        text = str(Checkpoint(self.origin, size, root_of(size, self._tiles.nodes())))
        return str(Note(text, ()).with_signatures([self._signer.sign(text)]))

    def _signed_before(self, text: str, kept: str | None) -> Note:
        """The same checkpoint with the signatures that it has: the shelf may hold cosignatures, too."""
        shelved = self._shelf.last_checkpoint(self.origin)
        notes = [read_checkpoint(note)[1] for note in (kept, shelved[0] if shelved else None) if note]
        signatures = [signature for note in notes if note.text == text for signature in note.signatures]
        return Note(text, ()).with_signatures(signatures)

    def _keep(self, checkpoint: Checkpoint, note: Note, now: datetime) -> None:
        # Announced before it is stored: a stop between the two announces it twice, but never leaves it out.
        self._announce(checkpoint, note, now)
        self._shelf.put_checkpoint(self.origin, checkpoint.size, str(note), now)

    def _last(self, now: datetime) -> tuple[int, datetime | None]:
        """Size and time of the last checkpoint; one that a stop kept from being shelved is shelved now."""
        remembered, kept = self._remembered.last(self.origin), self._shelf.last_checkpoint(self.origin)
        size, signed_at = (read_checkpoint(kept[0])[0].size, kept[1]) if kept else (0, None)
        if remembered is not None:
            checkpoint, note = read_checkpoint(remembered)
            if signed_at is None or size < checkpoint.size:
                self._keep(checkpoint, note, now)
                return checkpoint.size, now
        return size, signed_at

    def _is_due(self, since: int, signed_at: datetime | None, now: datetime) -> bool:
        # A clock that was set back must not keep the log unsigned until it has caught up again.
        waited = signed_at is None or abs(now - signed_at) >= EVERY
        n_grown = self._tiles.size() - since
        if n_grown == 0 or not (waited or n_grown >= EVENTS):
            return False
        records = self._log.read(after=since, limit=2 * EVENTS)
        n_fresh = sum(f".{EVENT_NAME}.v" not in record.type for record in records)
        return n_fresh >= (1 if waited else EVENTS)

    def _take_in(self) -> int:
        size = self._tiles.size()
        records = self._log.read(after=size, limit=BATCH)
        for position, record in enumerate(records, size + 1):
            if record.position != position:
                raise HistoryRefused(f"{self.origin} has no record {position}; restore the database.")
        if records:
            self._tiles.extend(size, [leaf_hash(record.record) for record in records])
        self.taken = size + len(records)
        return len(records)

    def _begins_with(self, signed: Checkpoint) -> bool:
        """Whether the tree has the signed root, and the last record under it is still the one in the tree."""
        if signed.size == 0:
            return True
        nodes = self._tiles.nodes()
        last = self._log.read(after=signed.size - 1, limit=1)
        try:
            if root_of(signed.size, nodes) != signed.root:
                return False
            return len(last) == 1 and leaf_hash(last[0].record) == nodes(0, signed.size - 1)
        except LookupError as error:
            raise HistoryRefused(
                f"the kept hashes of {self.origin} are not complete ({error}); have them made anew from the records."
            ) from error
