"""Which state of the figures was published, and who looked at figures that are not published? Stream release-<date>."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from shared.events.registry import Audience, event
from shared.kernel.quantity import AtLeastOne


class Look(StrEnum):
    """What of the figures somebody looked at before it was published."""

    LIVE = "live"
    WINDOW = "window"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """The last counted position of a service's log."""

    service: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedDefinition:
    """A definition that the state was computed by."""

    indicator: str
    version: AtLeastOne


@event("reporting", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReleased:
    """The figures as of the end of a month were published; they never change.

    `on` is the month's last day. `digest` is the SHA-256 of all cells; whoever holds the logs up to the positions
    computes the same state again.
    """

    on: date
    positions: tuple[CutOff, ...]
    definitions: tuple[UsedDefinition, ...]
    policy: str
    n_cells: int
    digest: str


@event("reporting", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class UnpublishedFiguresOpened:
    """A member of staff began to look at live figures or free windows; stream look-<look>-<token id>, once for each."""

    token_id: str
    role: str
    look: Look


ReleaseEvent: TypeAlias = ReportReleased | UnpublishedFiguresOpened
