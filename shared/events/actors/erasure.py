"""What happens when the data of a person are erased? Stream erasure-<random id>.

Only the vault knows whose erasure it is.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from shared.events.clear import COUNTED, DECIDES, DUE, ROLE
from shared.events.registry import Audience, event
from shared.events.vocabulary import ErasureBasis, RefusalGround
from shared.kernel.sealed import Retention


@event("actors", Audience.INTERNAL, clear={"basis": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked:
    """Staff asked to erase a person; it waits for the yes of a second person, or for the end of a term."""

    basis: ErasureBasis


@event("actors", Audience.INTERNAL, clear={"basis": DECIDES, "retentions": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested:
    """The data kept of a person for these reasons shall become unreadable for good."""

    basis: ErasureBasis
    retentions: tuple[Retention, ...]


@event("actors", Audience.INTERNAL, clear={"retention": DECIDES, "until": DUE})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureBlocked:
    """A proof obligation keeps this class, and no other, until the date."""

    retention: Retention
    until: date


@event("actors", Audience.INTERNAL, clear={"reason": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRefused:
    """The request was turned down; the person was given this reason."""

    reason: RefusalGround


@event("actors", Audience.INTERNAL, clear={"service": ROLE, "n_slots": COUNTED})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReported:
    """A service reports that it no longer holds any slot of the person."""

    service: str
    n_slots: int


@event("actors", Audience.INTERNAL, clear={"n_slots": COUNTED})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCompleted:
    """Every service has reported: keys and slots are gone."""

    n_slots: int


ErasureEvent: TypeAlias = (
    ErasureAsked | ErasureRequested | ErasureBlocked | ErasureRefused | ErasureReported | ErasureCompleted
)
