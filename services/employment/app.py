"""What is the service employment? Its three tables: commands, reactions, views; and its timers."""

from typing import Any

from services.employment.domain.placement import (
    PLACEMENT,
    ConfirmRetention,
    ContractPlacement,
    ConvertPlacement,
    DeclinePlacement,
    DenyRetention,
    EndPlacement,
    MarkRetentionDue,
    ProposePlacement,
    ProposePlacementOfMatch,
    RecordRetentionUnknown,
    ReportNeverStarted,
    StartPlacement,
)
from services.employment.importing.placement import PLACEMENT_FILES
from services.employment.reactions import REACTIONS, TIMERS
from services.employment.views import PLACEMENTS, RETENTION_CHECKS
from shared.events.actors.erasure import ErasureRequested
from shared.kernel.read_model import Ask, Document
from shared.service.erasing import erase_slots
from shared.service.tables import Caller, CommandRoute, Effect, Query, Role, ServiceTables

COUNSELLOR = frozenset({Role.COUNSELLOR})
COUNSELLOR_OR_EMPLOYER = frozenset({Role.COUNSELLOR, Role.ORGANISATION})
NOBODY_FROM_OUTSIDE: frozenset[Role] = frozenset()

SHOWN_TO_EMPLOYER = (
    "id",
    "state",
    "match_id",
    "offer_id",
    "employer_id",
    "form",
    "additional",
    "hours_per_week",
    "term_months",
    "kldb",
    "simple_task",
    "contracted_on",
    "starts_on",
    "started_on",
    "converted_on",
    "ended_on",
)
"""No search, no reason of a person (rule P02), and nothing of what became of somebody who left."""


# --- who may act and who sees what ------------------------------------------------------------
def employer(placement: Any, _: Any) -> tuple[str, ...]:
    """The organisation that employs."""
    return (placement.employer_id,)


def placement_shown(caller: Caller | None, document: Document, _ask: Ask) -> Document | None:
    """Counsellors see all of a placement, the employer what it knows itself, nobody else anything."""
    if caller is None:
        return None
    if caller.role == Role.COUNSELLOR:
        return document
    if caller.role != Role.ORGANISATION or caller.actor != document.get("employer_id"):
        return None
    return {name: document[name] for name in SHOWN_TO_EMPLOYER if name in document}


# --- the tables -------------------------------------------------------------------------------
def _placements(command: type, roles: frozenset[Role], *, starts: bool = False) -> CommandRoute[Any, Any]:
    return CommandRoute(
        command=command, decider=PLACEMENT, nouns="placements", roles=roles, starts=starts, parties=employer
    )


COMMANDS = (
    _placements(ProposePlacement, COUNSELLOR, starts=True),
    _placements(ProposePlacementOfMatch, NOBODY_FROM_OUTSIDE),
    _placements(DeclinePlacement, COUNSELLOR_OR_EMPLOYER),
    _placements(ContractPlacement, COUNSELLOR_OR_EMPLOYER),
    _placements(StartPlacement, COUNSELLOR_OR_EMPLOYER),
    _placements(ReportNeverStarted, COUNSELLOR_OR_EMPLOYER),
    _placements(ConvertPlacement, COUNSELLOR_OR_EMPLOYER),
    _placements(EndPlacement, COUNSELLOR_OR_EMPLOYER),
    _placements(MarkRetentionDue, NOBODY_FROM_OUTSIDE),
    _placements(ConfirmRetention, COUNSELLOR),
    _placements(DenyRetention, COUNSELLOR),
    _placements(RecordRetentionUnknown, COUNSELLOR),
)

EMPLOYMENT = ServiceTables(
    name="employment",
    commands=COMMANDS,
    reactions=REACTIONS,
    views=(PLACEMENTS, RETENTION_CHECKS),
    queries=(
        Query(
            nouns="placements",
            view=PLACEMENTS,
            roles=COUNSELLOR_OR_EMPLOYER,
            filters=("state", "form", "employer_id", "offer_id", "search_id", "match_id"),
            own=("employer_id",),
            shown=placement_shown,
        ),
        Query(
            nouns="retention-checks",
            view=RETENTION_CHECKS,
            roles=COUNSELLOR,
            filters=("state", "placement_id"),
        ),
    ),
    effects=(Effect(on=(ErasureRequested,), run=erase_slots),),
    timers=TIMERS,
    follows=("actors", "marketplace"),
)

FILES = (PLACEMENT_FILES,)
"""The kinds of file that hold nouns of this service."""
