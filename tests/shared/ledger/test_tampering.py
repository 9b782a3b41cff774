"""Is every tampering found by whoever kept one cosigned checkpoint, and no alarm raised over a history that goes on?"""

import os
from collections import Counter
from pathlib import Path

import pytest

from shared.eventlog.agreement import differing
from tests.shared.ledger.small_city import LogAtWork
from tests.shared.ledger.tampering import COLUMNS, WAYS, behind_the_back
from tests.shared.ledger.trial import Trials

N_TAMPERINGS = 5 * len(WAYS)  # on each kind of database; a thousand are tried by bench/ledger.py
N_CLEAN = 10


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def trials(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """A log that has lived, to be copied."""
    server = None if request.param == "sqlite" else request.getfixturevalue("postgres_server")
    return Trials(tmp_path_factory.mktemp("trials"), server)


@pytest.fixture(autouse=True)
def no_power_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """No trial outlives a power cut, so none waits for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)


def test_every_tampering_is_found(trials: Trials) -> None:
    outcomes = [trials.run(seed) for seed in range(N_TAMPERINGS)]
    assert [outcome for outcome in outcomes if not outcome.is_found] == []
    ways = Counter(outcome.way for outcome in outcomes)
    assert set(ways) == {way.__name__ for way in WAYS}
    assert sum(outcome.covered_up for outcome in outcomes) > N_TAMPERINGS // 2


def test_a_history_that_goes_on_raises_no_alarm(trials: Trials) -> None:
    assert [seed for seed in range(N_CLEAN) if trials.clean(seed)] == []


@pytest.mark.parametrize("column", [*COLUMNS, "version", "recorded_at"])
def test_a_column_that_says_something_else_than_the_record_is_found(tmp_path: Path, column: str) -> None:
    log = LogAtWork("marketplace", tmp_path)
    log.append(5)
    assert list(differing(log.store.database)) == []
    other = {"version": "77", "recorded_at": "'2020-01-01T00:00:00.000000Z'"}.get(column, "'other'")
    with behind_the_back(log.path) as database:
        database.execute(f"UPDATE event SET {column} = {other} WHERE position = 3")
    assert list(differing(log.store.database)) == [(3, column)]
    log.store.close()


def test_a_record_that_is_none_is_found(tmp_path: Path) -> None:
    log = LogAtWork("marketplace", tmp_path)
    log.append(3)
    with behind_the_back(log.path) as database:
        database.execute("UPDATE event SET record = x'00' WHERE position = 2")
        database.execute("UPDATE event SET record = 'text' WHERE position = 3")
    assert list(differing(log.store.database)) == [(2, "record"), (3, "record")]
    log.store.close()
