"""What do the tests of the ledger look at? A log and its witness; a city that has lived, and its export."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.ledger.remembered import Remembered
from shared.ledger.witness import Witness
from tests.shared.ledger.asked import WITNESS
from tests.shared.ledger.small_city import LogAtWork, SmallCity, small_city


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


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCity]:
    """A city that has lived a little, with a person of whom one slot was erased; nobody changes it."""
    with small_city(tmp_path_factory.mktemp("city"), ["marketplace", "actors"]) as city:
        log, actors = city["marketplace"], city["actors"]
        log.write(
            "search-1", [log.draft(name="SearchPosted", slots=[("contact", b"made up"), ("name", b"too")])]
        )
        position = log.store.log.head().position
        asked = {"basis": "asked_by_person", "retentions": ["profile"]}
        actors.write("erasure-e4a5", [actors.draft(name="ErasureRequested", data=asked)])
        erased = {"erasure_id": "e4a5", "slots": [{"name": "contact", "position": position}]}
        log.write("erased-e4a5", [log.draft(name="SlotsErased", data=erased)])
        with log.store.transaction() as tx:
            tx.exec_driver_sql("DELETE FROM slot WHERE name = 'contact'")
        log.sign()
        actors.sign()
        yield city


@pytest.fixture
def out(lived: SmallCity, tmp_path: Path) -> Path:
    """An export of it, to be spoilt."""
    return lived.export(tmp_path / "out", with_slots=True)
