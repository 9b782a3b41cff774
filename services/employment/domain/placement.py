"""The placement: from a confirmed match of a work offer to work that lasts, or to the reason why not.

One stream per placement guards its one course: contracted before started, never both started and never started,
ended once, each retention check closed once. The state lies in `course.py`; commands and rules in `before_start.py`,
`after_start.py` and `retention.py`; this is their table.
"""

from collections.abc import Sequence
from typing import TypeAlias, assert_never

from services.employment.domain.after_start import (
    AfterStartCommand,
    ConvertPlacement,
    EndPlacement,
    convert,
    end,
)
from services.employment.domain.before_start import (
    BeforeStartCommand,
    ContractPlacement,
    DeclinePlacement,
    ProposePlacement,
    ProposePlacementOfMatch,
    ReportNeverStarted,
    StartPlacement,
    contract,
    decline,
    propose,
    propose_or_say_why_not,
    report_never_started,
    start,
)
from services.employment.domain.course import Placement, evolve
from services.employment.domain.retention import (
    ConfirmRetention,
    DenyRetention,
    MarkRetentionDue,
    RecordRetentionUnknown,
    RetentionCommand,
    answer,
    mark_due,
)
from shared.events.employment.placement import PlacementEvent
from shared.kernel.decider import Decider

__all__ = [
    "PLACEMENT",
    "ConfirmRetention",
    "ContractPlacement",
    "ConvertPlacement",
    "DeclinePlacement",
    "DenyRetention",
    "EndPlacement",
    "MarkRetentionDue",
    "PlacementCommand",
    "ProposePlacement",
    "ProposePlacementOfMatch",
    "RecordRetentionUnknown",
    "ReportNeverStarted",
    "StartPlacement",
]

PlacementCommand: TypeAlias = BeforeStartCommand | AfterStartCommand | RetentionCommand


def decide(placement: Placement, command: PlacementCommand) -> Sequence[PlacementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case ProposePlacementOfMatch():
            return propose_or_say_why_not(placement, command)
        case ProposePlacement():
            return propose(placement, command)
        case DeclinePlacement():
            return decline(placement, command)
        case ContractPlacement():
            return contract(placement, command)
        case StartPlacement():
            return start(placement, command)
        case ReportNeverStarted():
            return report_never_started(placement, command)
        case ConvertPlacement():
            return convert(placement, command)
        case EndPlacement():
            return end(placement, command)
        case MarkRetentionDue():
            return mark_due(placement.retention, command)
        case ConfirmRetention() | DenyRetention() | RecordRetentionUnknown():
            return answer(placement.retention, command)
        case _:
            assert_never(command)


PLACEMENT = Decider(name="placement", initial=Placement(), decide=decide, evolve=evolve)
