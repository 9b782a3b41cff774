"""Which service answers what a row needs from another service? The importing room of the owner."""

from collections.abc import Iterator
from datetime import datetime

from services.actors.importing import person
from services.actors.importing.organisation import Organisations
from services.marketplace.importing import market_day, meeting
from shared.events.vocabulary import OfferKind, PersonContext
from shared.importing.lookup import Lookup
from shared.importing.neighbours import Meeting
from shared.importing.step import Step
from shared.tabular.rows import Row


class CityNeighbours:
    """What the services of a city do for the files of other services; see the protocol `Neighbours`."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def organisation(self, row: Row, name: str) -> str:
        """The id of the organisation that a row names in this field."""
        return self._lookup.index(Organisations).named(row, name)

    def district_of(self, organisation_id: str) -> str:
        """The district of an organisation."""
        return self._lookup.index(Organisations).district_of(organisation_id)

    def register(self, person_id: str, context: PersonContext, at: datetime, name: str) -> Step:
        """The step that registers the person."""
        return person.register(person_id, context, at, name)

    def attend(self, row: Row, name: str, organisation_id: str) -> Iterator[Step]:
        """The organisation attended the market days that the row names in this field."""
        return market_day.attend(row, self._lookup, name, organisation_id)

    def meeting(self, row: Row, kind: OfferKind, *, number: str, search_id: str) -> Meeting:
        """The person with this number in the list, and the offer in the row's field `offer`."""
        return meeting.meeting_in(row, self._lookup, kind, number=number, search_id=search_id)

    def come_together(self, pair: Meeting, at: datetime, name: str) -> Iterator[Step]:
        """Propose and accept the match of the two on this day, as on the board."""
        return meeting.come_together(pair, self._lookup, at, name)

    def part(self, pair: Meeting, at: datetime, name: str) -> Iterator[Step]:
        """The match failed: the search ends."""
        return meeting.part(pair, at, name)
