"""How does somebody come to work? They search, are proposed, and both sides say yes. All shares are assumed."""

from datetime import datetime, timedelta

from services.marketplace.domain.need import CloseSearch, PostSearch
from services.marketplace.domain.places import AcceptMatch, Proposal, ProposeMatches, ReopenPlace, match_id_of
from services.marketplace.domain.scoring import band
from services.marketplace.simulation.work_offer import Vacancy, Work, vacancies
from shared.events.marketplace.need import SearchTerms
from shared.events.vocabulary import (
    DistanceClass,
    HoursBand,
    OfferKind,
    PersonContext,
    Side,
)
from shared.simulation.chance import Chance
from shared.simulation.neighbours import Hired
from shared.simulation.step import COUNSELLOR, Step, Story, organisation, person
from shared.simulation.stories import Stories
from shared.simulation.town import Town

REOPENED = 0.6  # share of freed places
STILL_LOOKING = 0.2  # people more, per filled place, who find nothing
CLOSED = 0.7  # share of these who give up within half a year


def stories(chance: Chance, town: Town) -> Story:
    """All work offers, everybody who finds work, and some who do not."""
    steps, free = vacancies(chance.part("employers"), town)
    yield from steps
    chance = chance.part("placements")
    for vacancy in free:
        for _ in range(vacancy.places):
            yield from _hired(chance, town, vacancy)
            if chance.happens(STILL_LOOKING):
                yield from _looking(chance, town, vacancy)


def _search(chance: Chance, town: Town, vacancy: Vacancy, at: datetime) -> tuple[str, str, list[Step]]:
    """A person becomes known to the counsellor, and what they look for is entered: three digits, no more (rule P03)."""
    person_id, search_id = chance.new_id("person"), chance.new_id("search")
    kldb = vacancy.terms.kldb or ""
    terms = SearchTerms(
        kind=OfferKind.WORK,
        hours=HoursBand(band(str(vacancy.terms.hours_per_week)) or HoursBand.OVER_30),
        distance=chance.one_of(tuple(DistanceClass)),
        from_month=f"{vacancy.starts_on:%Y-%m}",
        kldb3=kldb[:3],
        level=int(kldb[-1]),
    )
    register = town.neighbours.register(person_id, PersonContext.EMPLOYMENT, at, COUNSELLOR)
    enter = PostSearch(need_id=search_id, person_id=person_id, terms=terms, at=at)
    return person_id, search_id, [register, Step(enter, COUNSELLOR)]


def _looking(chance: Chance, town: Town, vacancy: Vacancy) -> Story:
    """Somebody looks for the same kind of work and is not chosen."""
    at = chance.after(vacancy.opens_at, 3, 40)
    person_id, search_id, steps = _search(chance, town, vacancy, at)
    yield from steps
    if chance.happens(CLOSED):
        close = CloseSearch(need_id=search_id, at=chance.after(at, 30, 180))
        yield Step(close, person(person_id))


def _hired(chance: Chance, town: Town, vacancy: Vacancy) -> Story:
    """The counsellor proposes, the person agrees first, then the employer; the placement is employment's story."""
    at = chance.after(vacancy.opens_at, 1, 8)
    person_id, search_id, steps = _search(chance, town, vacancy, at)
    yield from steps
    match_id, employer = match_id_of(vacancy.offer_id, search_id), organisation(vacancy.employer.id)
    proposal = Proposal(match_id=match_id, need_id=search_id, need_party=person_id, is_search=True)
    at = chance.after(at, 2, 7)
    propose = ProposeMatches(
        offer_id=vacancy.offer_id, proposals=(proposal,), proposed_by="counsellor", at=at
    )
    yield Step(propose, COUNSELLOR)
    for side, caller in ((Side.NEED, person(person_id)), (Side.OFFER, employer)):
        at = at if side == Side.NEED else chance.after(at, 1, 5)
        yield Step(AcceptMatch(offer_id=vacancy.offer_id, match_id=match_id, by=side, at=at), caller)
    hired = Hired(
        match_id=match_id,
        employer_id=vacancy.employer.id,
        kind=vacancy.kind.name,
        terms=vacancy.terms,
        starts_on=vacancy.starts_on,
    )
    freed_at = yield from town.neighbours.work(chance, hired, at)
    if freed_at is not None:
        yield from _open_again(chance, vacancy, freed_at)


def _open_again(chance: Chance, vacancy: Vacancy, at: datetime) -> Story:
    """The employer says that the place is open again, while the offer is on the board."""
    at = chance.after(at, 1, 4)
    if chance.happens(REOPENED) and at < vacancy.closes_at - timedelta(days=1):
        yield Step(ReopenPlace(offer_id=vacancy.offer_id, at=at), organisation(vacancy.employer.id))


WORK_STORIES = Stories(tell=stories, amounts={"work": Work})
