"""How did a person and an offer on a list come together? As on the board, all in one day.

The list has the outcome only. The steps here include those of the service's own reactions: these then find them done
and propose nothing, so that no offer of a later year is proposed to a search of an earlier one.
"""

from collections.abc import Iterator
from datetime import datetime

from services.marketplace.domain.need import CloseSearch, HoldNeed, PostSearch, ReleaseNeed
from services.marketplace.domain.places import (
    AcceptMatch,
    ConfirmMatch,
    Proposal,
    ProposeMatches,
    match_id_of,
)
from services.marketplace.domain.scoring import band
from services.marketplace.importing.offer import offer_in
from shared.events.marketplace.need import SearchTerms
from shared.events.marketplace.offer import OfferTerms
from shared.events.vocabulary import DistanceClass, HoursBand, OfferKind, PersonContext, Side
from shared.importing.identity import person_id
from shared.importing.lookup import Lookup
from shared.importing.neighbours import Meeting
from shared.importing.step import Step
from shared.tabular.rows import Row

CONTEXT_OF = {OfferKind.VOLUNTEERING: PersonContext.VOLUNTEERING, OfferKind.WORK: PersonContext.EMPLOYMENT}
NO_OCCUPATION = "000"  # KldB 2010 has no such area: the offer names no occupation
KLDB_GROUP, KLDB_LEVEL_AT = 3, 4  # digits of the occupation in a search; where the requirement level stands


def meeting_in(row: Row, lookup: Lookup, kind: OfferKind, *, number: str, search_id: str) -> Meeting:
    """The person with this number in the list, and the offer in the row's field `offer`.

    Raises: RowRefused when there is no such offer, or one of another kind.
    """
    offer_id, offer, terms = offer_in(row, lookup, kind)
    context = CONTEXT_OF[kind]
    return Meeting(
        person_id=person_id(lookup.secret, context, number),
        context=context,
        search_id=search_id,
        match_id=match_id_of(offer_id, search_id),
        offer_id=offer_id,
        organisation_id=offer.organisation_id,
        terms=terms,
    )


def come_together(meeting: Meeting, lookup: Lookup, at: datetime, name: str) -> Iterator[Step]:
    """The person searches, the office proposes, both say yes, place and search are held, the match stands.

    `name` is the field with the day of it.
    """
    offer_id, search_id, match_id = meeting.offer_id, meeting.search_id, meeting.match_id
    proposal = Proposal(match_id=match_id, need_id=search_id, need_party=meeting.person_id, is_search=True)
    yield lookup.neighbours.register(meeting.person_id, meeting.context, at, name)
    terms = search_terms(meeting.terms, at)
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
    """The match failed: the search is free, and closed, since the list has no further match."""
    release = ReleaseNeed(need_id=meeting.search_id, match_id=meeting.match_id, at=at)
    yield Step(command=release, name=name)
    yield Step(command=CloseSearch(need_id=meeting.search_id, at=at), name=name)


def search_terms(terms: OfferTerms, at: datetime) -> SearchTerms:
    """What the person looked for: what the offer says that they took. How far they would go is not known."""
    work, volunteering = terms.work, terms.volunteering
    hours = work.hours_per_week if work else volunteering.hours_per_week if volunteering else None
    kldb = (work.kldb or NO_OCCUPATION) if work else None
    return SearchTerms(
        kind=OfferKind.WORK if work else OfferKind.VOLUNTEERING,
        hours=HoursBand(band(None if hours is None else str(hours)) or HoursBand.UNDER_5),
        distance=DistanceClass.CITY,
        from_month=f"{at:%Y-%m}",
        kldb3=kldb[:KLDB_GROUP] if kldb else None,
        level=int(kldb[KLDB_LEVEL_AT]) if kldb and len(kldb) > KLDB_LEVEL_AT else None,
        category=None if work else terms.category,
    )
