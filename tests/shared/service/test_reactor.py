"""Does a service react to its own events behind its views, in order, once, and through every trouble?"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shared.eventlog.port import CursorMoved, LogUnavailable
from shared.eventlog.store import SqlStore
from shared.events.codec import decode
from shared.events.marketplace.engagement import CounsellingHeld, CounsellingRequested
from shared.kernel.decider import Decider
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask, ReadModel
from shared.kernel.recorded import Recorded
from shared.service import clock
from shared.service import reactor as reactor_module
from shared.service.app import App
from shared.service.feeds import LogFeed
from shared.service.parking import FIRST_RETRY, MANY_STREAMS, NotTheMessages
from shared.service.projection import ViewsProjection
from shared.service.projector import OwnLog, Projector
from shared.service.reactor import OWN, Reactor
from shared.service.tables import CommandRoute, ServiceTables
from tests.servers import until
from tests.shared.service.board import CITY, NOON, at_work


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForTalk:
    """Ask for a talk."""

    talk_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Hold the talk that was asked for; `shown` is what the view showed then."""

    talk_id: str
    shown: str
    at: datetime


def decide(_: int, command: AskForTalk | Hold) -> Sequence[Any]:
    """No rule."""
    if isinstance(command, AskForTalk):
        return [CounsellingRequested(person_id=command.talk_id)]
    return [CounsellingHeld(person_id=command.shown, held_on=NOON.date())]


TALK: Decider[int, AskForTalk | Hold, Any] = Decider(
    name="talk", initial=0, decide=decide, evolve=lambda n, _: n + 1
)
TALKS = ReadModel(
    name="talks",
    version=1,
    on=(CounsellingRequested,),
    evolve=lambda _, event: {"asked_by": event.data.person_id},
)


@dataclass(slots=True)
class Talks:
    """A service that holds each talk that was asked for; of `odd` ones it says what no event can."""

    store: SqlStore
    poison: set[str] = field(default_factory=set)
    odd: set[str] = field(default_factory=set)
    meanwhile: Callable[[], None] = lambda: None
    app: App = field(init=False)
    projector: Projector[Recorded[Any]] = field(init=False)
    reactor: Reactor = field(init=False)

    def __post_init__(self) -> None:
        def hold(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
            self.meanwhile()
            if event.noun_id in self.poison:
                raise ValueError("chokes")
            talk = ask.get(TALKS, event.noun_id)
            shown = "no id" if event.noun_id in self.odd else str(talk and talk["asked_by"])
            yield Hold(talk_id=event.noun_id, shown=shown, at=event.time)

        roles: frozenset[Any] = frozenset()
        tables = ServiceTables(
            name="marketplace",
            commands=(
                CommandRoute(command=AskForTalk, decider=TALK, nouns="talks", roles=roles, starts=True),
                CommandRoute(command=Hold, decider=TALK, nouns="talks", roles=roles),
            ),
            reactions=(Reaction(name="hold", on=(CounsellingRequested,), react=hold),),
            views=(TALKS,),
        )
        projection = ViewsProjection(tables, self.store, lambda _: LogFeed(self.store.log))
        projection.ensure()
        self.app = App(tables, self.store)
        own = OwnLog("marketplace", self.store.log)
        self.projector = Projector("marketplace projector", projection, own)
        self.reactor = Reactor(self.app, self.store)

    def ask_for(self, *talks: str) -> None:
        """Somebody asks for these talks."""
        for talk in talks:
            self.app.handle(AskForTalk(talk_id=talk, at=NOON), command_id=f"ask {talk}", request_digest="d")

    @property
    def held(self) -> list[str]:
        """What the view showed when each talk was held, in order."""
        events = [decode(stored.record).data for stored in self.store.log.read()]
        return [data.person_id for data in events if isinstance(data, CounsellingHeld)]


@pytest.fixture
def talks(tmp_path: Path, migrated_file: Path) -> Iterator[Talks]:
    """A service that nobody has asked yet."""
    shutil.copy(migrated_file, tmp_path / "talks.db")
    store = SqlStore.open(
        f"sqlite:///{tmp_path}/talks.db", service="marketplace", city_key=CITY, clock=lambda: NOON
    )
    yield Talks(store)
    store.close()


def test_it_waits_for_the_views_and_then_sees_them(talks: Talks) -> None:
    talks.ask_for("a", "b")
    assert talks.reactor.step() == 0
    talks.projector.step()
    assert talks.reactor.step() == 2
    assert talks.held == ["a", "b"]
    assert talks.reactor.position == 2


def test_it_passes_its_own_answers_and_then_is_quiet(talks: Talks) -> None:
    talks.ask_for("a")
    n_steps = 0
    while talks.projector.step() + talks.reactor.step():
        n_steps += 1
    assert (talks.held, talks.reactor.position, n_steps) == (["a"], 2, 2)


def test_it_never_runs_ahead_of_the_views(talks: Talks) -> None:
    talks.ask_for("a")
    talks.projector.step()
    talks.ask_for("b")
    assert talks.reactor.step() == 1
    assert talks.held == ["a"]


def test_a_crash_before_the_cursor_moves_changes_nothing_the_second_time(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise LogUnavailable("the database went away")

    talks.ask_for("a")
    talks.projector.step()
    with monkeypatch.context() as patched:
        patched.setattr(talks.store.cursors, "move_cursor", crash)
        with pytest.raises(LogUnavailable):
            talks.reactor.step()
    assert (talks.held, talks.reactor.position) == (["a"], 0)
    talks.reactor.step()
    assert (talks.held, talks.reactor.position) == (["a"], 1)


def test_one_that_was_overtaken_stops_and_reads_its_cursor_anew(talks: Talks) -> None:
    def overtaken() -> None:
        if talks.reactor.position == 0:
            talks.store.cursors.move_cursor(OWN, expected=0, to=1)

    talks.meanwhile = overtaken
    talks.ask_for("a")
    talks.projector.step()
    with pytest.raises(CursorMoved):
        talks.reactor.step()
    assert talks.reactor.step() == 0
    assert talks.held == ["a"]


def test_what_fails_is_parked_and_tried_again_when_it_is_due(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks.poison.add("a")
    talks.ask_for("a", "b")
    talks.projector.step()
    talks.reactor.step()
    assert talks.held == ["b"]
    assert [(parked.source, parked.position) for parked in talks.store.parked.listed()] == [
        ("marketplace", 1)
    ]
    talks.poison.clear()
    parked_at = talks.store.parked.listed()[0].parked_at
    monkeypatch.setattr(clock, "now", lambda: parked_at + FIRST_RETRY)
    with at_work(talks.reactor):
        until(lambda: talks.held == ["b", "a"], "the parked one is handled")
    assert talks.store.parked.listed() == []


@pytest.fixture
def running(talks: Talks, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Projector and reactor at work, with short pauses."""
    monkeypatch.setattr(reactor_module, "POLL_S", 0.01)
    with at_work(talks.projector, talks.reactor):
        yield


def test_it_reacts_to_what_is_written_while_it_runs(talks: Talks, running: None) -> None:
    for talk in ("a", "b", "c"):
        talks.ask_for(talk)
    until(lambda: sorted(talks.held) == ["a", "b", "c"], "all three are held")


def test_it_goes_on_when_the_database_is_back(talks: Talks, running: None) -> None:
    n_left = 3

    def away_at_first() -> None:
        nonlocal n_left
        n_left -= 1
        if n_left > 0:
            raise LogUnavailable("away")

    talks.meanwhile = away_at_first
    talks.ask_for("a")
    until(lambda: talks.held == ["a"], "the talk is held")


def test_when_many_streams_fail_it_says_so_and_goes_on_once_mended(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactor_module, "POLL_S", 0.01)
    names = [f"talk-{n}" for n in range(MANY_STREAMS)]
    talks.poison.update(names)
    talks.ask_for(*names)
    talks.projector.step()
    with at_work(talks.reactor):
        until(lambda: isinstance(talks.reactor.failed, NotTheMessages), "it says what is the matter")
        assert talks.held == []
        talks.poison.clear()
        until(lambda: sorted(talks.held) == names, "all are held")
        until(lambda: talks.reactor.failed is None, "it says that all is well")


def test_a_reaction_that_would_write_what_no_event_can_say_is_parked_and_others_go_on(talks: Talks) -> None:
    many = [f"odd-{n}" for n in range(MANY_STREAMS + 1)]
    talks.odd.update(many)
    talks.ask_for(*many, "a")
    talks.projector.step()
    assert talks.reactor.step() == len(many) + 1
    assert talks.held == ["a"]
    parked = talks.store.parked.listed()
    assert [message.position for message in parked] == list(range(1, len(many) + 1))
    assert {(message.error_class, message.reason) for message in parked} == {
        (
            "Impossible",
            (
                "CounsellingHeld is not possible: person_id: an id has 1 to 64 letters, digits, dots, dashes or "
                "underscores. while reacting to kosilab.marketplace.CounsellingRequested.v1"
            ),
        )
    }
