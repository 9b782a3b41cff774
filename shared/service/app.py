"""What happens between a request and the log? Load, judge, append; decide again when another append was faster."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from shared.eventlog.port import Append, Conflict, Done, Draft, EventLog, Outcome, Refusal, Slot
from shared.events.bounds import possible
from shared.events.codec import decode, encode_data, sealed_of
from shared.events.process import ReactionRefused
from shared.events.registry import Audience, type_of
from shared.kernel.decider import Decider
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask
from shared.kernel.recorded import Recorded
from shared.kernel.refusal import sentence_of
from shared.service import ids
from shared.service.judging import judge, refusal_before, refusal_by
from shared.service.origin import NOWHERE, Origin, caused_by
from shared.service.persons import person_is_not_erased
from shared.service.tables import OWN_ROLES, Caller, CommandRoute, ServiceTables, as_it_is
from shared.vault.slots import seal_slots
from shared.vault.vault import KeyDestroyed, Vault

MAX_ATTEMPTS = 5
"""How often a command is decided again when other commands append to its stream meanwhile (architecture 4)."""

MAX_STATES = 20_000
"""How many streams' states are kept in memory; the version check of the append detects a stale state."""


class NotYours(Exception):  # noqa: N818 - says what happened
    """The caller's role or id does not allow the command; a sentence says so where the role deals with other kinds."""


class NoSuchStream(Exception):  # noqa: N818 - says what happened
    """The command is for a noun that does not exist."""


class Store(Protocol):
    """What the app needs of its service's store."""

    @property
    def log(self) -> EventLog:
        """The service's log."""
        ...

    @property
    def ask(self) -> Ask:
        """The service's own views."""
        ...


class App:
    """One service: its tables at work on its store."""

    def __init__(self, tables: ServiceTables, store: Store, vault: Vault | None = None) -> None:
        self.tables = tables
        self.store = store
        self._vault = vault
        self._routes: Mapping[type, CommandRoute[Any, Any]] = {
            route.command: route for route in tables.commands
        }
        self._states: OrderedDict[str, tuple[int, Any]] = OrderedDict()
        self._states_lock = threading.Lock()

    @property
    def vault(self) -> Vault:
        """The city's vault.

        Raises: RuntimeError when the app has no vault: then it may keep nothing personal.
        """
        if self._vault is None:
            msg = f"{self.tables.name} has no vault, so it can keep nothing personal"
            raise RuntimeError(msg)
        return self._vault

    def handle(
        self,
        command: Any,
        *,
        command_id: str,
        request_digest: str,
        origin: Origin = NOWHERE,
        is_keyed: bool = False,
    ) -> Outcome:
        """Judge a command and write its events; the same command id again gives the first outcome.

        A refusal by a check of other streams is remembered where a client gave the key (`is_keyed`); a file that is
        imported again and a timer are judged anew, because what they waited for may be there by then.
        Raises: NotYours, NoSuchStream; Conflict after five attempts; CommandIdReused for another request; Impossible.
        """
        route = self._routes[type(command)]
        stream = route.decider.stream(route.decider.id_of(command))
        first_outcome = partial(self._first_outcome, route, command_id, request_digest, origin.caller)
        # Where nothing was decided before, the append itself finds a repeat; only a "no" has to ask for one.
        asked = route.informed is not as_it_is or self._states.get(stream) != (0, route.decider.initial)
        if asked and (earlier := first_outcome()) is not None:
            return earlier
        if route.informed is not as_it_is:
            command = route.informed(command, self.vault)
        for _ in range(MAX_ATTEMPTS):
            try:
                outcome = self._attempt(route, command, command_id, request_digest, origin, is_keyed=is_keyed)
            except Conflict:
                self._forget(stream)
            except (NotYours, NoSuchStream):
                if asked or (earlier := first_outcome()) is None:
                    raise
                return earlier
            else:
                return outcome if asked or isinstance(outcome, Done) else first_outcome() or outcome
        raise Conflict(stream)

    def _first_outcome(
        self, route: CommandRoute[Any, Any], command_id: str, request_digest: str, caller: Caller | None
    ) -> Outcome | None:
        outcome = self.store.log.outcome(command_id, request_digest)
        if outcome is not None and caller is not None and caller.role not in route.roles:
            raise NotYours
        return outcome

    def _attempt(
        self,
        route: CommandRoute[Any, Any],
        command: Any,
        command_id: str,
        request_digest: str,
        origin: Origin,
        *,
        is_keyed: bool,
    ) -> Outcome:
        stream = route.decider.stream(route.decider.id_of(command))
        version, state = self._load(route.decider, stream)
        self._authorise(route, origin.caller, version, state, command)
        refusal = refusal_before(self, route, state, command, origin.caller)
        if refusal is not None and not is_keyed:
            return refusal
        events, refusal = ((), refusal) if refusal else judge(route.decider, state, command)
        try:
            noted = origin if route.names_caller else origin.by_role_only()
            drafts = self._drafts(events, command_id, command.at, noted)
        except KeyDestroyed:
            return refusal_by(person_is_not_erased)
        if route.prepares and drafts:
            route.prepares(command, self.vault)
        outcome = self.store.log.append(
            Append(
                stream=stream,
                expected_version=version,
                command_id=command_id,
                request_digest=request_digest,
                events=drafts,
                refusal=refusal,
            )
        )
        self._remember(stream, version + len(events), route.decider.fold(events, state))
        return outcome

    def react(self, event: Recorded[Any], reaction: Reaction[Any]) -> None:
        """Send the commands with which a reaction answers an event; a refusal becomes an event, never a crash."""
        for command in reaction.react(event, self.store.ask):
            decider = self._routes[type(command)].decider
            stream = decider.stream(decider.id_of(command))
            command_id = ids.reaction_command_id(event.id, reaction.name, stream)
            origin = caused_by(event)
            outcome = self.handle(command, command_id=command_id, request_digest=command_id, origin=origin)
            if isinstance(outcome, Refusal):
                self._record_refusal(event, reaction, command, stream, command_id, outcome)

    def react_to(self, event: Recorded[Any]) -> None:
        """Run every reaction of the service that listens to this event."""
        for reaction in self.tables.reactions:
            if isinstance(event.data, reaction.on):
                self.react(event, reaction)
        for effect in self.tables.effects:
            if isinstance(event.data, effect.on):
                effect.run(event, self)

    def state_of(self, decider: Decider[Any, Any, Any], noun_id: str) -> tuple[int, Any]:
        """Version and state of a stream as this process knows it; version 0 when there is none."""
        return self._load(decider, decider.stream(noun_id))

    def begins(self, decider: Decider[Any, Any, Any], noun_id: str) -> None:
        """Declare an id new, so that its stream need not be read.

        If the stream exists all the same, the append detects it, and the command is judged again.
        """
        stream = decider.stream(noun_id)
        with self._states_lock:
            is_remembered = stream in self._states
        if not is_remembered:
            self._remember(stream, 0, decider.initial)

    def route_of(self, command: type) -> CommandRoute[Any, Any]:
        """The line of the command table for this command."""
        return self._routes[command]

    def _record_refusal(
        self,
        event: Recorded[Any],
        reaction: Reaction[Any],
        command: Any,
        stream: str,
        command_id: str,
        refusal: Refusal,
    ) -> None:
        happened = ReactionRefused(
            reaction=reaction.name,
            trigger_id=event.id,
            trigger_type=event.type,
            trigger_stream=event.stream,
            target=stream,
            command=type(command).__name__,
            rule=refusal.rule,
            sentence=refusal.sentence,
        )
        origin = caused_by(event)
        self.note(happened, stream=f"reaction-{command_id}", at=event.time, origin=origin)

    def note(self, happened: Any, *, stream: str, at: datetime, origin: Origin = NOWHERE) -> None:
        """Write an event about the service's own work, once per stream."""
        command_id = ids.derived("note", self.tables.name, stream)
        request = Append(
            stream=stream,
            expected_version=0,
            command_id=command_id,
            request_digest=command_id,
            events=self._drafts(possible([happened]), command_id, at, origin),
        )
        self.store.log.append(request)

    def _authorise(
        self, route: CommandRoute[Any, Any], caller: Caller | None, version: int, state: Any, command: Any
    ) -> None:
        if caller is not None and caller.role not in route.roles:
            raise NotYours
        if version == 0 and not route.starts and caller is not None:
            raise NoSuchStream
        if (
            caller is not None
            and caller.role in OWN_ROLES
            and (caller.role, caller.actor) not in route.parties(state, command)
        ):
            raise NotYours
        if caller is not None and not route.may(caller, state, command):
            raise NotYours(sentence_of(route.may))

    def _load(self, decider: Decider[Any, Any, Any], stream: str) -> tuple[int, Any]:
        with self._states_lock:
            remembered = self._states.get(stream)
            if remembered is not None:
                self._states.move_to_end(stream)
                return remembered
        records = [decode(stored.record) for stored in self.store.log.read_stream(stream)]
        loaded = len(records), decider.fold(record.data for record in records)
        self._remember(stream, *loaded)
        return loaded

    def _remember(self, stream: str, version: int, state: Any) -> None:
        with self._states_lock:
            self._states[stream] = (version, state)
            self._states.move_to_end(stream)
            if len(self._states) > MAX_STATES:
                self._states.popitem(last=False)

    def _forget(self, stream: str) -> None:
        with self._states_lock:
            self._states.pop(stream, None)

    def _drafts(self, events: Sequence[Any], command_id: str, at: datetime, origin: Origin) -> list[Draft]:
        return [
            self._draft(event, ids.event_id(command_id, number), at, origin)
            for number, event in enumerate(events, start=1)
        ]

    def _draft(self, event: Any, event_id: str, at: datetime, origin: Origin) -> Draft:
        kind = type_of(type(event))
        type_name = kind.wire_name(self.tables.name)
        attributes = origin.attributes(is_open=kind.audience == Audience.OPEN)
        slots: Sequence[Slot] = ()
        personal = sealed_of(event)
        if personal:
            slots, attributes["sealed"] = seal_slots(self.vault, event_id, type_name, personal)
        return Draft(
            id=event_id,
            type=type_name,
            audience=kind.audience,
            time=at,
            data=encode_data(event),
            attributes=attributes,
            slots=slots,
        )
