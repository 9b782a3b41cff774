"""What is the service actors? Its three tables: commands, reactions, views."""

from typing import Any

from services.actors.domain.erasure import ERASURE, BeginErasure, RefuseErasure, ReportErasure, RequestErasure
from services.actors.domain.lab import (
    LAB,
    AdmitMember,
    CloseLab,
    DefineMandate,
    EnterPhase,
    EstablishLab,
    ReleaseMember,
)
from services.actors.domain.organisation import (
    ORGANISATION,
    AmendOrganisation,
    RegisterOrganisation,
    ReinstateOrganisation,
    SuspendOrganisation,
    VerifyOrganisation,
)
from services.actors.domain.person import (
    PERSON,
    AmendPerson,
    DisclosePerson,
    GiveConsent,
    Person,
    RegisterPerson,
    WithdrawConsent,
)
from services.actors.erasing import EFFECTS, with_obligations
from services.actors.importing.organisation import ORGANISATION_FILES
from services.actors.reactions import REACTIONS
from services.actors.simulation.lab import LAB_STORIES
from services.actors.simulation.organisation import ORGANISATION_STORIES
from services.actors.views import ACTIVITIES, ERASURES, LABS, ORGANISATIONS, PERSONS
from shared.events.vocabulary import PersonContext
from shared.kernel.read_model import Ask, Document
from shared.service.tables import OWN_ROLES, Caller, CommandRoute, Query, Role, ServiceTables

COORDINATOR = frozenset({Role.COORDINATOR})
STAFF = frozenset({Role.COORDINATOR, Role.OPERATOR})
SELF_OR_STAFF = STAFF | {Role.ORGANISATION}
PERSON_ALONE = frozenset({Role.PERSON})
PERSON_OR_CASEWORKER = PERSON_ALONE | {Role.COORDINATOR, Role.COUNSELLOR}

MAY_SEE_UNVERIFIED = frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.OPERATOR, Role.AUDITOR})
CONTEXT_SEEN_BY = {
    Role.COORDINATOR: PersonContext.VOLUNTEERING,
    Role.COUNSELLOR: PersonContext.EMPLOYMENT,
}
"""No role reads both halves of the city's work (contract 4)."""


# --- who may act ------------------------------------------------------------------------------
def organisation_itself(_: Any, command: Any) -> tuple[str, ...]:
    """The organisation that the command is for."""
    return (command.organisation_id,)


def person_themself(_: Any, command: Any) -> tuple[str, ...]:
    """The person that the command is for."""
    return (command.person_id,)


def the_callers_own(caller: Caller, _: Any) -> str | None:
    """Who registers itself is known under the id it signed in with; whom staff register gets an id of its own."""
    return caller.actor if caller.role in OWN_ROLES else None


def works_with_their_half(caller: Caller, person: Person, _: Any) -> bool:
    """Coordinators act for who volunteers, counsellors for who looks for work; a person for themself."""
    return caller.role == Role.PERSON or CONTEXT_SEEN_BY.get(caller.role) == person.context


def in_which_role(caller: Caller, _: Any) -> str:
    """The role in which somebody looks."""
    return str(caller.role)


def member_is_registered(_: Any, command: AdmitMember, ask: Ask) -> bool:
    """Only an organisation that is registered becomes a member of a lab."""
    return ask.get(ORGANISATIONS, command.organisation_id) is not None


# --- who sees what ----------------------------------------------------------------------------
def organisation_shown(caller: Caller | None, document: Document, _ask: Ask) -> Document | None:
    """Everybody sees verified organisations; the others are seen by staff and by themselves."""
    staff = caller is not None and caller.role in MAY_SEE_UNVERIFIED
    itself = caller is not None and caller.role == Role.ORGANISATION and caller.actor == document["id"]
    return document if staff or itself or document["state"] == "verified" else None


def person_shown(caller: Caller | None, document: Document, _ask: Ask) -> Document | None:
    """Coordinators see who volunteers, counsellors who looks for work."""
    seen = CONTEXT_SEEN_BY.get(caller.role) if caller is not None else None
    return document if document["context"] == seen else None


# --- the tables -------------------------------------------------------------------------------
def _organisations(command: type, roles: frozenset[Role]) -> CommandRoute[Any, Any]:
    return CommandRoute(
        command=command,
        decider=ORGANISATION,
        nouns="organisations",
        roles=roles,
        parties=organisation_itself,
    )


def _persons(command: type, roles: frozenset[Role], **more: Any) -> CommandRoute[Any, Any]:
    return CommandRoute(
        command=command,
        decider=PERSON,
        nouns="persons",
        roles=roles,
        parties=person_themself,
        may=works_with_their_half,
        **more,
    )


def _labs(command: type) -> CommandRoute[Any, Any]:
    return CommandRoute(command=command, decider=LAB, nouns="labs", roles=STAFF)


COMMANDS = (
    CommandRoute(
        command=RegisterOrganisation,
        decider=ORGANISATION,
        nouns="organisations",
        roles=SELF_OR_STAFF,
        starts=True,
        parties=organisation_itself,
        derived={"organisation_id": the_callers_own},
    ),
    _organisations(AmendOrganisation, SELF_OR_STAFF),
    _organisations(VerifyOrganisation, COORDINATOR),
    _organisations(SuspendOrganisation, COORDINATOR),
    _organisations(ReinstateOrganisation, COORDINATOR),
    CommandRoute(
        command=RegisterPerson,
        decider=PERSON,
        nouns="persons",
        roles=PERSON_OR_CASEWORKER,
        starts=True,
        parties=person_themself,
        derived={"person_id": the_callers_own},
    ),
    _persons(AmendPerson, PERSON_OR_CASEWORKER),
    _persons(GiveConsent, PERSON_ALONE),
    _persons(WithdrawConsent, PERSON_ALONE),
    _persons(DisclosePerson, PERSON_OR_CASEWORKER, derived={"role": in_which_role}),
    CommandRoute(
        command=RequestErasure,
        decider=ERASURE,
        nouns="erasures",
        roles=PERSON_OR_CASEWORKER | {Role.OPERATOR},
        starts=True,
        parties=person_themself,
        derived={"person_id": the_callers_own},
        informed=with_obligations,
        informs=frozenset({"obligations"}),
        names_caller=False,
    ),
    CommandRoute(command=BeginErasure, decider=ERASURE, nouns="erasures", roles=frozenset()),
    CommandRoute(command=RefuseErasure, decider=ERASURE, nouns="erasures", roles=frozenset({Role.OPERATOR})),
    CommandRoute(command=ReportErasure, decider=ERASURE, nouns="erasures", roles=frozenset()),
    CommandRoute(command=EstablishLab, decider=LAB, nouns="labs", roles=STAFF, starts=True),
    _labs(DefineMandate),
    CommandRoute(command=AdmitMember, decider=LAB, nouns="labs", roles=STAFF, checks=(member_is_registered,)),
    _labs(ReleaseMember),
    _labs(EnterPhase),
    _labs(CloseLab),
)

ACTORS = ServiceTables(
    name="actors",
    commands=COMMANDS,
    reactions=REACTIONS,
    effects=EFFECTS,
    views=(ORGANISATIONS, PERSONS, ACTIVITIES, LABS, ERASURES),
    queries=(
        Query(
            nouns="organisations",
            view=ORGANISATIONS,
            filters=("state", "sector", "district"),
            shown=organisation_shown,
        ),
        Query(
            nouns="persons",
            view=PERSONS,
            roles=frozenset(CONTEXT_SEEN_BY),
            filters=("context",),
            shown=person_shown,
        ),
        Query(nouns="labs", view=LABS, filters=("state", "phase")),
        Query(
            nouns="erasures",
            view=ERASURES,
            roles=frozenset({Role.OPERATOR, Role.AUDITOR, Role.COORDINATOR, Role.COUNSELLOR}),
            filters=("state",),
        ),
    ),
    follows=("marketplace", "employment"),
)

FILES = (ORGANISATION_FILES,)
"""The kinds of file that hold nouns of this service."""

STORIES = (ORGANISATION_STORIES, LAB_STORIES)
"""What a simulated city tells of the nouns of this service."""
