"""Do three cities cosign each other over HTTP, and does whoever takes something back get no quorum?"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.diagnosis.ledger import asking_once
from deploy.history.exporting import prove
from deploy.history.vouching import policy_of
from shared.ledger.keys import keyring
from shared.ledger.policy import Witness
from shared.ledger.witness import Reply
from tests.deploy.cities import CITIES, DATA_CENTRE, City, House, acquainted
from tests.shared.ledger.small_city import WITNESSES, LogAtWork
from tests.shared.ledger.tampering import behind_the_back

A_DAY = timedelta(hours=25)
KEYS = [signer.key for signer in WITNESSES.values()]


@pytest.fixture
def data_centre(tmp_path: Path) -> Iterator[House]:
    """A witness that has no log of its own."""
    house = House.built(DATA_CENTRE, tmp_path / DATA_CENTRE)
    yield house
    house.closes()


@pytest.fixture
def cities(tmp_path: Path, data_centre: House) -> Iterator[list[City]]:
    """Three cities that ask each other and the data centre; two of three are a quorum."""
    made = [City.with_log(key, tmp_path / key, seed) for seed, key in enumerate(CITIES)]
    acquainted(made, data_centre)
    yield made
    for city in made:
        city.closes()
        city.log.store.close()


def forget_what_was_signed(city: City) -> None:
    """The operator of a city that lies sees to it that its own file tells nothing."""
    (city.folder.path / "remembered.db").unlink()
    with behind_the_back(city.log.path) as database:
        for table in ("tile", "checkpoint"):
            database.execute(f"DELETE FROM {table}")


def rewrite(path: Path) -> None:
    """Tell an event differently."""
    with behind_the_back(path) as database:
        database.execute(
            "UPDATE event SET record = CAST(replace(record, 'title', 'titel') AS BLOB) WHERE position = 2"
        )


def test_honest_cities_cosign_each_other(cities: list[City]) -> None:
    assert [city.vouches() for city in cities] == [3] * 3
    assert [city.marks() for city in cities] == [(5, 5)] * 3
    first = cities[0]
    first.append(7)
    assert first.vouches() == 3
    assert first.marks() == (12, 12)
    findings = first.doctor()
    assert (findings["witnessed up to"].well, findings["witnessed up to"].seen) == (True, "12 of 12 records")
    cosigners = f"{CITIES[1]} cosigns; {CITIES[2]} cosigns; {DATA_CENTRE} cosigns"
    assert (findings["witnesses"].well, findings["witnesses"].seen) == (True, cosigners)


def test_one_witness_that_is_away_costs_nothing_where_two_of_three_suffice(cities: list[City]) -> None:
    city = cities[0]
    cities[1].closes()
    assert city.vouches() == 2
    assert city.marks() == (5, 5)
    city.append(2)
    assert city.vouches() == 2
    assert city.marks() == (7, 7)
    assert f"{CITIES[1]} gave no cosignature" in city.doctor()["witnesses"].seen


def test_a_missing_quorum_stops_no_append_and_shows(cities: list[City], data_centre: House) -> None:
    city = cities[0]
    city.vouches()
    cities[1].closes()
    data_centre.closes()
    city.append(3)
    assert city.vouches() == 1
    city.append(3)
    assert city.marks() == (8, 5)
    findings = city.doctor()
    assert findings["witnessed up to"].well
    assert findings["witnessed up to"].seen.startswith("5 of 8 records; the rest has waited for")
    red = city.doctor(A_DAY)["witnessed up to"]
    assert (red.well, red.seen) == (False, "5 of 8 records; the rest has waited for 25 h")
    assert "docs/operations.md" in red.mend
    data_centre.opens()
    assert city.vouches() == 2
    assert city.marks() == (11, 11)


def test_the_doctor_waits_once_for_a_witness_that_is_away_and_not_for_each_log() -> None:
    asked: list[str] = []

    def ask(witness: Witness, _: bytes) -> Reply:
        asked.append(witness.name)
        if witness.name == "away":
            raise ConnectionError
        return Reply(200, "")

    once = asking_once(ask)
    away, there = Witness("away", KEYS[0]), Witness("there", KEYS[1])
    for _log in range(2):
        with pytest.raises((ConnectionError, TimeoutError)):
            once(away, b"")
        once(there, b"")
    assert asked == ["away", "there", "there"]


def test_a_record_from_a_time_without_quorum_is_proved_once_there_is_one(
    cities: list[City], data_centre: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.ledger.proof.LOOKS", 2)
    city = cities[0]
    cities[1].closes()
    data_centre.closes()
    for _ in range(4):
        city.append(1)
        assert city.vouches() == 1
    data_centre.opens()
    city.append(1)
    city.vouches()
    policy = policy_of(city.folder)
    proof = prove(city.log.store, city.folder, 6)
    assert proof.checkpoint.size == 10
    assert proof.is_vouched_for(keyring(policy.logs, []), policy)


def test_a_log_that_was_rolled_back_gets_no_cosignature(cities: list[City]) -> None:
    city = cities[0]
    city.vouches()
    forget_what_was_signed(city)
    with behind_the_back(city.log.path) as database:
        database.execute("DELETE FROM event WHERE position > 3")
        database.execute("UPDATE log_head SET position = 3")
    city.log.versions = dict.fromkeys(("offer-0", "offer-1", "offer-2"), 1)
    city.reopens()
    assert city.vouches() == 0
    assert city.marks() == (3, 0)
    finding = city.doctor()["witnesses"]
    assert finding.well is False
    assert f"{DATA_CENTRE} has seen 5 records of {city.origin}, this log has signed for 3" in finding.seen
    city.append(9)
    assert city.vouches() == 0
    assert "with which this log does not begin" in city.doctor()["witnesses"].seen


def test_another_history_that_the_key_signed_gets_no_cosignature(cities: list[City]) -> None:
    city = cities[0]
    city.vouches()
    rewrite(city.log.path)
    forget_what_was_signed(city)
    city.reopens()
    assert city.vouches() == 0
    city.append(4)
    assert city.vouches() == 0
    assert city.marks() == (9, 0)
    finding = city.doctor()["witnesses"]
    assert (finding.well, finding.seen.count("with which this log does not begin")) == (False, 3)


def test_a_proved_contradiction_stops_publishing_until_an_operator_answers(cities: list[City]) -> None:
    city = cities[0]
    city.vouches()
    rewrite(city.log.path)
    forget_what_was_signed(city)
    city.reopens()
    city.vouches()
    kept = city.folder.contradictions(city.log.service)
    assert len(kept.unanswered()) == 3
    finding = city.doctor()["publishing"]
    assert (finding.well, "history answer" in finding.mend) == (False, True)
    city.vouches()
    assert len(kept.unanswered()) == 3, "the same contradiction is one"
    assert city.folder.contradictions(city.log.service).answer("restored from a copy", city.log.now) == 3
    city.vouches()
    assert (kept.unanswered(), "publishing" in city.doctor()) == ([], False)
    city.folder.contradictions("actors").note("Dortmund has seen another log.", city.log.now)
    assert kept.unanswered() == [], "each log has its own"


def test_of_two_histories_that_are_shown_at_once_one_at_most_gets_a_quorum(
    cities: list[City], tmp_path: Path
) -> None:
    city, not_shown = cities[0], cities[1]
    other = LogAtWork(city.log.service, tmp_path / "other")
    other.store.close()
    with closing(sqlite3.connect(city.log.path)) as shown, closing(sqlite3.connect(other.path)) as copy:
        shown.backup(copy)
    rewrite(other.path)
    other.open()
    not_shown.closes()
    assert city.vouches() == 2
    assert city.marks() == (5, 5)
    (city.folder.path / "remembered.db").unlink()
    not_shown.opens()
    city.logs.insert(0, other)
    assert city.vouches() == 1  # by the only one who was not shown the first
    assert city.marks() == (5, 0)
    assert city.doctor()["witnesses"].well is False
    city.logs.pop(0)
    other.store.close()
