"""A log and its witness, for the tests that look at both sides."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.ledger.remembered import Remembered
from shared.ledger.witness import Witness
from tests.shared.ledger.asked import WITNESS
from tests.shared.ledger.small_city import LogAtWork


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogAtWork]:
    """A log with a few records, signed for."""
    at_work = LogAtWork("marketplace", tmp_path)
    at_work.append(5)
    at_work.sign()
    yield at_work
    at_work.store.close()


@pytest.fixture
def witness(log: LogAtWork, tmp_path: Path) -> Witness:
    """A witness that knows the log."""
    return Witness(WITNESS, {log.issuer.origin: [log.signer.key]}, Remembered(tmp_path / "witness.db"))
