"""Who may propose, contract, start, convert and end a placement, and answer its retention checks?"""

from typing import TypeVar

from services.employment.domain.placement import (
    PLACEMENT,
    ContractPlacement,
    ConvertPlacement,
    DeclinePlacement,
    EndPlacement,
    Placement,
    PlacementCommand,
    ProposePlacement,
    ProposePlacementOfMatch,
    ReportNeverStarted,
    StartPlacement,
)
from services.employment.domain.retention import (
    ConfirmRetention,
    CorrectRetention,
    DenyRetention,
    MarkRetentionDue,
    RecordRetentionUnknown,
)
from services.employment.views.organisation import EMPLOYERS
from services.employment.views.search import SEARCHES
from shared.kernel.read_model import Ask
from shared.service.tables import Actor, CommandRoute, Role, organisations

COUNSELLOR = frozenset({Role.COUNSELLOR})
COUNSELLOR_OR_EMPLOYER = frozenset({Role.COUNSELLOR, Role.ORGANISATION})
NOBODY_FROM_OUTSIDE: frozenset[Role] = frozenset()

C = TypeVar("C", bound=PlacementCommand)


def search_is_for_work(_: Placement, command: ProposePlacement, ask: Ask) -> bool:
    """Name a search for work that a person has posted; nobody else is placed."""
    return ask.get(SEARCHES, command.search_id) is not None


def employer_is_verified(_: Placement, command: ProposePlacement, ask: Ask) -> bool:
    """Name an employer that the city has verified and not suspended."""
    named = ask.get(EMPLOYERS, command.employer_id)
    return named is not None and named["is_verified"] and not named["is_suspended"]


def employer(placement: Placement, _: PlacementCommand) -> tuple[Actor, ...]:
    """The organisation that employs."""
    return organisations(placement.employer_id)


def _placements(command: type[C], roles: frozenset[Role]) -> CommandRoute[Placement, C]:
    return CommandRoute(command=command, decider=PLACEMENT, nouns="placements", roles=roles, parties=employer)


PLACEMENT_COMMANDS = (
    CommandRoute(
        command=ProposePlacement,
        decider=PLACEMENT,
        nouns="placements",
        roles=COUNSELLOR,
        starts=True,
        parties=employer,
        checks_of_callers=(search_is_for_work, employer_is_verified),
    ),
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
    _placements(CorrectRetention, COUNSELLOR),
)
