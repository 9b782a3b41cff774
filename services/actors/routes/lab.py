"""Who may establish and lead a lab, and who may become a member of it?"""

from typing import TypeVar

from services.actors.domain.lab import (
    LAB,
    AdmitMember,
    CloseLab,
    DefineMandate,
    EnterPhase,
    EstablishLab,
    Lab,
    LabCommand,
    ReleaseMember,
)
from services.actors.views.organisation import ORGANISATIONS
from shared.kernel.read_model import Ask
from shared.service.tables import CommandRoute, Role

STAFF = frozenset({Role.COORDINATOR, Role.OPERATOR})

C = TypeVar("C", bound=LabCommand)


def member_is_registered(_: Lab, command: AdmitMember, ask: Ask) -> bool:
    """Register the organisation first: only a registered one becomes a member of a lab."""
    return ask.get(ORGANISATIONS, command.organisation_id) is not None


def _labs(command: type[C], *, starts: bool = False) -> CommandRoute[Lab, C]:
    return CommandRoute(command=command, decider=LAB, nouns="labs", roles=STAFF, starts=starts)


LAB_COMMANDS = (
    _labs(EstablishLab, starts=True),
    _labs(DefineMandate),
    CommandRoute(command=AdmitMember, decider=LAB, nouns="labs", roles=STAFF, checks=(member_is_registered,)),
    _labs(ReleaseMember),
    _labs(EnterPhase),
    _labs(CloseLab),
)
