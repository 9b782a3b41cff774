"""Does a log in a database answer as the one in memory does, whatever is asked in whatever order?"""

import shutil
from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.eventlog.memory import MemoryEventLog
from shared.eventlog.migrations import migrate
from shared.eventlog.port import EventLog, Refusal
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import CITY, SERVICE, SetClock, append, draft
from tests.scratch import scratch_folder

FOLDER = scratch_folder("kosilab-log-")
MIGRATED = FOLDER / "migrated.db"
_numbers = count()

streams = st.sampled_from(["offer-1", "offer-2", "need-ä"])
commands = st.sampled_from([f"command-{n}" for n in range(12)])
audiences = st.lists(st.sampled_from(["open", "internal"]), max_size=3)


class LikeMemory(RuleBasedStateMachine):
    """Both logs are asked the same; answers, errors and bytes are alike."""

    def __init__(self) -> None:
        super().__init__()
        if not MIGRATED.exists():
            migrate(f"sqlite:///{MIGRATED}", SERVICE)
        path = shutil.copy(MIGRATED, FOLDER / f"log-{next(_numbers)}.db")
        self.clock = SetClock()
        self.memory = MemoryEventLog(service=SERVICE, city_key=CITY, clock=self.clock)
        self.store = SqlStore.open(f"sqlite:///{path}", service=SERVICE, city_key=CITY, clock=self.clock)
        self.bulk: Any = None

    def both(self, ask: Callable[[EventLog], Any]) -> None:
        """The two answers or errors are alike."""
        assert answer(self.memory, ask) == answer(self.store.log, ask)

    @rule(stream=streams, command=commands, audiences=audiences, off=st.sampled_from([0, 0, 0, 0, 1, -1]))
    def append(self, stream: str, command: str, audiences: list[str], off: int) -> None:
        """Append at the stream's version or beside it, with a command id that may have come before."""
        version = len(self.memory.read_stream(stream)) + off
        request = append(stream, version, command_id=command, events=[draft(audience=a) for a in audiences])
        self.both(lambda log: log.append(request))

    @rule(stream=streams, command=commands, digest=st.sampled_from(["digest", "another"]))
    def refuse(self, stream: str, command: str, digest: str) -> None:
        """Have a refusal remembered."""
        version = len(self.memory.read_stream(stream))
        refusal = Refusal(rule="a_rule", sentence="A sentence.")
        request = append(
            stream, version, command_id=command, events=[], refusal=refusal, request_digest=digest
        )
        self.both(lambda log: log.append(request))
        self.both(lambda log: log.outcome(command, digest))

    @rule(seconds=st.floats(-100, 100))
    def clock_moves(self, seconds: float) -> None:
        """Forward or back."""
        self.clock.goes_on(seconds)

    @rule(name=st.sampled_from(["relay", "own"]), expected=st.integers(0, 3), to=st.integers(0, 3))
    def move_cursor(self, name: str, expected: int, to: int) -> None:
        """From where it may be."""
        self.both(lambda log: log.move_cursor(name, expected=expected, to=to))

    @precondition(lambda self: self.bulk is None)
    @rule()
    def begin_bulk(self) -> None:
        """From here on the database's log is written in bulk."""
        self.bulk = self.store.log.bulk()
        self.bulk.__enter__()

    @precondition(lambda self: self.bulk is not None)
    @rule()
    def end_bulk(self) -> None:
        """From here on it is written one by one."""
        self.bulk.__exit__(None, None, None)
        self.bulk = None

    @rule(
        after=st.integers(0, 8), limit=st.integers(1, 8), audience=st.sampled_from([None, "open", "internal"])
    )
    def read(self, after: int, limit: int, audience: str | None) -> None:
        """By position."""
        self.both(lambda log: log.read(after=after, limit=limit, audience=audience))
        self.both(lambda log: log.head())

    @invariant()
    def streams_and_cursors_are_alike(self) -> None:
        """At every step."""
        for stream in ("offer-1", "offer-2", "need-ä"):
            self.both(lambda log, stream=stream: log.read_stream(stream))  # type: ignore[misc]
        for name in ("relay", "own"):
            self.both(lambda log, name=name: log.cursor(name))  # type: ignore[misc]

    def teardown(self) -> None:
        """Close the file."""
        if self.bulk is not None:
            self.end_bulk()
        self.store.close()


def answer(log: EventLog, ask: Callable[[EventLog], Any]) -> Any:
    """What the log says, or the kind of its error."""
    try:
        return ask(log)
    except Exception as error:  # noqa: BLE001 - compared
        return type(error)


TestLikeMemory = LikeMemory.TestCase
TestLikeMemory.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def teardown_module() -> None:
    """Leave nothing behind."""
    shutil.rmtree(FOLDER)
