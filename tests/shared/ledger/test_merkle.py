"""Is the tree the one that RFC 6962 defines, for every size up to 300?"""

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    includes,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    root_of,
)

SIZES = 300
RECORDS = [b'{"sequence":"%020d"}' % (n + 1) for n in range(SIZES)]
LEAVES = [leaf_hash(record) for record in RECORDS]


def split(leaves: int) -> int:
    """The largest power of two smaller than the number of leaves, found by counting up."""
    power = 1
    while power * 2 < leaves:
        power *= 2
    return power


def naive_root(records: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not records:
        return sha256(b"").digest()
    if len(records) == 1:
        return sha256(b"\0" + records[0]).digest()
    k = split(len(records))
    return sha256(b"\1" + naive_root(records[:k]) + naive_root(records[k:])).digest()


def naive_path(m: int, records: list[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1, word for word."""
    if len(records) == 1:
        return []
    k = split(len(records))
    if m < k:
        return [*naive_path(m, records[:k]), naive_root(records[k:])]
    return [*naive_path(m - k, records[k:]), naive_root(records[:k])]


def naive_proof(m: int, records: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962 section 2.1.2, word for word."""
    if m == len(records):
        return [] if whole else [naive_root(records)]
    k = split(len(records))
    if m <= k:
        return [*naive_proof(m, records[:k], whole), naive_root(records[k:])]
    return [*naive_proof(m - k, records[k:], False), naive_root(records[:k])]


def node(level: int, index: int) -> bytes:
    """The root of a full subtree of the sample."""
    frontier = Frontier()
    for leaf in LEAVES[index << level : (index + 1) << level]:
        frontier.append(leaf)
    assert frontier.size == 1 << level
    return frontier.root()


def test_the_frontier_has_the_root_of_the_definition_at_every_size() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT == naive_root([])
    for size in range(1, SIZES + 1):
        frontier.append(LEAVES[size - 1])
        assert frontier.root() == naive_root(RECORDS[:size]) == root_of(size, node)
        assert len(frontier.hashes) == size.bit_count()
    assert root_of(0, node) == EMPTY_ROOT


@pytest.mark.parametrize("size", [*range(1, 20), 31, 32, 33, 64, 127, 200, 299, 300])
def test_every_inclusion_proof_is_that_of_the_definition_and_holds(size: int) -> None:
    root = naive_root(RECORDS[:size])
    for index in range(size):
        proof = inclusion_proof(index, size, node)
        assert proof == naive_path(index, RECORDS[:size])
        assert includes(root, size, index, LEAVES[index], proof)


def test_an_inclusion_proof_of_every_size_up_to_300_holds_for_its_leaf_alone() -> None:
    for size in range(2, SIZES + 1):
        root, index = root_of(size, node), size * 7 % size if size % 3 else size - 1
        proof = inclusion_proof(index, size, node)
        other = (index + 1) % size
        assert includes(root, size, index, LEAVES[index], proof)
        assert not includes(root, size, other, LEAVES[index], proof)
        assert not includes(root, size, index, LEAVES[other], proof)
        assert not includes(root, size, index, LEAVES[index], proof[:-1])
        assert not includes(root, size, index, LEAVES[index], [*proof, root])


@pytest.mark.parametrize("new", [*range(1, 20), 31, 32, 33, 64, 127, 200, 300])
def test_every_consistency_proof_is_that_of_the_definition_and_holds(new: int) -> None:
    roots = [root_of(size, node) for size in range(new + 1)]
    for old in range(1, new + 1):
        proof = consistency_proof(old, new, node)
        assert proof == naive_proof(old, RECORDS[:new])
        assert is_consistent(old, roots[old], new, roots[new], proof)


def test_a_consistency_proof_of_every_size_up_to_300_refuses_another_past() -> None:
    roots = [root_of(size, node) for size in range(SIZES + 1)]
    for old, new in pairwise(range(2, SIZES + 1)):
        proof = consistency_proof(old, new, node)
        assert is_consistent(old, roots[old], new, roots[new], proof)
        assert not is_consistent(old, roots[old - 1], new, roots[new], proof)
        assert not is_consistent(old, roots[old], new, roots[old], proof)
        assert not is_consistent(old - 1, roots[old - 1], new, roots[new], proof)
        assert not is_consistent(old, roots[old], new, roots[new], [*proof, roots[1]])


@given(
    index=st.integers(0, SIZES - 1),
    size=st.integers(1, SIZES),
    place=st.integers(0, 8),
    bit=st.integers(0, 255),
)
def test_a_proof_with_one_bit_changed_is_refused(index: int, size: int, place: int, bit: int) -> None:
    index %= size
    proof = inclusion_proof(index, size, node)
    if proof:
        place %= len(proof)
        changed = bytearray(proof[place])
        changed[bit // 8] ^= 1 << bit % 8
        forged = [*proof[:place], bytes(changed), *proof[place + 1 :]]
        assert not includes(root_of(size, node), size, index, LEAVES[index], forged)


def test_what_has_no_proof_is_said_so() -> None:
    with pytest.raises(ValueError, match="no leaf 3"):
        inclusion_proof(3, 3, node)
    with pytest.raises(ValueError, match="no beginning"):
        consistency_proof(0, 3, node)
    with pytest.raises(ValueError, match="no beginning"):
        consistency_proof(4, 3, node)
