"""Does the app judge, append, repeat and react as architecture 2 and 4 say?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.eventlog.memory import MemoryEventLog
from shared.eventlog.port import Append, CommandIdReused, Done, Outcome, Refusal, StoredRecord
from shared.events.actors.organisation import (
    OrganisationRegistered,
    OrganisationVerified,
)
from shared.events.actors.person import PersonRegistered
from shared.events.codec import decode
from shared.events.process import ReactionRefused
from shared.events.vocabulary import PersonContext, Sector
from shared.kernel.decider import Decider
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask, ReadModel
from shared.kernel.recorded import Recorded
from shared.kernel.refusal import require, stored_as
from shared.service.app import App, NoSuchStream, NotYours
from shared.service.origin import Origin
from shared.service.tables import Caller, CommandRoute, Role, ServiceTables, organisations, persons

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a thing for its owner."""

    thing_id: str
    owner: str
    at: datetime = NOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Check a thing once."""

    thing_id: str
    at: datetime = NOON


def thing_is_open(owner: str, _: Check) -> bool:
    """The thing is open."""
    return owner != ""


def decide(owner: str, command: Open | Check) -> Sequence[Any]:
    """Two commands, one rule."""
    if isinstance(command, Open):
        return (
            []
            if owner
            else [OrganisationRegistered(name=command.owner, sector=Sector.COMPANY, district="Barmen")]
        )
    require(owner, command, thing_is_open)
    return [OrganisationVerified()]


def evolve(owner: str, event: Any) -> str:
    """The owner."""
    return event.name if isinstance(event, OrganisationRegistered) else owner


THING = Decider(name="thing", initial="", decide=decide, evolve=evolve)
STAFF = frozenset({Role.COORDINATOR, Role.ORGANISATION})


def check_again(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """Every person's registration checks the thing of the same name."""
    yield Check(thing_id=event.noun_id, at=event.time)


TABLES = ServiceTables(
    name="actors",
    commands=(
        CommandRoute(
            command=Open,
            decider=THING,
            nouns="things",
            roles=STAFF,
            starts=True,
            parties=lambda _, c: organisations(c.owner),
        ),
        CommandRoute(
            command=Check,
            decider=THING,
            nouns="things",
            roles=STAFF,
            parties=lambda owner, _: organisations(owner),
        ),
    ),
    reactions=(Reaction(name="check_again", on=(PersonRegistered,), react=check_again),),
)


NOBODY_MAY = replace(
    TABLES, commands=(replace(TABLES.commands[0], parties=lambda _, __: ()), TABLES.commands[1])
)

THINGS: ReadModel[Any, Any] = ReadModel(name="things", version=1, on=(), evolve=lambda document, _: document)


class Nothing:
    """Views that hold nothing."""

    def get(self, view: str, key: str) -> None:
        """Nothing."""

    def find(self, _view: str, **_: Any) -> list[Any]:
        """Nothing."""
        return []


@dataclass
class OneLog:
    """A store with a log and no views."""

    log: Any
    ask: Any


@pytest.fixture
def log() -> MemoryEventLog:
    """An empty log."""
    return MemoryEventLog(service="actors", city_key="05124000", clock=lambda: NOON)


@pytest.fixture
def app(log: MemoryEventLog) -> App:
    """The app on it."""
    return App(TABLES, OneLog(log, Nothing()))


def types(log: MemoryEventLog) -> list[str]:
    return [stored.type for stored in log.read()]


def send(app: App, command: Any, key: str, digest: str = "d", **origin: Any) -> Outcome:
    return app.handle(command, command_id=key, request_digest=digest, origin=Origin(**origin))


def test_a_command_becomes_events(app: App, log: MemoryEventLog) -> None:
    assert send(app, Open(thing_id="1", owner="a"), "k") == Done(
        stream="thing-1", position=1, version=1, types=("kosilab.actors.OrganisationRegistered.v1",)
    )
    assert types(log) == ["kosilab.actors.OrganisationRegistered.v1"]


def test_the_same_command_id_gives_the_first_outcome_and_writes_nothing(
    app: App, log: MemoryEventLog
) -> None:
    first = send(app, Open(thing_id="1", owner="a"), "k")
    assert send(app, Open(thing_id="1", owner="a"), "k") == first
    assert len(log.read()) == 1


def test_the_same_command_id_with_another_request_is_refused_as_such(app: App) -> None:
    send(app, Open(thing_id="1", owner="a"), "k")
    with pytest.raises(CommandIdReused):
        send(app, Open(thing_id="1", owner="b"), "k", "other")


def test_a_refusal_is_remembered_even_when_the_rule_would_hold_later(app: App) -> None:
    refused = send(app, Check(thing_id="1"), "k")
    assert refused == Refusal(rule="thing_is_open", sentence="The thing is open.")
    send(app, Open(thing_id="1", owner="a"), "open")
    assert send(app, Check(thing_id="1"), "k") == refused


def test_a_refusal_by_a_check_of_other_streams_is_remembered_under_a_clients_key(log: MemoryEventLog) -> None:
    knows: list[str] = []

    def owner_is_known(_state: Any, command: Any, _ask: Ask) -> bool:
        """The owner is known."""
        return command.owner in knows

    route = replace(TABLES.commands[0], checks=(owner_is_known,))
    app = App(replace(TABLES, commands=(route,)), OneLog(log, Nothing()))

    def opened(key: str, owner: str = "a", *, is_keyed: bool = True) -> Outcome:
        return app.handle(
            Open(thing_id="1", owner=owner), command_id=key, request_digest=owner, is_keyed=is_keyed
        )

    refused = opened("k")
    unkeyed = opened("row 1 of a file", is_keyed=False)
    assert refused == unkeyed == Refusal(rule="owner_is_known", sentence="The owner is known.")
    with pytest.raises(CommandIdReused):
        opened("k", "b")
    knows.append("a")
    assert opened("k") == refused
    assert isinstance(opened("row 1 of a file", is_keyed=False), Done)


def test_a_stale_state_is_noticed_and_the_command_judged_again(log: MemoryEventLog) -> None:
    here, there = App(TABLES, OneLog(log, Nothing())), App(TABLES, OneLog(log, Nothing()))
    send(here, Open(thing_id="1", owner="a"), "open")
    send(there, Check(thing_id="1"), "there")
    outcome = send(here, Check(thing_id="1"), "here")
    assert isinstance(outcome, Done)
    assert outcome.version == 3


def test_a_refusal_on_a_stale_state_is_judged_again(log: MemoryEventLog) -> None:
    here, there = App(TABLES, OneLog(log, Nothing())), App(TABLES, OneLog(log, Nothing()))
    send(here, Check(thing_id="1"), "too early")
    send(there, Open(thing_id="1", owner="a"), "open")
    assert isinstance(send(here, Check(thing_id="1"), "now"), Done)


def test_a_role_that_the_route_does_not_name_may_not(app: App) -> None:
    with pytest.raises(NotYours):
        send(app, Open(thing_id="1", owner="a"), "k", caller=Caller(role=Role.RESEARCHER, actor="r"))


def test_an_organisation_acts_for_itself_only(app: App) -> None:
    send(app, Open(thing_id="1", owner="a"), "k")
    with pytest.raises(NotYours):
        send(app, Check(thing_id="1"), "foreign", caller=Caller(role=Role.ORGANISATION, actor="b"))
    assert isinstance(
        send(app, Check(thing_id="1"), "own", caller=Caller(role=Role.ORGANISATION, actor="a")), Done
    )


def test_what_does_not_exist_is_not_found(app: App) -> None:
    with pytest.raises(NoSuchStream):
        send(app, Check(thing_id="1"), "k", caller=Caller(role=Role.COORDINATOR, actor="c"))


def person_registered(log: MemoryEventLog, thing: str) -> Recorded[Any]:
    other = App(ServiceTables(name="actors"), OneLog(log, Nothing()))
    other.note(PersonRegistered(context=PersonContext.VOLUNTEERING), stream=f"person-{thing}", at=NOON)
    return decode(log.read()[-1].record)


def test_a_reaction_handled_twice_changes_nothing(app: App, log: MemoryEventLog) -> None:
    send(app, Open(thing_id="1", owner="a"), "open")
    event = person_registered(log, "1")
    app.react_to(event)
    once = types(log)
    app.react_to(event)
    assert types(log) == once
    assert once[-1] == "kosilab.actors.OrganisationVerified.v1"


def test_a_refused_reaction_is_an_event_and_is_written_once(app: App, log: MemoryEventLog) -> None:
    event = person_registered(log, "1")
    app.react_to(event)
    app.react_to(event)
    written = [decode(stored.record) for stored in log.read()][1:]
    assert [record.data for record in written] == [
        ReactionRefused(
            reaction="check_again",
            trigger_id=event.id,
            trigger_type="kosilab.actors.PersonRegistered.v1",
            trigger_stream="person-1",
            target="thing-1",
            command="Check",
            rule="thing_is_open",
            sentence="The thing is open.",
        )
    ]
    assert written[0].causation_id == event.id


@pytest.mark.parametrize("is_open", [True, False], ids=["taken", "refused"])
def test_renaming_functions_changes_nothing_that_is_stored(is_open: bool) -> None:
    def look_once_more(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
        return check_again(event, ask)

    @stored_as("thing_is_open")
    def nobody_has_closed_the_thing(owner: str, command: Check) -> bool:
        """The thing is open."""
        return thing_is_open(owner, command)

    def decide_anew(owner: str, command: Open | Check) -> Sequence[Any]:
        if isinstance(command, Check):
            require(owner, command, nobody_has_closed_the_thing)
        return decide(owner, command)

    renamed = replace(
        TABLES,
        commands=tuple(
            replace(route, decider=replace(THING, decide=decide_anew)) for route in TABLES.commands
        ),
        reactions=tuple(replace(reaction, react=look_once_more) for reaction in TABLES.reactions),
    )
    stored = []
    for tables in (TABLES, renamed):
        log = MemoryEventLog(service="actors", city_key="05124000", clock=lambda: NOON)
        app = App(tables, OneLog(log, Nothing()))
        if is_open:
            send(app, Open(thing_id="1", owner="a"), "open")
        app.react_to(person_registered(log, "1"))
        stored.append([record.record for record in log.read()])
    assert stored[0] == stored[1]
    assert len(stored[0]) == 2 + is_open


def test_an_open_record_names_no_internal_cause(app: App, log: MemoryEventLog) -> None:
    send(app, Open(thing_id="1", owner="a"), "open")
    event = person_registered(log, "1")
    app.react_to(event)
    verified = decode(log.read()[-1].record)
    assert verified.audience == "open"
    assert (verified.causation_id, verified.correlation_id) == (None, None)


def test_an_open_record_names_a_person_by_role_only(log: MemoryEventLog) -> None:
    route = CommandRoute(
        command=Open,
        decider=THING,
        nouns="things",
        roles=frozenset({Role.PERSON}),
        starts=True,
        parties=lambda *_: persons("p"),
    )
    app = App(ServiceTables(name="actors", commands=(route,)), OneLog(log, Nothing()))
    send(app, Open(thing_id="1", owner="a"), "k", caller=Caller(role=Role.PERSON, actor="p"))
    assert decode(log.read()[-1].record).auth_id == "person"


def test_what_the_origin_says_stands_in_the_record(app: App, log: MemoryEventLog) -> None:
    send(app, Open(thing_id="1", owner="a"), "k", lab="lab-1", synthetic=True, correlation_id="c-1")
    event = decode(log.read()[-1].record)
    assert (event.lab, event.synthetic, event.correlation_id) == ("lab-1", True, "c-1")


def test_a_repeated_append_keeps_the_events_ids(app: App, log: MemoryEventLog) -> None:
    send(app, Open(thing_id="1", owner="a"), "k")
    other = MemoryEventLog(service="actors", city_key="05124000", clock=lambda: NOON)
    send(App(TABLES, OneLog(other, Nothing())), Open(thing_id="1", owner="a"), "k")
    assert decode(log.read()[0].record).id == decode(other.read()[0].record).id


def test_append_requests_carry_the_version_that_was_decided_on(app: App, log: MemoryEventLog) -> None:
    requests: list[Append] = []
    append = log.append

    def watch(request: Append) -> Outcome:
        requests.append(request)
        return append(request)

    log.append = watch  # type: ignore[method-assign]
    send(app, Open(thing_id="1", owner="a"), "k")
    send(app, Check(thing_id="1"), "l")
    assert [request.expected_version for request in requests] == [0, 1]


class NotLookedThrough(MemoryEventLog):
    """A log whose streams are not read."""

    def read_stream(self, stream: str, *, after_version: int = 0) -> list[StoredRecord]:
        """Raises: AssertionError."""
        raise AssertionError(f"{stream} is looked for, behind {after_version}")


def test_the_stream_of_a_new_id_is_not_looked_for() -> None:
    log = NotLookedThrough(service="actors", city_key="05124000", clock=lambda: NOON)
    app = App(TABLES, OneLog(log, Nothing()))
    app.begins(THING, "1")
    assert isinstance(send(app, Open(thing_id="1", owner="a"), "open"), Done)


def test_an_id_that_was_not_new_after_all_is_noticed_and_the_command_judged_again(
    log: MemoryEventLog,
) -> None:
    here, there = App(TABLES, OneLog(log, Nothing())), App(TABLES, OneLog(log, Nothing()))
    send(there, Open(thing_id="1", owner="a"), "open")
    here.begins(THING, "1")
    outcome = send(here, Check(thing_id="1"), "check")
    assert isinstance(outcome, Done)
    assert outcome.version == 2


class CountedOutcomes(MemoryEventLog):
    """A log that counts how often it is asked for what a command led to."""

    n_asked = 0

    def outcome(self, command_id: str, request_digest: str) -> Outcome | None:
        """The log's own answer."""
        self.n_asked += 1
        return super().outcome(command_id, request_digest)


def test_a_command_that_begins_a_noun_is_not_looked_for_before() -> None:
    log = CountedOutcomes(service="actors", city_key="05124000", clock=lambda: NOON)
    app = App(TABLES, OneLog(log, Nothing()))
    app.begins(THING, "1")
    first = send(app, Open(thing_id="1", owner="a"), "open")
    assert log.n_asked == 0
    assert send(app, Open(thing_id="1", owner="a"), "open") == first
    assert log.n_asked == 1


@pytest.mark.parametrize("by", ["a", "b"])
def test_a_repeat_in_a_process_that_knows_nothing_gets_the_first_outcome(
    log: MemoryEventLog, by: str
) -> None:
    """The other process lets `a` only begin the thing; here everybody's `no` comes too late."""
    there = App(TABLES, OneLog(log, Nothing()))
    first = send(
        there, Open(thing_id="1", owner="a"), "open", caller=Caller(role=Role.ORGANISATION, actor="a")
    )
    here = App(NOBODY_MAY, OneLog(log, Nothing()))
    here.begins(THING, "1")
    again = send(here, Open(thing_id="1", owner="a"), "open", caller=Caller(role=Role.ORGANISATION, actor=by))
    assert again == first
    here.begins(THING, "2")
    with pytest.raises(NotYours):
        send(here, Open(thing_id="2", owner="a"), "other", caller=Caller(role=Role.ORGANISATION, actor=by))


class LooksOnce:
    """Views that count how often each document is fetched."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, _view: str, key: str) -> None:
        """Nothing, each time."""
        self.asked.append(key)


def test_the_checks_of_a_command_fetch_a_document_once(log: MemoryEventLog) -> None:
    def is_unknown(_state: Any, command: Any, ask: Ask) -> bool:
        return ask.get(THINGS, command.thing_id) is None

    views = LooksOnce()
    route = replace(TABLES.commands[0], checks=(is_unknown, is_unknown))
    app = App(replace(TABLES, commands=(route,)), OneLog(log, views))
    send(app, Open(thing_id="1", owner="a"), "open")
    assert views.asked == ["1"]
