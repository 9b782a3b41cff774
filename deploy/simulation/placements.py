"""How does somebody come to work, and does it last? From the search to the last retention check.

Shares are assumed but for early ends of additional jobs, about one in five of those started (handbook 5.1, R70).
"""

from datetime import datetime, timedelta

from deploy.simulation.chance import Chance
from deploy.simulation.employers import Vacancy
from deploy.simulation.lasting import lasted
from deploy.simulation.steps import COUNSELLOR, Step, Story, organisation, person
from services.actors.domain.person import RegisterPerson
from services.employment.domain.placement import (
    ContractPlacement,
    DeclinePlacement,
    ReportNeverStarted,
    StartPlacement,
)
from services.employment.reactions import placement_id_of
from services.marketplace.board import band
from services.marketplace.domain.need import CloseSearch, PostSearch
from services.marketplace.domain.places import AcceptMatch, Proposal, ProposeMatches, ReopenPlace, match_id_of
from shared.events.marketplace.need import SearchTerms
from shared.events.vocabulary import (
    DistanceClass,
    EndReason,
    HoursBand,
    NeverStartedReason,
    OfferKind,
    PersonContext,
    Side,
)

NO_CONTRACT, NEVER_STARTED, REOPENED = 0.05, 0.05, 0.6  # shares of placements, of contracts, of freed places
STILL_LOOKING = 0.2  # people more, per filled place, who find nothing
CLOSED = 0.7  # share of these who give up within half a year
DECLINES = {EndReason.BY_PERSON: 45, EndReason.BY_HOST: 35, EndReason.MOVED_ON: 20}
NEVER_REASONS = {
    NeverStartedReason.PERSON_DID_NOT_APPEAR: 45,
    NeverStartedReason.OTHER_PLACE_FOUND: 30,
    NeverStartedReason.EMPLOYER_WITHDREW: 15,
    NeverStartedReason.OTHER: 10,
}


def stories(chance: Chance, vacancies: list[Vacancy]) -> Story:
    """Everybody who finds work, and some who do not."""
    for vacancy in vacancies:
        for _ in range(vacancy.places):
            yield from _placed(chance, vacancy)
            if chance.happens(STILL_LOOKING):
                yield from _looking(chance, vacancy)


def _search(chance: Chance, vacancy: Vacancy, at: datetime) -> tuple[str, str, list[Step]]:
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
    register = RegisterPerson(person_id=person_id, context=PersonContext.EMPLOYMENT, at=at)
    enter = PostSearch(need_id=search_id, person_id=person_id, terms=terms, at=at)
    return person_id, search_id, [Step(register, COUNSELLOR), Step(enter, COUNSELLOR)]


def _looking(chance: Chance, vacancy: Vacancy) -> Story:
    """Somebody looks for the same kind of work and is not chosen."""
    at = chance.after(vacancy.opens_at, 3, 40)
    person_id, search_id, steps = _search(chance, vacancy, at)
    yield from steps
    if chance.happens(CLOSED):
        close = CloseSearch(need_id=search_id, at=chance.after(at, 30, 180))
        yield Step(close, person(person_id))


def _placed(chance: Chance, vacancy: Vacancy) -> Story:
    """The counsellor proposes, the person agrees first and the employer then; a contract follows, or not."""
    at = chance.after(vacancy.opens_at, 1, 8)
    person_id, search_id, steps = _search(chance, vacancy, at)
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
    placement_id, at = placement_id_of(match_id), chance.after(at, 1, 5)
    if chance.happens(NO_CONTRACT):
        reason = chance.weighted(DECLINES)
        yield Step(DeclinePlacement(placement_id=placement_id, reason=reason, at=at), COUNSELLOR)
        yield from _open_again(chance, vacancy, at)
        return
    yield Step(_contract(vacancy, placement_id, at), employer)
    if chance.happens(NEVER_STARTED):
        at, why = chance.after(chance.on(vacancy.starts_on), 1, 7), chance.weighted(NEVER_REASONS)
        yield Step(ReportNeverStarted(placement_id=placement_id, reason=why, at=at), employer)
        yield from _open_again(chance, vacancy, at)
        return
    start = StartPlacement(
        placement_id=placement_id, started_on=vacancy.starts_on, at=chance.on(vacancy.starts_on)
    )
    yield Step(start, employer)
    yield from lasted(chance, vacancy, placement_id)


def _contract(vacancy: Vacancy, placement_id: str, at: datetime) -> ContractPlacement:
    return ContractPlacement(
        placement_id=placement_id,
        contracted_on=at.date(),
        starts_on=vacancy.starts_on,
        hours_per_week=vacancy.terms.hours_per_week,
        term_months=vacancy.terms.term_months,
        at=at,
    )


def _open_again(chance: Chance, vacancy: Vacancy, at: datetime) -> Story:
    """The employer says that the place is open again, while the offer is on the board."""
    at = chance.after(at, 1, 4)
    if chance.happens(REOPENED) and at < vacancy.closes_at - timedelta(days=1):
        yield Step(ReopenPlace(offer_id=vacancy.offer_id, at=at), organisation(vacancy.employer.id))
