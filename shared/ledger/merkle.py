"""Which hash stands for a whole history, and what proves that a record, or an older history, is in it?

A tree of SHA-256 hashes over the records: a leaf is hashed behind a byte 0, two children behind a byte 1, so that
neither can pass for the other. The left child of a tree is always the largest full one that leaves something over.
Source: RFC 6962 section 2.1, RFC 9162 section 2.1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()

Nodes: TypeAlias = Callable[[int, int], bytes]
"""The root of a full subtree by level and index: level 0 holds the leaves, `(3, 2)` stands for the leaves 16 to 23."""


def leaf_hash(record: bytes) -> bytes:
    """The hash of a record's exact bytes."""
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees that lie side by side."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """A tree's size and the roots of its full subtrees from left to right: all that growing needs, O(log n) hashes."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next record."""
        carried, size = leaf, self.size
        while size & 1:
            carried = node_hash(self.hashes.pop(), carried)
            size >>= 1
        self.hashes.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """The hash that stands for everything appended so far."""
        return folded(self.hashes)


def folded(hashes: Sequence[bytes]) -> bytes:
    """The root over full subtrees that lie side by side, each larger than the next."""
    if not hashes:
        return EMPTY_ROOT
    *rest, root = hashes
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def root_of(size: int, nodes: Nodes) -> bytes:
    """The root of the first `size` leaves."""
    return _root(0, size, nodes) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of the first `size` leaves, from the leaf upwards.

    Raises: ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        msg = f"a tree of {size} leaves has no leaf {index}"
        raise ValueError(msg)
    proof: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _left_leaves(end - begin)
        if index < middle:
            proof.append(_root(middle, end, nodes))
            end = middle
        else:
            proof.append(_root(begin, middle, nodes))
            begin = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """The hashes that show the first `old` leaves to be the beginning of the first `new` ones.

    Raises: ValueError when there is nothing to show: the older tree is empty or the larger one.
    """
    if not 0 < old <= new:
        msg = f"a tree of {old} leaves is no beginning of one of {new}"
        raise ValueError(msg)
    proof: list[bytes] = []
    begin, end = 0, new
    while old < end:
        middle = begin + _left_leaves(end - begin)
        if old <= middle:
            proof.append(_root(middle, end, nodes))
            end = middle
        else:
            proof.append(_root(begin, middle, nodes))
            begin = middle
    # What is left is the last full subtree of the older tree; where that is all of it, its root is known already.
    return [*([_root(begin, end, nodes)] if begin else []), *proof[::-1]]


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from this leaf to this root.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size or not _are_hashes([root, leaf, *proof]):
        return False
    here, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            reached = node_hash(sibling, reached)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and reached == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows the older tree to be the beginning of the newer one; no for an empty older tree.

    Source: RFC 9162 section 2.1.4.2.
    """
    if not 0 < old <= new or not _are_hashes(proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if not proof:
        return False
    # An older tree that is full is itself the first hash of the path.
    first, *rest = [old_root, *proof] if old & (old - 1) == 0 else proof
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    was = now = first
    for sibling in rest:
        if last == 0:
            return False
        if here & 1 or here == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            now = node_hash(now, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


def _left_leaves(leaves: int) -> int:
    """How many of so many leaves, at least two, lie in the left subtree."""
    return 1 << (leaves - 1).bit_length() - 1


def _root(begin: int, end: int, nodes: Nodes) -> bytes:
    """The root over the leaves from `begin` to before `end`, which are a subtree of their own."""
    roots = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        roots.append(nodes(level, begin >> level))
        begin += 1 << level
    return folded(roots)


def _are_hashes(hashes: Sequence[bytes]) -> bool:
    return all(len(each) == HASH_BYTES for each in hashes)
