"""What does a reader know of an event that lies in a log?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from shared.kernel.identity import noun_id_of

E_co = TypeVar("E_co", covariant=True)


class Happening(Protocol[E_co]):
    """An event as read models are folded from it; a `Recorded` is one, and so is a record that is read in part."""

    @property
    def id(self) -> str:
        """The event's id: what a refused reaction names as its trigger."""

    @property
    def position(self) -> int:
        """Where it lies in its log."""

    @property
    def data(self) -> E_co:
        """The event itself, in its newest version."""

    @property
    def time(self) -> datetime:
        """When it happened, in UTC."""

    @property
    def noun_id(self) -> str:
        """The id of the noun whose stream the event is in."""

    @property
    def lab(self) -> str | None:
        """The lab that the event is marked with."""

    @property
    def synthetic(self) -> bool:
        """Whether it was simulated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[E_co]):
    """An event with what the log records about it; `data` is the event itself, in its newest version.

    `time` is when it happened, `recorded_at` when it was recorded, both in UTC. `position` counts from 1 in the
    log of `service`; `version` counts from 1 in the stream. `record` holds the exact bytes of the CloudEvent.
    """

    position: int
    id: str
    source: str
    service: str
    stream: str
    version: int
    type: str
    audience: str
    time: datetime
    recorded_at: datetime
    previous: int
    command_id: str
    data: E_co
    record: bytes
    correlation_id: str | None = None
    causation_id: str | None = None
    auth_id: str | None = None
    lab: str | None = None
    synthetic: bool = False

    @property
    def noun_id(self) -> str:
        """The id of the noun whose stream this is: `offer-17` is the offer `17`."""
        return noun_id_of(self.stream)
