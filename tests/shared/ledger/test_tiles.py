"""Do the kept hashes give the same roots and proofs as the records themselves, however they were taken in?"""

from collections.abc import Mapping
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ledger.merkle import (
    Frontier,
    consistency_proof,
    includes,
    inclusion_proof,
    is_consistent,
    root_of,
)
from shared.ledger.tiles import WIDTH, Tiles


class TilesOnly:
    """A shelf with tiles in memory, which counts what is read."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], bytes] = {}
        self.n_read = 0

    def tile(self, level: int, number: int) -> bytes:
        self.n_read += 1
        return self.kept.get((level, number), b"")

    def last_tile(self) -> tuple[int, bytes]:
        number = max((n for level, n in self.kept if level == 0), default=0)
        return number, self.kept.get((0, number), b"")

    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        self.kept.update(tiles)


def leaves(n: int) -> list[bytes]:
    """So many hashes."""
    return [sha256(b"%d" % each).digest() for each in range(n)]


def root(of: list[bytes]) -> bytes:
    """The root over these leaves."""
    frontier = Frontier()
    for leaf in of:
        frontier.append(leaf)
    return frontier.root()


@given(parts=st.lists(st.integers(0, 400), max_size=8))
@settings(max_examples=40)
def test_taken_in_by_whatever_parts_the_root_is_that_of_all(parts: list[int]) -> None:
    shelf, every = TilesOnly(), leaves(sum(parts))
    tiles = Tiles(shelf)
    for part in parts:
        size = tiles.size()
        tiles.extend(size, every[size : size + part])
    assert tiles.size() == len(every)
    assert root_of(len(every), tiles.nodes()) == root(every)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 513, WIDTH * WIDTH + 300])
def test_proofs_from_tiles_hold_at_the_edges_of_tiles(size: int) -> None:
    shelf, every = TilesOnly(), leaves(size)
    tiles = Tiles(shelf)
    tiles.extend(0, every)
    whole = root(every)
    for index in {0, size // 2, size - 1, min(255, size - 1), min(256, size - 1)}:
        proof = inclusion_proof(index, size, tiles.nodes())
        assert includes(whole, size, index, every[index], proof)
    for old in {1, max(1, size // 3), size}:
        proof = consistency_proof(old, size, tiles.nodes())
        assert is_consistent(old, root(every[:old]), size, whole, proof)


def test_a_proof_reads_a_handful_of_tiles() -> None:
    shelf = TilesOnly()
    tiles = Tiles(shelf)
    tiles.extend(0, leaves(WIDTH * WIDTH + 300))
    shelf.n_read = 0
    inclusion_proof(12_345, WIDTH * WIDTH + 300, tiles.nodes())
    assert shelf.n_read <= 5


def test_a_crash_that_kept_more_than_was_counted_does_no_harm() -> None:
    shelf, every = TilesOnly(), leaves(600)
    tiles = Tiles(shelf)
    tiles.extend(0, every[:500])
    tiles.extend(400, every[400:])
    assert root_of(600, tiles.nodes()) == root(every)


def test_a_tile_that_is_gone_is_said_so() -> None:
    shelf = TilesOnly()
    tiles = Tiles(shelf)
    tiles.extend(0, leaves(600))
    del shelf.kept[0, 1]
    with pytest.raises(LookupError, match="a tile of 0 hashes"):
        inclusion_proof(300, 600, tiles.nodes())
