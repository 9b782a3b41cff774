"""Which keys does an auditor trust? Those of the logs and of the witnesses; and how many witnesses must cosign.

Source: C2SP tlog-policy.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.ledger.note import COSIGNATURE, SIGNATURE, BadNote, VerifierKey, parse_key

NONE = "none"


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness by the name that the policy gives it, its key, and where it answers."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(slots=True)
class Policy:
    """What a policy file says; `groups` are names with how many of which members they take."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, tuple[int, Sequence[str]]] = field(default_factory=dict)
    quorum: str = ""

    def is_met_by(self, cosigners: Collection[VerifierKey]) -> bool:
        """Whether these are enough witnesses."""
        return self.quorum == NONE or self._has_cosigned(self.quorum, cosigners)

    def _has_cosigned(self, name: str, cosigners: Collection[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in cosigners
        needed, members = self.groups[name]
        return sum(self._has_cosigned(member, cosigners) for member in members) >= needed

    @property
    def fewest(self) -> int:
        """The smallest number of witnesses that can meet the quorum."""
        return 0 if self.quorum == NONE else self._fewest(self.quorum)

    def _fewest(self, name: str) -> int:
        if name in self.witnesses:
            return 1
        needed, members = self.groups[name]
        return sum(sorted(map(self._fewest, members))[:needed])

    @property
    def witness_keys(self) -> list[VerifierKey]:
        """The keys of all witnesses."""
        return [witness.key for witness in self.witnesses.values()]


def parse_policy(text: str) -> Policy:
    """The policy in this file.

    Raises: BadNote, naming the line.
    """
    policy, members = Policy(), set[str]()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            try:
                _read(policy, members, words)
            except (BadNote, KeyError, IndexError, ValueError) as error:
                why = (
                    error
                    if isinstance(error, BadNote)
                    else "it is not of the form that C2SP tlog-policy gives"
                )
                raise BadNote(f"line {number} of the policy: {why}") from error
    if not policy.quorum:
        raise BadNote("the policy has no quorum line")
    return policy


def _read(policy: Policy, members: set[str], words: list[str]) -> None:
    match words:
        case ["log", key, *_url]:
            policy.logs.append(_key(key, SIGNATURE, policy.logs))
        case ["witness", name, key, *url]:
            _is_new(policy, name)
            checked = _key(key, COSIGNATURE, policy.witness_keys)
            policy.witnesses[name] = Witness(name, checked, *url[:1])
        case ["group", name, threshold, first, *others]:
            _is_new(policy, name)
            of = [first, *others]
            if not set(of) <= {*policy.witnesses, *policy.groups} - members or len(set(of)) < len(of):
                raise BadNote("a group takes witnesses and groups named before, each at most once")
            needed = {"any": 1, "all": len(of)}.get(threshold) or int(threshold)
            if not 1 <= needed <= len(of):
                raise BadNote("a group takes at least one and at most all of its members")
            members.update(of)
            policy.groups[name] = (needed, of)
        case ["quorum", name]:
            if policy.quorum or name not in {NONE, *policy.witnesses, *policy.groups}:
                raise BadNote("there is one quorum, and it names a witness or a group named before, or none")
            policy.quorum = name
        case _:
            raise BadNote(f"{words[0][:40]} is none of log, witness, group, quorum, or lacks a word")


def _key(text: str, kind: int, others: Sequence[VerifierKey]) -> VerifierKey:
    key = parse_key(text)
    if key.kind != kind or key.public in {other.public for other in others}:
        raise BadNote("the key is of the wrong kind, or stands here twice")
    return key


def _is_new(policy: Policy, name: str) -> None:
    if name in {NONE, *policy.witnesses, *policy.groups}:
        raise BadNote(f"{name} has a meaning already")


def policy_text(logs: Iterable[VerifierKey], witnesses: Mapping[str, Witness], needed: int) -> str:
    """A policy file: these logs, and at least `needed` of these witnesses."""
    lines = [f"log {key}" for key in logs]
    lines += [f"witness {name} {witness.key} {witness.url}".rstrip() for name, witness in witnesses.items()]
    if needed:
        lines += [f"group witnesses {needed} {' '.join(witnesses)}", "quorum witnesses"]
    else:
        lines.append(f"quorum {NONE}")
    return "\n".join([*lines, ""])
