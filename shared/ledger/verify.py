"""Is the history in this export the one that was signed and witnessed, unchanged?

V1 signatures, witnesses, origin. V2 every hash and the root, made anew from the records. V3 every checkpoint, also one
seen before, has that root, or the log says that it lost it. V4 positions, versions, ids and times are in order. V5 each
sealed slot is there, or its erasure was asked for and logged. Needs the standard library and `cryptography` only; exit
code 0: all holds; 1: it does not, a line for each finding says where; 2: used wrongly.
"""

import argparse
import base64
import json
import re
import stat
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from hashlib import blake2b, file_digest, sha256
from itertools import pairwise
from operator import ge, itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SEGMENT, HASH, AT_ONCE = 16_384, 32, 8  # records in a segment, bytes in a hash or key, segments in memory
MOST, MOST_TEXT, LONGEST, MOST_SLOTS = (
    1 << 30,
    1 << 27,
    1 << 20,
    64 * SEGMENT,
)  # bytes in a file, a text, a line
SEGMENT_FILE = re.compile(r"(records|slots|hashes)-([0-9]{6})\.(ndjson|bin)")
ORIGIN = re.compile(r"(([0-9]+)\.kosilab/([a-z]+)/)([1-9][0-9]{0,8})")
CHECKPOINT = re.compile(r"([^\n]+/[1-9][0-9]{0,8})\n(0|[1-9][0-9]{0,15})\n(\S+)")
STATEMENT = r"kosilab/key-statement/v1\nkey (\S+)\n"
SUCCESSOR = re.compile(STATEMENT + r"succeeded by (\S+)\nat size (0|[1-9][0-9]{0,15})\ntime [0-9]+\n")
COMPROMISED = re.compile(STATEMENT + r"compromised\ntime [0-9]+\n")
WANTED = itemgetter("sequence", "type", "subject", "commandid", "id", "previous", "audience", "recordedtime")
DECODE = json.JSONDecoder(parse_constant=int).decode  # and no NaN
BAD = (ValueError, LookupError, TypeError, AttributeError, RecursionError)  # from files of another form


class Judged:
    """What is checked at a place, and what does not hold there: by check and sentence the positions."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.findings = defaultdict[tuple[str, str], list[int]](list)
        self.events: dict[str, dict[Any, Any]] = {"erased": {}, "erasing": {}, "asked": {}, "began": {}}

    def must(self, holds: object, check: str, position: int, sentence: str) -> None:
        """Note it when something does not hold; position 0 where there is none."""
        if not holds:
            self.findings[check, sentence].append(position)


class Note(NamedTuple):
    """A signed text, the names and bytes of its signatures; of a checkpoint also what it says."""

    text: str
    signatures: list[tuple[str, bytes]]
    origin: str = ""
    size: int = 0
    root: bytes = b""


class Key(NamedTuple):
    """A public key by its owner's name; of kind 1 it signs, of kind 4 it cosigns and says when."""

    name: str
    kind: int
    public: bytes

    def signed(self, note: Note) -> bool:
        """Whether this key signed. Raises: ValueError when a signature names it and does not fit."""
        signer = note.origin or self.name if self.kind == 1 else self.name  # a log signs as each incarnation
        key_id = sha256(b"%b\n%c%b" % (signer.encode(), self.kind, self.public)).digest()[:4]
        mine = [raw[4:] for name, raw in note.signatures if (name, raw[:4]) == (signer, key_id)]
        try:
            for raw in mine:
                time = b"" if self.kind == 1 else b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[:-64])
                Ed25519PublicKey.from_public_bytes(self.public).verify(raw[-64:], time + note.text.encode())
        except InvalidSignature:
            raise ValueError(f"{self.name} has a signature that does not fit the text") from None
        return bool(mine)


def unpacked(text: str) -> bytes:
    """The bytes in a base64 text, the only one that stands for them."""
    raw = base64.b64decode(text.encode(), validate=True)
    if base64.b64encode(raw) != text.encode():
        raise TypeError(text)
    return raw


def key_in(text: str) -> Key:
    """The key in `name+id+key`; its id is made anew where it is used."""
    name, _, rest = text.partition("+")
    raw = unpacked(rest.partition("+")[2])
    if not name or len(raw) != 1 + HASH or raw[0] not in {1, 4}:
        raise ValueError("a public key must have the form name+id+key")
    return Key(name, raw[0], raw[1:])


def notes_in(path: Path) -> list[Note]:
    """The notes in a file, with an empty line between them: checkpoints, and statements about keys."""
    notes = []
    for part in filter(None, re.split(r"\n\n(?!— )", path.read_text("utf-8"))):
        text, gap, lines = part.removesuffix("\n").rpartition("\n\n")
        signed = [re.fullmatch(r"— (\S+) (\S+)", line) for line in lines.split("\n")]
        checkpoint = CHECKPOINT.fullmatch(text)
        if not gap or not all(signed) or not (checkpoint or re.match(STATEMENT, text)):
            raise ValueError(f"{path.name} holds something other than signed notes")
        of = (checkpoint[1], int(checkpoint[2]), unpacked(checkpoint[3])) if checkpoint else ()
        notes.append(Note(text + "\n", [(each[1], unpacked(each[2])) for each in signed if each], *of))
    return notes


def is_other(path: Path) -> bool:
    """Whether a name in an export is no plain file of a bearable size, and no folder: a pipe would never end."""
    kind = path.lstat()
    most = MOST if SEGMENT_FILE.fullmatch(path.name) else MOST_TEXT
    return not (stat.S_ISDIR(kind.st_mode) or (stat.S_ISREG(kind.st_mode) and kind.st_size <= most))


def digest_of(path: Path) -> str:
    """The digest of a file of any size."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class Policy:
    """The logs' keys, the witnesses' keys, groups of witnesses, and which of them must have cosigned."""

    def __init__(self, text: str) -> None:
        named = re.findall(r"(?m)^[ \t]*witness[ \t]+(\S+)[ \t]+(\S+)", text)
        groups = re.findall(r"(?m)^[ \t]*group[ \t]+(\S+)[ \t]+(all|any|[1-9][0-9]*)[ \t]+(.+)$", text)
        self.logs = [key_in(key) for key in re.findall(r"(?m)^[ \t]*log[ \t]+(\S+)", text)]
        self.witnesses = {name: key_in(key) for name, key in named}
        self.groups = {name: (least, {*members.split()}) for name, least, members in groups}
        self.quorum, *others = re.findall(r"(?m)^[ \t]*quorum[ \t]+(\S+)", text) or [""]
        if others or self.quorum not in {"none", *self.witnesses, *self.groups}:
            raise ValueError("the policy needs one quorum of witnesses that it names")

    def is_met_by(self, note: Note, name: str = "", met: dict[str, bool] | None = None) -> bool:
        """Whether witnesses enough cosigned; `met` is of which groups that is known: each is asked once."""
        name, met = name or self.quorum, {} if met is None else met
        if name not in self.groups:
            return name == "none" or self.witnesses[name].signed(note)
        if name not in met:
            least, members = self.groups[name]
            n_met = sum([self.is_met_by(note, member, met) for member in members])
            met[name] = n_met >= ({"any": 1, "all": len(members)}.get(least) or int(least))
        return met[name]


class Keyring:
    """The keys that speak for a log, each up to a size: the policy's and whom they named; and the compromised ones."""

    def __init__(self, first: list[Key], statements: list[Note]) -> None:
        self.compromised: set[Key] = set()
        self._follow(first, statements)
        for note in statements:
            if match := COMPROMISED.fullmatch(note.text):
                key = key_in(match[1])
                if not sum([signer.signed(note) for signer in (*self.until, key)]):
                    raise ValueError("no known key signed a statement about a key")
                self.compromised.add(key)
        self._follow(first, statements)  # once more: whom only a compromised key named is not believed

    def _follow(self, first: list[Key], statements: list[Note]) -> None:
        self.until = dict.fromkeys(first, sys.maxsize)
        for note in statements:
            if match := SUCCESSOR.fullmatch(note.text):
                old, new = key_in(match[1]), key_in(match[2])
                if old in self.until.keys() - self.compromised and old.signed(note) and new.signed(note):
                    self.until |= {old: int(match[3]), new: self.until.get(new, sys.maxsize)}

    def counts(self, note: Note, policy: Policy) -> bool | None:
        """Whether a checkpoint counts; not if a compromised key alone signed it. None: no key that is known did."""
        signers = {key for key, until in self.until.items() if note.size <= until and key.signed(note)}
        is_safe = bool(signers - self.compromised) or (policy.quorum != "none" and policy.is_met_by(note))
        return is_safe if signers else None


def grow(hashes: list[bytes], size: int, leaf: bytes) -> None:
    """Add a leaf, or a full subtree, behind `size` of its kind; `hashes` are the roots of full subtrees."""
    while size & 1:
        leaf, size = sha256(b"\x01" + hashes.pop() + leaf).digest(), size >> 1
    hashes.append(leaf)


def root_over(hashes: list[bytes]) -> bytes:
    """The root over full subtrees side by side (RFC 6962)."""
    return reduce(lambda r, left: sha256(b"\x01" + left + r).digest(), hashes[::-1] or [sha256().digest()])


class Segment(Judged):
    """The files of one segment; a worker reads it and gives back rows, subtrees, also by size, and unmatched slots."""

    def __init__(self, log: "History", number: int) -> None:
        super().__init__(log.place)
        self.number, self.begin, self.key = number, (number - 1) * SEGMENT, log.key
        self.folder, self.source, self.with_slots, self.n_slots = log.folder, log.source, log.with_slots, 0
        self.sizes, self.rows = {note.size for note in log.checkpoints}, list[tuple[Any, ...]]()
        self.hashes, self.roots, self.sealed = list[bytes](), dict[int, list[bytes]](), dict[str, Any]()

    def lines(self, name: str, most: int, longest: int = LONGEST) -> Iterator[bytes]:
        """The lines of a file of the segment, none when there is no file; pieces of fixed size where `most` is 0.

        Raises: ValueError for more lines, or longer ones.
        """
        path = self.folder / name.replace(".", f"-{self.number:06d}.")
        if not path.is_file():
            return
        with path.open("rb") as file:
            read = file.read if most == 0 else file.readline
            for n, line in enumerate(iter(lambda: read(longest), b"")):
                if most and (n == most or len(line) == longest):
                    raise ValueError(f"{path.name} has too many lines, or too long ones")
                yield line

    def read(self) -> "Segment":
        """Read the records, their hashes and the slots; what stays in `sealed` is missing (V5)."""
        kept = self.lines("hashes.bin", 0, HASH)
        for n, line in enumerate(self.lines("records.ndjson", SEGMENT)):
            leaf, at = sha256(b"\x00" + line.removesuffix(b"\n")).digest(), self.begin + n + 1
            grow(self.hashes, n, leaf)
            self.must(leaf == next(kept, b""), "V2", at, "the record does not match its stored hash")
            if at in self.sizes:
                self.roots[at] = list(self.hashes)
            try:
                self.rows.append(self.row(DECODE(line.decode()), at))
            except BAD:
                self.rows.append(())
        for line in self.lines("slots.ndjson", MOST_SLOTS):
            try:
                slot = DECODE(line.decode())
                at, ct = self.sealed.pop(f"{slot['position']:d}/{slot['name']:s}", (0, ""))
                digest = sha256(unpacked(slot["sealed"])).hexdigest() if self.with_slots else ct
                is_it = f"{slot['ct']:s}" == ct == digest
                self.must(is_it, "V5", at, "the slot differs from the one that the record names")
                self.n_slots += 1
            except BAD:
                self.must(False, "V5", 0, "a line is not a slot, or lacks its ciphertext")
        return self

    def row(self, event: Any, position: int) -> tuple[Any, ...]:
        """What is held against the records before (V4); ids as 64 bits, keyed by the root: none are forged."""
        sequence, kind, stream, command, event_id, previous, audience, time = WANTED(event)
        version, source = event["streamversion"], re.fullmatch(self.source, event["source"])
        texts = {type(each) for each in (sequence, previous, audience, time)} == {str}
        if not (texts and type(version) is int and source and kind.startswith(f"kosilab.{self.place}.")):
            raise ValueError("the record belongs to another log")
        marks = [blake2b(each.encode(), digest_size=8, key=self.key) for each in (stream, command, event_id)]
        now, data = (time[:19] + time[20:-1].ljust(9, "0"), int(source[1])), event["data"]
        digests = dict.items(event.get("sealed", {}))
        sealed = {f"{position}/{name}": (position, f"{digest['ct']:s}") for name, digest in digests}
        if ".SlotsErased.v" in kind:
            slots = [f"{slot['position']:d}/{slot['name']:s}" for slot in list.copy(data["slots"])]
            self.events["erasing"][f"{data['erasure_id']:s}"] = position
            self.events["erased"] |= dict.fromkeys(slots, position)
        elif ".ErasureRequested.v" in kind:
            self.events["asked"][stream.removeprefix("erasure-")] = position
        elif ".IncarnationBegan.v" in kind:
            lost, note = range(data["kept"], data["signed"]), f"{data['note']:s}"
            if max(map(abs, (lost.start, lost.stop))) >= 1 << 53:
                raise ValueError("no log is so long")
            self.events["began"][now[1]] = (position, lost, note)
        self.sealed |= sealed
        return (*[mark.digest() for mark in marks], version, sequence, previous, audience, now)


class History(Judged):
    """One log: its checkpoints, and what the records of all segments say together."""

    def __init__(self, folder: Path, entry: Any, policy: Policy, earlier: list[Note], *, slots: bool) -> None:
        super().__init__(folder.name)
        match = ORIGIN.fullmatch(entry["origin"])
        if not match or match[3] != entry["service"] or type(entry.get("size")) is not int:
            raise ValueError("the manifest names something that is not a log")
        self.folder, self.name, self.size, self.with_slots = folder, match[1], entry["size"], slots
        self.source = rf"urn:kosilab:{match[2]}:{match[3]}:([1-9][0-9]{{0,8}})"
        self.ids, self.commands, self.commanded = array("Q"), array("Q"), array("Q")
        self.last: Any = ("", 1)
        self.streams, self.audiences, self.starts = dict[int, int](), dict[str, int](), dict[int, int]()
        first = [key for key in policy.logs if key.name.startswith(self.name)]
        mine = [n for n in earlier if n.origin.startswith(self.name) or f"\nkey {self.name}" in n.text]
        ring = Keyring(first, notes_in(folder / "keys.txt") + mine)
        kept = notes_in(folder / "checkpoints.txt")
        for n in kept:
            self.must(n.origin.startswith(self.name), "V1", n.size, "the checkpoint belongs to another log")
        counted = [(n, ring.counts(n, policy)) for n in kept + [n for n in mine if n.origin]]
        for note, counts in counted:
            self.must(counts is not None, "V1", note.size, "no known key signed the checkpoint")
        self.checkpoints = [note for note, counts in counted if counts is not False]
        own = [n for n, is_it in counted[: len(kept)] if is_it is not False and n.origin == match[0]]
        self.newest, self.key = max(((n.size, n.root) for n in own), default=(0, b""))
        self.asks = self.size > 0 and policy.quorum != "none"
        self.cosigned = [note for note in self.checkpoints if self.asks and policy.is_met_by(note)]
        self.must(self.newest == self.size, "V2", self.newest, "no checkpoint covers all records")

    def join(self, segments: Iterable[Segment]) -> None:
        """Hold records against those before, roots against checkpoints, slots against erasures; print a line."""
        hashes, roots, n_slots = list[bytes](), {0: root_over([])}, 0
        missing, erased, began = dict[str, int](), self.events["erased"], self.events["began"]
        for n, segment in enumerate(segments):
            for finding, positions in segment.findings.items():
                self.findings[finding] += positions
            roots |= {size: root_over(hashes + top) for size, top in segment.roots.items()}
            grow(hashes, n, root_over(segment.hashes))
            missing |= {slot: at for slot, (at, _) in segment.sealed.items()}
            n_slots += segment.n_slots
            for kind in self.events:
                self.events[kind] |= segment.events[kind]
            for row in segment.rows:
                self.follow(row)
        lost = [note for note in self.checkpoints if not self.holds(note, roots.get(note.size))]
        witnessed = [note.size for note in self.cosigned if note not in lost]
        self.must(witnessed or not self.asks, "V1", 0, "no checkpoint has enough witnesses")
        for marks, places in ((self.ids, range(1, len(self.ids) + 1)), (self.commands, self.commanded)):
            for a, b in pairwise(sorted(range(len(marks)), key=marks.__getitem__)):
                self.must(marks[a] != marks[b], "V4", places[b], "an event or a command appears twice")
        self.must(len(self.ids) == self.size, "V2", len(self.ids), "records are missing or surplus")
        for number, at in self.starts.items():
            is_told = number == 1 or began.get(number, (0,))[0] == at
            self.must(is_told, "V4", at, "an incarnation begins here without naming what was lost")
        for slot, at in {**missing, **erased}.items():
            self.must(slot in erased, "V5", at, "a sealed slot is missing without an erasure")
            self.must(slot in missing, "V5", at, "an erased slot is still there or never existed")
        line = f"witnessed up to {max(witnessed, default=0)}, {n_slots} sealed slots, {len(erased)} erased"
        for number, (at, gone, _) in sorted(began.items()):
            line += f"; incarnation {number} from {at} on, {len(gone)} records lost before it"
        line += f"; {len(lost)} checkpoints cover lost records" if lost else ""
        print(f"{self.place}: {len(self.ids)} records, {len(self.checkpoints)} checkpoints, {line}")

    def holds(self, checkpoint: Note, root: bytes | None) -> bool:
        """Whether what a checkpoint is over is there, with its root; else an incarnation must say that it was lost."""
        own = int(checkpoint.origin.rpartition("/")[2])
        number, end = next(((n, at) for n, at in self.starts.items() if n > own), (0, len(self.ids) + 1))
        at, lost, note = self.events["began"].get(number, (0, range(0), ""))
        is_there, is_told = checkpoint.size < end, at == end == lost.start + 1 and checkpoint.size - 1 in lost
        self.must(is_there or is_told, "V3", end - 1, "signed records are missing after this position")
        is_named = note.startswith(f"{checkpoint.origin}\n{checkpoint.size}\n")
        is_it = root == checkpoint.root if is_there else note.startswith(checkpoint.text) or not is_named
        check = "V2" if checkpoint.size == self.newest else "V3"
        self.must(is_it, check, checkpoint.size, "the root up to this position differs")
        return is_there

    def follow(self, row: tuple[Any, ...]) -> None:
        """Whether the next record is in order with those before (V4)."""
        at = len(self.ids) + 1
        self.must(row, "V4", at, "the line is not a record of this log")
        self.ids.frombytes(row[2] if row else at.to_bytes(8))
        if row:
            stream, command, _, version, sequence, previous, audience, now = row
            last, before = f"{self.audiences.get(audience, 0):020d}", self.streams.get(stream, 0)
            self.must(sequence == f"{at:020d}", "V4", at, "the record belongs at another position")
            self.must(version == before + 1, "V4", at, "the stream lacks the version before this one")
            self.must(previous == last, "V4", at, "`previous` names another record")
            self.must(all(map(ge, now, self.last)), "V4", at, "the time, or the incarnation, runs backwards")
            self.streams[stream], self.audiences[audience], self.last = version, at, now
            self.starts.setdefault(now[1], at)
            if self.commands[-1:].tobytes() != command:
                self.commands.frombytes(command)
                self.commanded.append(at)


def read_all(segments: list[Segment]) -> Iterator[Segment]:
    """The segments, read by several processes; a few at a time, so that memory stays small."""
    with ProcessPoolExecutor() as pool:
        for some in [segments[n : n + AT_ONCE] for n in range(0, len(segments), AT_ONCE)]:
            yield from pool.map(Segment.read, some) if len(segments) > 1 else map(Segment.read, some)


def verify(folder: Path, policy: Policy, earlier: list[Note], whole: Judged, *, slots: bool) -> list[History]:
    """Check an export as a whole, then log by log."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    if manifest.get("format") != "kosilab-history/1":
        raise ValueError("the manifest has an unknown format")
    files, entries = dict.copy(manifest["files"]), list.copy(manifest["logs"])
    here = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    if len({entry["service"] for entry in entries}) < len(entries):
        raise ValueError("the manifest names a log twice")
    for name in {*here, *files} - {"manifest.json"}:
        digest = digest_of(here[name]) if name in here else ""
        whole.must(digest == files.get(name), "V2", 0, f"{name} is missing or differs from the manifest")
    logs = list[History]()
    for entry in entries:
        log = History(folder / entry["service"], entry, policy, earlier, slots=slots)
        named = [SEGMENT_FILE.fullmatch(path.name) for path in here.values() if path.parent == log.folder]
        numbers = sorted({int(match[2]) for match in named if match} - {0})
        log.join(read_all([Segment(log, number) for number in numbers]))
        logs.append(log)
    names, asked = {log.name for log in logs}, {log.place: log.events["asked"] for log in logs}.get("actors")
    for by, erasure, at in [(log, *item) for log in logs for item in log.events["erasing"].items()]:
        by.must(asked is None or erasure in asked, "V5", at, "slots are erased here without a request")
    if asked is None and any(log.events["erasing"] for log in logs):
        print("export: without the log of actors, requests for erasures cannot be checked")
    for name in {note.origin for note in earlier if note.origin} | {key.name for key in policy.logs}:
        whole.must(name.rpartition("/")[0] + "/" in names, "V1", 0, f"it has no log {name}")
    return logs


def main(arguments: list[str] | None = None) -> int:
    """What the command does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path, help="the export")
    parser.add_argument("--policy", type=Path, help="whom to believe, if not the policy.txt in the export")
    parser.add_argument("--seen", type=Path, action="append", default=[], help="checkpoints seen before")
    parser.add_argument("--with-slots", action="store_true", help="look at the ciphertexts of slots too")
    asked = parser.parse_args(arguments)
    if not asked.directory.is_dir():
        parser.error(f"{asked.directory} is no folder")
    places = [whole := Judged("export")]
    try:
        if others := sorted(path.as_posix() for path in asked.directory.rglob("*") if is_other(path)):
            raise ValueError(f"{others[0]} is no plain file, or far too large")
        policy = Policy((asked.policy or asked.directory / "policy.txt").read_text("utf-8"))
        earlier = [note for path in asked.seen for note in notes_in(path)]
        places += verify(asked.directory, policy, earlier, whole, slots=asked.with_slots)
    except OSError as error:
        whole.must(False, "V1", 0, f"{error.filename} is missing or cannot be read")
    except BAD as error:
        why = str(error) if type(error) is ValueError else "a file is cut off or malformed"
        whole.must(False, "V1", 0, why)
    lines = [(*each, part.place, min(at), len(at)) for part in places for each, at in part.findings.items()]
    for check, sentence, place, first, n in sorted(lines, key=itemgetter(0, 2, 3, 1)):
        plain = re.sub(r"[^ -~]", "?", sentence)  # a file's name may hold anything, a line that says OK too
        print(f"FAIL {check} {place} {first or '-'}: {plain}" + (f" (and {n - 1} more)" if n > 1 else ""))
    print("FAILED" if lines else "OK")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
