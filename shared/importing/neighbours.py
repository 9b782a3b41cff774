"""What does a row need from other services? They answer through the driver of all services, `deploy/intake`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.events.marketplace.offer import OfferTerms
from shared.events.vocabulary import OfferKind, PersonContext
from shared.importing.step import Step
from shared.tabular.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One person and one offer that a list brings together, and their match."""

    person_id: str
    context: PersonContext
    search_id: str
    match_id: str
    offer_id: str
    organisation_id: str
    terms: OfferTerms


class Neighbours(Protocol):
    """What a service does for the files of other services."""

    def organisation(self, row: Row, name: str) -> str:
        """The id of the organisation that a row names in this field.

        Raises: RowRefused when there is none, or more than one of this name.
        """
        ...

    def district_of(self, organisation_id: str) -> str:
        """The district of an organisation."""
        ...

    def register(self, person_id: str, context: PersonContext, at: datetime, name: str) -> Step:
        """The step that registers the person; `name` is the field with the day of registration."""
        ...

    def attend(self, row: Row, name: str, organisation_id: str) -> Iterator[Step]:
        """The organisation attended the market days that the row names in this field.

        Raises: RowRefused for an unknown market day.
        """
        ...

    def meeting(self, row: Row, kind: OfferKind, *, number: str, search_id: str) -> Meeting:
        """The person with this number in the list, and the offer in the row's field `offer`.

        Raises: RowRefused when there is no such offer, or one of another kind.
        """
        ...

    def come_together(self, meeting: Meeting, at: datetime, name: str) -> Iterator[Step]:
        """Propose and accept the match of the two on this day, as on the board."""
        ...

    def part(self, meeting: Meeting, at: datetime, name: str) -> Iterator[Step]:
        """The match failed: the search ends."""
        ...
