"""How do a person and an offer come together that a list has as brought together? As on the board, on one day.

The list knows the outcome only. What the service's reactions would do with each step is done here at once (they find it
done and stay quiet), so that nobody proposes offers of a later year to a search of an earlier one meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from deploy.importing.steps import Step
from services.actors.domain.person import RegisterPerson
from services.marketplace.board import band
from services.marketplace.domain.matching import AcceptMatch, Proposal, ProposeMatches, match_id_of
from services.marketplace.domain.need import CloseSearch, HoldNeed, PostSearch, ReleaseNeed
from services.marketplace.domain.offer_state import Offer
from services.marketplace.domain.places import ConfirmMatch
from shared.events.marketplace.need import SearchTerms
from shared.events.vocabulary import DistanceClass, HoursBand, OfferKind, PersonContext, Side

NO_OCCUPATION = "000"  # KldB 2010 has no such area: the offer names no occupation
KLDB_GROUP, KLDB_LEVEL_AT = 3, 4  # digits of the occupation in a search; where the requirement level stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One person and one offer."""

    person_id: str
    search_id: str
    offer_id: str
    offer: Offer

    @property
    def match_id(self) -> str:
        """The id of their match."""
        return match_id_of(self.offer_id, self.search_id)


def come_together(meeting: Meeting, context: PersonContext, at: datetime, name: str) -> Iterator[Step]:
    """The person searches, the office proposes, both say yes, place and search are held, the match stands.

    `name` is the field with the day of it.
    """
    offer_id, search_id, match_id = meeting.offer_id, meeting.search_id, meeting.match_id
    proposal = Proposal(match_id=match_id, need_id=search_id, need_party=meeting.person_id, is_search=True)
    register = RegisterPerson(person_id=meeting.person_id, context=context, at=at)
    yield Step(command=register, name=name)
    terms = search_terms(meeting.offer, at)
    search = PostSearch(need_id=search_id, person_id=meeting.person_id, terms=terms, at=at)
    yield Step(command=search, name=name, begins=True)
    propose = ProposeMatches(offer_id=offer_id, proposals=(proposal,), proposed_by="counsellor", at=at)
    yield Step(command=propose, name="offer")
    for side in (Side.NEED, Side.OFFER):
        accept = AcceptMatch(offer_id=offer_id, match_id=match_id, by=side, at=at)
        yield Step(command=accept, name="offer")
    hold = HoldNeed(need_id=search_id, match_id=match_id, offer_id=offer_id, at=at)
    yield Step(command=hold, name=name)
    yield Step(command=ConfirmMatch(offer_id=offer_id, match_id=match_id, at=at), name="offer")


def part(meeting: Meeting, at: datetime, name: str) -> Iterator[Step]:
    """It came to nothing: the search is free, and closed, since the list knows of no further one."""
    release = ReleaseNeed(need_id=meeting.search_id, match_id=meeting.match_id, at=at)
    yield Step(command=release, name=name)
    yield Step(command=CloseSearch(need_id=meeting.search_id, at=at), name=name)


def search_terms(offer: Offer, at: datetime) -> SearchTerms:
    """What the person looked for, as far as the offer that they took tells it; how far they would go it doesn't."""
    terms = offer.terms
    work = terms.work if terms else None
    volunteering = terms.volunteering if terms else None
    told = work.hours_per_week if work else volunteering.hours_per_week if volunteering else None
    kldb = (work.kldb or NO_OCCUPATION) if work else None
    return SearchTerms(
        kind=OfferKind.WORK if work else OfferKind.VOLUNTEERING,
        hours=HoursBand(band(None if told is None else str(told)) or HoursBand.UNDER_5),
        distance=DistanceClass.CITY,
        from_month=f"{at:%Y-%m}",
        kldb3=kldb[:KLDB_GROUP] if kldb else None,
        level=int(kldb[KLDB_LEVEL_AT]) if kldb and len(kldb) > KLDB_LEVEL_AT else None,
        category=None if work or terms is None else terms.category,
    )
