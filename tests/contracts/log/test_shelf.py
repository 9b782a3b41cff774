"""Does every database keep the ledger's tiles, checkpoints and statements alike?"""

from datetime import timedelta

from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import NINE

ORIGIN, OTHER = "05124000.kosilab/marketplace/1", "05124000.kosilab/marketplace/2"


def test_a_shelf_begins_empty(store: SqlStore) -> None:
    shelf = store.shelf
    assert shelf.last_tile() == (0, b"")
    assert shelf.tile(0, 0) == b""
    assert shelf.last_checkpoint(ORIGIN) is None
    assert shelf.checkpoints(ORIGIN) == []
    assert shelf.statements(ORIGIN) == []


def test_tiles_grow_and_are_forgotten(store: SqlStore) -> None:
    shelf = store.shelf
    shelf.put_tiles({(0, 0): b"a" * 8192, (0, 1): b"b" * 32, (1, 0): b"c" * 32})
    shelf.put_tiles({(0, 1): b"b" * 64})
    assert shelf.last_tile() == (1, b"b" * 64)
    assert shelf.tile(1, 0) == b"c" * 32
    shelf.put_tiles({})
    shelf.clear_tiles()
    assert shelf.last_tile() == (0, b"")


def test_a_tile_never_shrinks_though_a_slower_process_writes_what_it_knew(store: SqlStore) -> None:
    """Else the tree would hold less than was signed, and all appends would stop."""
    shelf = store.shelf
    shelf.put_tiles({(0, 0): b"a" * 96})
    shelf.put_tiles({(0, 0): b"a" * 64})
    assert shelf.last_tile() == (0, b"a" * 96)


def test_checkpoints_are_read_by_size_and_apart_by_origin(store: SqlStore) -> None:
    shelf = store.shelf
    for size in (30, 10, 20):
        shelf.put_checkpoint(ORIGIN, size, f"note {size}", NINE + timedelta(seconds=size))
    shelf.put_checkpoint(OTHER, 40, "another log's", NINE)
    assert [note for note, _ in shelf.checkpoints(ORIGIN)] == ["note 10", "note 20", "note 30"]
    assert [note for note, _ in shelf.checkpoints(ORIGIN, at_least=11, limit=1)] == ["note 20"]
    assert shelf.last_checkpoint(ORIGIN) == ("note 30", NINE + timedelta(seconds=30))
    assert shelf.last_checkpoint(ORIGIN, below=30) == ("note 20", NINE + timedelta(seconds=20))
    assert shelf.last_checkpoint(ORIGIN, below=10) is None


def test_a_checkpoint_takes_over_a_note_with_more_signatures(store: SqlStore) -> None:
    shelf = store.shelf
    shelf.put_checkpoint(ORIGIN, 10, "signed", NINE)
    shelf.put_checkpoint(ORIGIN, 10, "signed and cosigned", NINE)
    assert shelf.checkpoints(ORIGIN) == [("signed and cosigned", NINE)]


def test_checkpoints_are_told_apart_by_how_many_signed(store: SqlStore) -> None:
    shelf, line = store.shelf, "— name c2lnbmF0dXJl\n"
    for size, n_lines in ((10, 3), (20, 1), (30, 2), (40, 1)):
        shelf.put_checkpoint(ORIGIN, size, f"{ORIGIN}\n{size}\nroot\n\n{line * n_lines}", NINE)

    def sizes(n_cosigned: int) -> list[str]:
        return [note.split("\n")[1] for note, _ in shelf.checkpoints(ORIGIN, n_cosigned=n_cosigned)]

    assert [sizes(n) for n in range(4)] == [["10", "20", "30", "40"], ["10", "30"], ["10"], []]
    last = [shelf.last_checkpoint(ORIGIN, n_cosigned=n) for n in range(4)]
    assert [kept and kept[0].split("\n")[1] for kept in last] == ["40", "30", "10", None]


def test_statements_keep_their_order(store: SqlStore) -> None:
    shelf = store.shelf
    for note in ("second key", "first key is compromised"):
        shelf.put_statement(ORIGIN, note)
    shelf.put_statement(OTHER, "another log's")
    assert shelf.statements(ORIGIN) == ["second key", "first key is compromised"]
