"""What becomes of a citizen who asks the volunteer agency? Counselled, referred, on trial, engaged; or one of the nos.

Shares are assumed; the number of requests is that of the city's file (handbook 4.1, R40).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.marketplace.domain.counselling import HoldCounselling, RequestCounselling
from services.marketplace.domain.engagement import DeclineReferral, engagement_id_of
from services.marketplace.domain.need import CloseSearch, PostSearch
from services.marketplace.domain.places import (
    AcceptMatch,
    DeclineMatch,
    Proposal,
    ProposeMatches,
    match_id_of,
)
from services.marketplace.domain.scoring import band
from services.marketplace.simulation.engagement import engaged
from services.marketplace.simulation.volunteering_offer import Opening, Volunteering, openings
from shared.events.marketplace.need import SearchTerms
from shared.events.vocabulary import (
    Category,
    DeclineReason,
    DistanceClass,
    HoursBand,
    OfferKind,
    PersonContext,
    Side,
)
from shared.kernel.city_day import today_in_the_city
from shared.simulation.chance import Chance
from shared.simulation.days import months
from shared.simulation.step import COORDINATOR, Ending, Step, Story, organisation, person
from shared.simulation.stories import Stories
from shared.simulation.town import Town

SEASON = (1.35, 1.15, 1.1, 1.0, 0.95, 0.85, 0.7, 0.8, 1.15, 1.1, 1.0, 0.85)
"""How many ask in a month, in months of the mean; most in the new year and in autumn."""

HELD, WANTS_REFERRAL = 0.86, 0.62  # shares of requests, of counsellings; the others only wanted to know
PERSON_SAYS_NO, HOST_SAYS_NO = 0.12, 0.06  # shares of proposals, of those that the person said yes to
COMES_TO_NOTHING = 0.10  # share of referrals
GIVES_UP = 0.6  # share of searches without a fitting offer that are closed by the person
ATTEMPTS = 3  # referrals that are tried with one person
ANSWERED_WITHIN = timedelta(days=40)  # from the proposal to the host's answer, with all weekends
HOSTS_REASONS = (
    DeclineReason.NO_LONGER_NEEDED,
    DeclineReason.DATES_DO_NOT_FIT,
    DeclineReason.CONTENT_DOES_NOT_FIT,
)


@dataclass(frozen=True, slots=True)
class Seeker:
    """A citizen, and the search entered for them."""

    person_id: str
    search_id: str


def stories(chance: Chance, town: Town) -> Story:
    """The offers of all hosts, and everybody who asks for counselling, month by month."""
    steps, free = openings(chance.part("hosts"), town)
    yield from steps
    chance = chance.part("volunteers")
    for first, last, share in months(town.begins, town.ends):
        mean = town.scaled(town.amount(Volunteering).counselling * share / 12 * SEASON[first.month - 1])
        asked = sorted(chance.between(first, last) for _ in range(chance.count(mean)))
        for at in asked:
            yield from _enquiry(chance, town, free, at)


def _enquiry(chance: Chance, town: Town, free: list[Opening], at: datetime) -> Story:
    person_id, counselling_id = chance.new_id("person"), chance.new_id("counselling")
    own = person(person_id)
    yield town.neighbours.register(person_id, PersonContext.VOLUNTEERING, at, own)
    yield Step(RequestCounselling(counselling_id=counselling_id, person_id=person_id, at=at), own)
    if not chance.happens(HELD):
        return
    at = chance.after(at, 2, 16)
    held = HoldCounselling(counselling_id=counselling_id, held_on=today_in_the_city(at), at=at)
    yield Step(held, COORDINATOR)
    if chance.happens(WANTS_REFERRAL):
        seeker = Seeker(person_id, chance.new_id("search"))
        yield from _search(chance, free, seeker, at + timedelta(minutes=30))


def _search(chance: Chance, free: list[Opening], seeker: Seeker, at: datetime) -> Story:
    """What the person looks for is entered; then one offer after the other is tried."""
    first = _fitting(chance, free, at, set())
    category = first.category if first else chance.one_of(tuple(Category))
    hours = band(str(first.hours_per_week)) if first and first.hours_per_week else None
    terms = SearchTerms(
        kind=OfferKind.VOLUNTEERING,
        hours=HoursBand(hours) if hours else HoursBand.UNDER_5,
        distance=chance.one_of(tuple(DistanceClass)),
        from_month=f"{at:%Y-%m}",
        category=category,
    )
    enter = PostSearch(need_id=seeker.search_id, person_id=seeker.person_id, terms=terms, at=at)
    yield Step(enter, COORDINATOR)
    opening, tried = first, set[str]()
    while opening is not None:
        tried.add(opening.offer_id)
        ending = yield from _attempt(chance, opening, seeker, at)
        if ending is None:
            return
        at = ending
        opening = _fitting(chance, free, at, tried) if len(tried) < ATTEMPTS else None
    if chance.happens(GIVES_UP):
        close = CloseSearch(need_id=seeker.search_id, at=chance.after(at, 20, 120))
        yield Step(close, person(seeker.person_id))


def _fitting(chance: Chance, free: list[Opening], at: datetime, tried: set[str]) -> Opening | None:
    fitting = [
        opening
        for opening in free
        if opening.offer_id not in tried and opening.takes(at, at + ANSWERED_WITHIN)
    ]
    return chance.one_of(fitting) if fitting else None


def _attempt(chance: Chance, opening: Opening, seeker: Seeker, at: datetime) -> Ending:
    """One offer: proposed, accepted by the person and then by the host, and its outcome.

    Returns the moment from which another one may be tried, or None when the person is where they wanted to be.
    """
    host, own = organisation(opening.host.id), person(seeker.person_id)
    match_id = match_id_of(opening.offer_id, seeker.search_id)
    about: dict[str, Any] = {"offer_id": opening.offer_id, "match_id": match_id}
    at = chance.after(at, 2, 9)
    # Kept free also for those who say no: later stories may be about people who came before them.
    opening.places -= 1
    yield Step(_proposal(opening, seeker, match_id, at), COORDINATOR)
    if chance.happens(PERSON_SAYS_NO):
        yield Step(DeclineMatch(**about, by=Side.NEED, at=at), own)
        return at
    yield Step(AcceptMatch(**about, by=Side.NEED, at=at), own)
    at = chance.after(at, 1, 6)
    if chance.happens(HOST_SAYS_NO):
        no = DeclineMatch(**about, by=Side.OFFER, reason=chance.one_of(HOSTS_REASONS), at=at)
        yield Step(no, host)
        return at
    yield Step(AcceptMatch(**about, by=Side.OFFER, at=at), host)
    engagement_id = engagement_id_of(match_id)
    if chance.happens(COMES_TO_NOTHING):
        at = chance.after(at, 2, 12)
        yield Step(DeclineReferral(engagement_id=engagement_id, at=at), own)
        return at
    return (yield from engaged(chance, opening, engagement_id, seeker.person_id, at))


def _proposal(opening: Opening, seeker: Seeker, match_id: str, at: datetime) -> ProposeMatches:
    proposal = Proposal(
        match_id=match_id, need_id=seeker.search_id, need_party=seeker.person_id, is_search=True
    )
    return ProposeMatches(offer_id=opening.offer_id, proposals=(proposal,), proposed_by="counsellor", at=at)


VOLUNTEERING_STORIES = Stories(tell=stories, amounts={"volunteering": Volunteering})
