"""What happens when what is kept of a person is erased? Stream erasure-<random id>.

Only the vault knows whose erasure it is.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from shared.events.clear import COUNTED, DECIDES, DUE, ROLE
from shared.events.registry import Audience, event
from shared.events.vocabulary import ErasureBasis, RefusalGround
from shared.kernel.sealed import Retention


@event("actors", Audience.INTERNAL, clear={"basis": DECIDES, "retentions": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested:
    """What is kept of a person for these reasons is to be made unreadable for good."""

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
    """The request was turned down, for the reason that the person was told."""

    reason: RefusalGround


@event("actors", Audience.INTERNAL, clear={"service": ROLE, "n_slots": COUNTED})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReported:
    """A service has said that it holds no slot of the person any more."""

    service: str
    n_slots: int


@event("actors", Audience.INTERNAL, clear={"n_slots": COUNTED})
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCompleted:
    """Every service has reported: keys and slots are gone."""

    n_slots: int


ErasureEvent: TypeAlias = (
    ErasureRequested | ErasureBlocked | ErasureRefused | ErasureReported | ErasureCompleted
)
