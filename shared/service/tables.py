"""What makes a service? Three tables: commands, reactions, views; and the timers that go with them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from types import EllipsisType
from typing import Any, Generic, TypeAlias, TypeVar

from shared.events.vocabulary import PersonContext
from shared.kernel.decider import Decider
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask, ReadModel
from shared.kernel.recorded import Recorded
from shared.service.days import days_and_months_are_near
from shared.service.visible import EVERYTHING, Visible

S = TypeVar("S")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")


class Role(StrEnum):
    """Who may send or read something (contract 4); everything else is denied."""

    OPERATOR = "operator"
    COORDINATOR = "coordinator"
    COUNSELLOR = "counsellor"
    BROKER = "broker"
    NOTARY = "notary"
    ORGANISATION = "organisation"
    PERSON = "person"
    RESEARCHER = "researcher"
    AUDITOR = "auditor"
    DOWNSTREAM = "downstream"
    SERVICE = "service"


PERSON_ID = "person_id"
"""The name of the field in which a command names a person."""

OWN_ROLES = frozenset({Role.ORGANISATION, Role.PERSON})
"""Roles that act for themselves only: role and id must be among a command's `parties`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: the role and the pseudonymous id of the actor (an organisation, a person or a member of staff)."""

    role: Role
    actor: str
    token_id: str = ""


Actor: TypeAlias = tuple[Role, str]
"""Who takes part, with their kind: an organisation and a person with the same id are two."""


def organisations(*organisation_ids: str) -> tuple[Actor, ...]:
    """Organisations as parties."""
    return tuple((Role.ORGANISATION, organisation_id) for organisation_id in organisation_ids)


def persons(*person_ids: str) -> tuple[Actor, ...]:
    """Persons as parties."""
    return tuple((Role.PERSON, person_id) for person_id in person_ids)


def nobody(_state: Any, _command: Any) -> Collection[Actor]:
    """No organisation and no person may send the command."""
    return ()


def own_id(caller: Caller, _state: object) -> str | None:
    """Those who register themselves keep the id that they sign in with; staff's registrations get new ids."""
    return caller.actor if caller.role in OWN_ROLES else None


def in_any_case(_caller: Caller, _state: Any, _command: Any) -> bool:
    """The role is sufficient, whatever the command is about."""
    return True


def person_in_field(command: Any) -> Collection[str]:
    """The person in the field `person_id`, where the command has it."""
    person_id: str | None = getattr(command, PERSON_ID, None)
    return () if person_id is None else (person_id,)


def either_half(_command: Any) -> PersonContext | None:
    """The command belongs to no half of the city's work; the role of its sender decides whom it may name."""
    return None


def nobody_is_known(_app: Any, _person_id: str) -> PersonContext | None:
    """The service knows no persons, so a command of it can name none."""
    return None


def as_it_is(command: Any, _vault: Any) -> Any:
    """The command needs nothing from the vault."""
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRoute(Generic[S, C]):
    """One line of the command table: who may send which command to which decider, and where.

    `nouns` is the path segment (`offers`). `starts` is true for the command that begins a stream (POST /nouns); the
    others are POST /nouns/<id>/<command-in-kebab-case>. For the roles `organisation` and `person` the caller's actor
    must be among `parties(state, command)`, seen on the state before the command. `derived` names fields that follow
    from caller and state (`organisation_id`, `by`); when the function returns None, the body must have the field.
    `may` restricts a role by the content of the command (a counsellor: work only).
    `informed(command, vault)` adds what only the vault knows (a proof obligation's date) to the command, in the fields
    `informs`, which no body holds.
    `prepares(command, vault)` writes what the vault must hold before the events exist, once nothing refuses it.
    `names_caller` is false where a record must not join its stream and the person who sent the command.
    `persons(command)` are the persons whom the command names, `half(command)` is the half of the city's work that it
    belongs to: all of them must be registered in this half, and the sender's role must act for it (`persons.py`).
    `checks` are rules answered from the service's views before the decider is asked (an unverified organisation).
    `checks_of_callers` hold for what somebody sends; what a file or a reaction asks for may be ahead of the views.
    `amends(state)` are the fields in force, by name: what the sender leaves out of the body stays as it is. It is None
    where the noun is of another kind.
    `noticed(caller, command, ask)` is what the answer says besides, of what this caller may see.
    """

    command: type[C]
    decider: Decider[S, C, Any]
    nouns: str
    roles: frozenset[Role]
    starts: bool = False
    parties: Callable[[S, C], Collection[Actor]] = nobody
    derived: Mapping[str, Callable[[Caller, S], Any]] = field(default_factory=dict)
    may: Callable[[Caller, S, C], bool] = in_any_case
    informed: Callable[[C, Any], C] = as_it_is
    informs: frozenset[str] = frozenset()
    prepares: Callable[[C, Any], None] | None = None
    names_caller: bool = True
    checks: tuple[Callable[[S, C, Ask], bool], ...] = ()
    checks_of_callers: tuple[Callable[[S, C, Ask], bool], ...] = ()
    persons: Callable[[C], Collection[str]] = person_in_field
    half: Callable[[C], PersonContext | None] = either_half
    amends: Callable[[S], Mapping[str, Any] | None] | None = None
    noticed: Callable[[Caller, C, Ask], Mapping[str, Any]] | None = None

    def failed_check(
        self, state: S, command: C, ask: Ask, caller: Caller | None = None
    ) -> Callable[..., bool] | None:
        """The first rule that does not hold before the decider is asked; days are judged for every command alike."""
        if not days_and_months_are_near(state, command, self.informs):
            return days_and_months_are_near
        checks = self.checks if caller is None else (*self.checks, *self.checks_of_callers)
        return next((check for check in checks if not check(state, command, ask)), None)


def shown_whole(_caller: Caller | None, document: Any) -> Mapping[str, Any]:
    """Whoever may see a document sees all of it."""
    shown: Mapping[str, Any] = document
    return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Generic[D]):
    """One line of the view table: a view behind `GET /<service>/<nouns>`, its readers and what they see.

    `roles` empty means that no sign-in is needed. `filters` are the view's columns that a caller may filter by, and
    `words` are all values that a filter can have, where these are a closed list.
    Which documents a caller may see: `own` are columns of which one must hold the caller's actor, for the roles
    `organisation` and `person`; where that is not all, `visible` says it in columns, and may ask other views.
    `shown` says which fields of a document a caller sees who may see it.
    """

    nouns: str
    view: ReadModel[D, Any]
    roles: frozenset[Role] = frozenset()
    filters: tuple[str, ...] = ()
    words: Mapping[str, type[StrEnum]] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    shown: Callable[[Caller | None, D], Mapping[str, Any]] = shown_whole
    visible: Callable[[Caller | None, Ask], tuple[Visible, ...]] | None = None

    def visible_to(self, caller: Caller | None, ask: Ask) -> tuple[Visible, ...]:
        """The documents that a caller may see."""
        if self.visible is not None:
            return self.visible(caller, ask)
        if caller is None or caller.role not in OWN_ROLES or not self.own:
            return EVERYTHING
        return tuple(Visible(columns={name: caller.actor}) for name in self.own)

    def document_for(self, caller: Caller | None, ask: Ask, key: str) -> Mapping[str, Any] | None:
        """What a caller sees of the document with this key; None when there is none, or none for this caller."""
        document = ask.get(self.view, key)
        if document is None:
            return None
        if not any(part.has(self.view, key, document) for part in self.visible_to(caller, ask)):
            return None
        return self.shown(caller, document)


def own_stream(event: Recorded[object]) -> str:
    """The stream of the event."""
    return event.stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer(Generic[E]):
    """A deadline that the ticker watches: set, moved or cleared by events of one stream; `kind` is stored.

    `due(event)` answers with the new due time, with None to clear it, or with `...` to leave it as it is.
    `command(noun_id, due_at)` is what the ticker sends when the time has come; the decider judges.
    `stream(event)` says whose deadline it is: there is one per stream and kind, and `noun_id` is behind its first dash.
    """

    kind: str
    on: tuple[type[E], ...]
    due: Callable[[Recorded[E]], datetime | EllipsisType | None]
    command: Callable[[str, datetime], Any]
    stream: Callable[[Recorded[E]], str] = own_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Generic[E]):
    """What a service does on an event besides sending commands: `run(event, app)` changes vault and slots.

    It runs after the reactions, and again after a crash: a repeat changes nothing.
    """

    on: tuple[type[E], ...]
    run: Callable[[Recorded[E], Any], None]


def all_of_it(_event: Recorded[Any]) -> bool:
    """The whole stream is about the person."""
    return True


def nothing_hidden(_event: Recorded[Any]) -> Collection[str]:
    """The person sees every field."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A stream with something about a person: which events are theirs, and which fields are somebody else's."""

    stream: str
    belongs: Callable[[Recorded[Any]], bool] = all_of_it
    hidden: Callable[[Recorded[Any]], Collection[str]] = nothing_hidden


def nothing_about(_app: Any, _person_id: str) -> Iterable[About]:
    """The service keeps nothing about persons."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTables:
    """Everything that the generic parts need to know about a service. `follows` are the services whose events it reads.

    `facts` are read models folded from the history that the service keeps, apart from handling what it follows.
    `about(app, person_id)` are the streams that hold something about a person, for the person's own eyes.
    `half_of(app, person_id)` is the half that a person is of, as the service knows; None for an id that is nobody's.
    `locales` holds the sentences of its rules in other languages than English, a file each (`de.po`).
    """

    name: str
    commands: tuple[CommandRoute[Any, Any], ...] = ()
    reactions: tuple[Reaction[Any], ...] = ()
    effects: tuple[Effect[Any], ...] = ()
    views: tuple[ReadModel[Any, Any], ...] = ()
    facts: tuple[ReadModel[Any, Any], ...] = ()
    queries: tuple[Query[Any], ...] = ()
    timers: tuple[Timer[Any], ...] = ()
    follows: tuple[str, ...] = ()
    half_of: Callable[[Any, str], PersonContext | None] = nobody_is_known
    about: Callable[[Any, str], Iterable[About]] = nothing_about
    locales: Path | None = None

    def view_named(self, name: str) -> ReadModel[Any, Any]:
        """The read model with this name.

        Raises: KeyError when the service has none.
        """
        return {view.name: view for view in self.views}[name]

    @property
    def heard(self) -> frozenset[str]:
        """The names of the events that a reaction, an effect, a view or a deadline of the service uses."""
        of_reactions = chain(
            *(effect.on for effect in self.reactions), *(effect.on for effect in self.effects)
        )
        of_views = chain(*(timer.on for timer in self.views), *(timer.on for timer in self.timers))
        return frozenset(event.__name__ for event in chain(of_reactions, of_views))
