"""Does reporting keep every record of every source as it came?"""

from datetime import timedelta
from typing import Any

import pytest

from shared.eventlog.history import HistoryLine
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import NINE, OFFER_POSTED


def line(position: int, source: str = "marketplace", **changes: Any) -> HistoryLine:
    """A record of a source."""
    fields: dict[str, Any] = {
        "source": source,
        "position": position,
        "type": OFFER_POSTED,
        "stream": "offer-1",
        "recorded_at": NINE + timedelta(seconds=position),
        "time": NINE - timedelta(days=1),
        "record": b'{"title":"Fahrr\xc3\xa4der","n":%d}' % position,
    }
    return HistoryLine(**fields | changes)


@pytest.fixture
def kept(store: SqlStore) -> SqlStore:
    """Three records of one source, one of another."""
    with store.transaction() as tx:
        store.history.append_many(tx, [line(1), line(2), line(1, "actors")])
        store.history.append_many(tx, [])
        store.history.append_many(tx, [line(3)])
    return store


def test_records_of_a_source_are_read_in_order_and_whole(kept: SqlStore) -> None:
    assert kept.history.read("marketplace") == [line(1), line(2), line(3)]
    assert kept.history.read("marketplace", after=1, limit=1) == [line(2)]
    assert kept.history.read("actors") == [line(1, "actors")]
    assert kept.history.records("marketplace", after=2) == [(3, line(3).record)]


def test_the_last_position_of_each_source_is_known(kept: SqlStore) -> None:
    assert kept.history.positions() == {"marketplace": 3, "actors": 1}


def test_what_was_known_at_a_time_ends_at_a_position(kept: SqlStore) -> None:
    assert kept.history.last_recorded_before("marketplace", line(3).recorded_at) == 2
    assert kept.history.last_recorded_before("marketplace", NINE) == 0
    assert kept.history.last_recorded_before("employment", NINE) == 0


def test_a_record_is_kept_once(kept: SqlStore) -> None:
    with pytest.raises(Exception, match="history"), kept.transaction() as tx:
        kept.history.append_many(tx, [line(4), line(2, record=b"another")])
    assert kept.history.read("marketplace") == [line(1), line(2), line(3)]
