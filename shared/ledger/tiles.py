"""Where are the tree's hashes kept, so that a proof of one record among millions reads a handful of rows?

In tiles of 256 hashes: those of level 0 are the leaves, those of level 1 the roots of full tiles of level 0, and so on.
Only the last tile of a level ever grows. All of it can be made anew from the records, and proves nothing by itself.
Source: C2SP tlog-tiles.
"""

from collections.abc import Sequence

from shared.ledger.merkle import HASH_BYTES, Nodes, node_hash
from shared.ledger.port import TileShelf

LEVELS = 8
"""How many levels of the tree one level of tiles spans."""

WIDTH = 1 << LEVELS
FULL = WIDTH * HASH_BYTES


class Tiles:
    """The hashes of one log's tree on their shelf."""

    def __init__(self, shelf: TileShelf) -> None:
        self._shelf = shelf

    def size(self) -> int:
        """How many leaves have been taken in."""
        number, hashes = self._shelf.last_tile()
        return number * WIDTH + len(hashes) // HASH_BYTES

    def extend(self, size: int, leaves: Sequence[bytes]) -> None:
        """Take in further leaves behind the first `size`, which are there."""
        changed: dict[tuple[int, int], bytes] = {}
        level, begin, new = 0, size, leaves
        while new:
            number, width = divmod(begin, WIDTH)
            before = self._shelf.tile(level, number)[: width * HASH_BYTES] if width else b""
            hashes = before + b"".join(new)
            tiles = [hashes[at : at + FULL] for at in range(0, len(hashes), FULL)]
            changed |= {(level, number + n): tile for n, tile in enumerate(tiles)}
            new = [_full_root(_hashes(tile, 0, WIDTH)) for tile in tiles if len(tile) == FULL]
            level, begin = level + 1, begin // WIDTH
        self._shelf.put_tiles(changed)

    def nodes(self) -> Nodes:
        """The roots of full subtrees, for as long as one root or proof is being made: each tile is read once.

        The function raises LookupError where a hash is not there.
        """
        read: dict[tuple[int, int], bytes] = {}

        def node(level: int, index: int) -> bytes:
            tile_level, above = divmod(level, LEVELS)
            number, place = divmod(index << above, WIDTH)
            key = (tile_level, number)
            if key not in read:
                read[key] = self._shelf.tile(*key)
            return _full_root(_hashes(read[key], place, 1 << above))

        return node


def _hashes(tile: bytes, begin: int, n: int) -> list[bytes]:
    if (begin + n) * HASH_BYTES > len(tile):
        msg = f"a tile of {len(tile) // HASH_BYTES} hashes has none at {begin} to {begin + n}"
        raise LookupError(msg)
    return [tile[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(begin, begin + n)]


def _full_root(hashes: list[bytes]) -> bytes:
    """The root over so many hashes that they are a full subtree."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
    return hashes[0]
