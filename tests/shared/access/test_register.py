"""Does a token that was taken back end in every process, within two seconds, and stay ended?"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.access.migrations import ACCESS_TABLES
from shared.access.register import BELIEVED_FOR_S, COUNTS_FOR, TakenBack
from shared.eventlog.port import LogUnavailable

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clocks:
    """The time of day and the time that passes, set by the test."""

    def __init__(self) -> None:
        """At nine in the morning."""
        self.passed_s = 0.0

    def now(self) -> datetime:
        """The time of day."""
        return MORNING + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        """The time that passed [s]."""
        return self.passed_s


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which nothing was taken back; a file of it does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/vault/access.db"
    fresh: str = request.getfixturevalue("postgres_url")
    ACCESS_TABLES.migrate(fresh)
    return fresh


@pytest.fixture
def clocks() -> Clocks:
    """The clocks of all processes."""
    return Clocks()


@pytest.fixture
def process(url: str, clocks: Clocks) -> Iterator[Callable[[], TakenBack]]:
    """Opens the register as another process would."""
    opened: list[TakenBack] = []

    def open_it() -> TakenBack:
        opened.append(TakenBack(url, clocks.now, clocks.monotonic))
        return opened[-1]

    yield open_it
    for register in opened:
        register.close()


def holds(register: TakenBack, token_id: str = "t-1", role: str = "coordinator") -> bool:
    return register.holds(token_id, role, "c-1", MORNING)


def test_a_token_ends_here_at_once_and_elsewhere_within_two_seconds(
    process: Callable[[], TakenBack], clocks: Clocks
) -> None:
    here, elsewhere = process(), process()
    assert not holds(here)
    assert not holds(elsewhere)
    here.take_back_token("t-1")
    assert holds(here)
    clocks.passed_s = BELIEVED_FOR_S
    assert holds(elsewhere)
    assert BELIEVED_FOR_S <= 2
    assert not holds(elsewhere, "t-2")


def test_all_that_somebody_holds_ends_but_not_what_they_get_later_or_hold_in_another_role(
    process: Callable[[], TakenBack], clocks: Clocks
) -> None:
    register = process()
    clocks.passed_s = 1.0
    register.take_back_actor("coordinator", "c-1")
    assert holds(register)
    assert not holds(register, role="person")
    assert not register.holds("t-9", "coordinator", "c-1", clocks.now() + timedelta(seconds=1))
    assert not register.holds("t-9", "coordinator", "c-2", MORNING)


def test_taken_back_twice_is_taken_back(process: Callable[[], TakenBack]) -> None:
    register = process()
    for _ in range(2):
        register.take_back_token("t-1")
    assert holds(process())


def test_of_two_moments_the_later_one_counts(process: Callable[[], TakenBack], clocks: Clocks) -> None:
    register = process()
    for clocks.passed_s in (5.0, 9.0):
        register.take_back_actor("coordinator", "c-1")
    assert register.holds("t-9", "coordinator", "c-1", MORNING + timedelta(seconds=7))


def test_a_line_counts_longer_than_any_token_lives_and_no_longer(
    process: Callable[[], TakenBack], clocks: Clocks
) -> None:
    register = process()
    register.take_back_token("t-1")
    clocks.passed_s = timedelta(days=31).total_seconds()
    assert holds(register)
    clocks.passed_s = COUNTS_FOR.total_seconds() + 1
    assert not holds(register)


@pytest.mark.needs_postgres
def test_while_the_register_does_not_answer_no_token_holds(clocks: Clocks) -> None:
    register = TakenBack("postgresql://nobody:wrong@127.0.0.1:1/none", clocks.now, clocks.monotonic)
    for _ in range(2):
        with pytest.raises(LogUnavailable):
            holds(register)


def test_its_file_is_its_owners_alone(process: Callable[[], TakenBack], tmp_path: Path, url: str) -> None:
    process().take_back_token("t-1")
    if url.startswith("sqlite"):
        assert (tmp_path / "vault" / "access.db").stat().st_mode & 0o077 == 0
