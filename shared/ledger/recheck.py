"""Do the records still lead to every checkpoint that was signed? All hashes are computed anew, no kept one is used."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from shared.events.codec import decode, decode_envelope
from shared.events.process import IncarnationBegan
from shared.ledger.checkpoint import Checkpoint, read_checkpoint
from shared.ledger.keys import Successor, parse_statement
from shared.ledger.merkle import Frontier, leaf_hash
from shared.ledger.note import BadNote, VerifierKey, parse_note
from shared.ledger.port import Log

PAGE = 2_000
BEGAN = b".IncarnationBegan.v"


@dataclass(slots=True)
class Recheck:
    """The result for one log: its records, how many checkpoints fit, and a sentence for each that does not."""

    n_records: int = 0
    n_fitting: int = 0
    contradictions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Loss:
    """What the log says about a loss: an incarnation began at this position, behind `kept` records."""

    position: int
    incarnation: int
    kept: int


def recheck(
    log: Log,
    notes: Mapping[str, Iterable[str]],
    keys: Sequence[VerifierKey] | None,
    *,
    goes_on: bool = False,
) -> Recheck:
    """Compare the whole log with checkpoints; `notes` are checkpoints by the place where they were kept.

    A checkpoint beyond the end of the log is no contradiction: its records are lost, and the caller reports that. Nor
    is one of an earlier incarnation over records of which the log says that they were lost, where a fitting checkpoint
    covers what it says. With `goes_on`, a restore that stopped goes on: such a last record need not be covered yet.
    Without `keys` no signature is checked.
    Raises: LogUnavailable.
    """
    result = Recheck()
    wanted = _wanted(notes, keys, result)
    differing: list[tuple[str, Checkpoint]] = []
    losses: list[_Loss] = []
    tree, after, covered = Frontier(), 0, 0
    while records := log.read(after=after, limit=PAGE):
        for record in records:
            if record.position != after + 1:
                result.contradictions.append(f"record {after + 1} is missing")
                return result
            after = record.position
            tree.append(leaf_hash(record.record))
            losses += _losses(record.record)
            for place, checkpoint in wanted.get(after, ()):
                if checkpoint.root == tree.root():
                    result.n_fitting, covered = result.n_fitting + 1, after
                else:
                    differing.append((place, checkpoint))
    result.n_records = after
    believed = [loss for loss in losses if loss.position <= covered or (goes_on and loss.position == after)]
    result.contradictions += _contradictions(losses, believed, differing)
    return result


def _contradictions(
    losses: Iterable[_Loss], believed: Collection[_Loss], differing: Iterable[tuple[str, Checkpoint]]
) -> Iterator[str]:
    for loss in losses:
        if loss not in believed:
            yield (
                f"record {loss.position} says that records were lost, and nothing that this city signed covers it"
            )
    for place, checkpoint in differing:
        if not _is_lost(checkpoint, believed):
            yield (
                f"the first {checkpoint.size} records differ from those that were signed, "
                f"by the checkpoint in {place}"
            )


def own_keys(origins: Iterable[str], current: VerifierKey, statements: Iterable[str]) -> list[VerifierKey]:
    """The keys that this city has signed a log with: the current one, and those that gave way to it, by each origin."""
    publics = {current.public}
    successions = [
        statement
        for note in map(parse_note, statements)
        if isinstance(statement := parse_statement(note), Successor)
        and len(note.signers([statement.old, statement.new])) == len((statement.old, statement.new))
    ]
    while earlier := {each.old.public for each in successions if each.new.public in publics} - publics:
        publics |= earlier
    return [VerifierKey(origin, current.kind, public) for origin in origins for public in publics]


def _wanted(
    notes: Mapping[str, Iterable[str]], keys: Sequence[VerifierKey] | None, result: Recheck
) -> dict[int, list[tuple[str, Checkpoint]]]:
    """The checkpoints that a key of this city signed, by size; what is none of those is a contradiction itself."""
    wanted: dict[int, list[tuple[str, Checkpoint]]] = defaultdict(list)
    for place, kept in notes.items():
        for text in kept:
            try:
                checkpoint, note = read_checkpoint(text)
                is_own = keys is None or bool(
                    note.signers([key for key in keys if key.name == checkpoint.origin])
                )
            except BadNote as error:
                result.contradictions.append(f"a checkpoint in {place} is not valid: {error}")
                continue
            if is_own:
                wanted[checkpoint.size].append((place, checkpoint))
            else:
                result.contradictions.append(
                    f"no key of this city signed the checkpoint over {checkpoint.size} records in {place}"
                )
    return wanted


def _losses(record: bytes) -> Iterator[_Loss]:
    """The loss of which a record speaks, if any."""
    if BEGAN not in record:  # much cheaper than to read each
        return
    with suppress(ValueError):  # what can't be read says nothing
        event = decode(record)
        if isinstance(event.data, IncarnationBegan):
            yield _Loss(event.position, _incarnation(decode_envelope(record).source), event.data.kept)


def _is_lost(checkpoint: Checkpoint, losses: Iterable[_Loss]) -> bool:
    """Whether the log says that records which the checkpoint covers were lost after it was signed."""
    incarnation = int(checkpoint.origin.rpartition("/")[2])
    return any(loss.incarnation > incarnation and loss.kept < checkpoint.size for loss in losses)


def _incarnation(source: str) -> int:
    return int(source.rpartition(":")[2])
