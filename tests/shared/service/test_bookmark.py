"""Does a bookmark remember more than the cursor says only where the work may be done again?"""

import pytest

from shared.eventlog.port import CursorMoved
from shared.service.bookmark import Bookmark
from tests.shared.service.board import Source


def test_what_is_reached_is_remembered_and_the_cursor_moves_when_it_settles(actors: Source) -> None:
    bookmark = Bookmark(actors.log, "relay")
    bookmark.reach(3)
    assert (bookmark.at(), bookmark.position) == (3, 0)
    bookmark.settle()
    assert (bookmark.at(), bookmark.position) == (3, 3)


def test_after_a_crash_the_work_since_the_cursor_is_done_again(actors: Source) -> None:
    bookmark = Bookmark(actors.log, "relay")
    bookmark.move(2)
    bookmark.reach(5)
    assert Bookmark(actors.log, "relay").at() == 2
    bookmark.forget()
    assert bookmark.at() == 2


def test_whoever_was_overtaken_learns_of_it_when_it_settles(actors: Source) -> None:
    bookmark = Bookmark(actors.log, "relay")
    bookmark.reach(3)
    actors.log.move_cursor("relay", expected=0, to=1)
    with pytest.raises(CursorMoved):
        bookmark.settle()
    assert bookmark.at() == 1


def test_a_move_within_a_transaction_counts_from_the_cursor(actors: Source) -> None:
    bookmark = Bookmark(actors.log, "relay")
    bookmark.reach(3)
    bookmark.move(4)
    assert (bookmark.at(), bookmark.position) == (4, 4)
