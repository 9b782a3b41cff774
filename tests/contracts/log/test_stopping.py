"""Does a log that was stopped take nothing more from any process, and answer repeats all the same?"""

from collections.abc import Callable

import pytest

from shared.eventlog.port import AppendsStopped, Done
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import append


def test_a_log_that_one_process_stopped_takes_nothing_from_another_until_it_is_let_go(
    open_store: Callable[[], SqlStore],
) -> None:
    edge, worker = open_store(), open_store()
    edge.log.append(append("offer-1"))  # the edge knows where the head is, and would write in one round trip
    worker.log.stop_appends("it is not the log that was signed")
    for _ in range(2):
        with pytest.raises(AppendsStopped, match="was signed"):
            edge.log.append(append("offer-2"))
    assert worker.log.head().position == 1
    worker.log.stop_appends(None)
    assert isinstance(edge.log.append(append("offer-2")), Done)


def test_in_bulk_neither(open_store: Callable[[], SqlStore]) -> None:
    edge, worker = open_store(), open_store()
    worker.log.stop_appends("for a while")
    with edge.bulk(), pytest.raises(AppendsStopped):
        edge.log.append(append("offer-1"))


def test_a_repeat_is_answered_as_it_was(store: SqlStore) -> None:
    first = append("offer-1", command_id="c1")
    done = store.log.append(first)
    store.log.stop_appends("for a while")
    assert store.log.append(first) == done
