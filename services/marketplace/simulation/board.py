"""What is on the board between the market days? Offers and needs: most stay alone, some find each other."""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta

from services.marketplace.domain.need import ConfirmNeedCurrent, WithdrawNeed
from services.marketplace.domain.offer import ConfirmOfferCurrent, WithdrawOffer
from services.marketplace.domain.places import DeclineMatch
from services.marketplace.simulation.match import (
    COMPANIES,
    OTHERS,
    Pair,
    accepted,
    agreed,
    brought_together,
    make_pair,
    need_step,
    offer_step,
    wanted_by,
    wares_of,
)
from shared.events.vocabulary import DeclineReason, Side
from shared.kernel.city_day import today_in_the_city
from shared.simulation.amounts import Amounts
from shared.simulation.chance import Chance
from shared.simulation.days import months
from shared.simulation.step import Step, Story, organisation
from shared.simulation.stories import Stories
from shared.simulation.town import Member, Town

CONFIRMED_CURRENT, TAKEN_BACK = 0.35, 0.15  # shares of postings without a partner; the others expire
WITHDRAWN = 0.05  # share of drafts from which a side steps back
TRIED_BEFORE = 0.3  # share of offers that somebody else declined first
DECLINE_REASONS = tuple(DeclineReason)
BEFORE_SUSPENSION = timedelta(days=20)


class Exchange(Amounts, frozen=True):
    """Exchange between the market days: offers, needs, and agreements that come of other offers and needs."""

    offers: float = 0
    needs: float = 0
    agreements: float = 0


def lone_offer(chance: Chance, member: Member, at: datetime) -> Story:
    """An offer that nobody takes up: confirmed once, taken back, or left to expire."""
    offer_id, own = chance.new_id("offer"), organisation(member.id)
    yield offer_step(offer_id, member, chance.one_of(wares_of(member)), at)
    if chance.happens(CONFIRMED_CURRENT):
        at = chance.after(at, 50, 85)
        yield Step(ConfirmOfferCurrent(offer_id=offer_id, at=at), own)
    if chance.happens(TAKEN_BACK):
        yield Step(WithdrawOffer(offer_id=offer_id, at=chance.after(at, 10, 80)), own)


def lone_need(chance: Chance, member: Member, at: datetime) -> Story:
    """A need that nobody meets."""
    need_id, own = chance.new_id("need"), organisation(member.id)
    yield need_step(need_id, member, chance.one_of(wanted_by(member)), at)
    if chance.happens(CONFIRMED_CURRENT):
        at = chance.after(at, 50, 85)
        yield Step(ConfirmNeedCurrent(need_id=need_id, at=at), own)
    if chance.happens(TAKEN_BACK):
        yield Step(WithdrawNeed(need_id=need_id, at=chance.after(at, 10, 80)), own)


# --- month by month -------------------------------------------------------------------------------
def stories(chance: Chance, town: Town) -> Story:
    """Offers and needs on the board, and the agreements that come of some."""
    exchange = town.amount(Exchange)
    chance = chance.part("board")
    for first, last, share in months(town.ready_on, town.ends):
        month = town.scaled(share / 12)
        for _ in range(chance.count(exchange.offers * month)):
            yield from _posted(chance, town, chance.between(first, last), lone_offer)
        for _ in range(chance.count(exchange.needs * month)):
            yield from _posted(chance, town, chance.between(first, last), lone_need)
        for _ in range(chance.count(exchange.agreements * month)):
            yield from _agreed(chance, town, chance.between(first, last))
    for member in town.members:
        if member.suspended_at is not None and member.sector in (*COMPANIES, *OTHERS):
            # What a suspended organisation has on the board is hidden, and its open matches lapse.
            yield offer_step(
                chance.new_id("offer"),
                member,
                chance.one_of(wares_of(member)),
                chance.on(today_in_the_city(member.suspended_at) - BEFORE_SUSPENSION),
            )


def _posted(
    chance: Chance, town: Town, at: datetime, lone: Callable[[Chance, Member, datetime], Story]
) -> Story:
    there = town.acting(at, *COMPANIES, *OTHERS)
    if there:
        yield from lone(chance, chance.one_of(there), at)


def _agreed(chance: Chance, town: Town, at: datetime) -> Story:
    """A need and an offer are on the board; a few weeks later both sides agree."""
    pair = make_pair(chance, town.acting(at, *COMPANIES, *OTHERS))
    if pair is None:
        return
    yield need_step(pair.need_id, pair.b, pair.ware, at)
    offered_at = chance.after(at, 3, 30)
    yield offer_step(pair.offer_id, pair.a, pair.ware, offered_at)
    last_at = offered_at
    if chance.happens(TRIED_BEFORE):
        last_at = yield from _declined(chance, pair, town.acting(at, pair.b.sector), offered_at)
    yes_at = chance.after(last_at, 1, 12)
    later = chance.after(yes_at, 1, 12)
    yield from accepted(pair, yes_at, later)
    yield from agreed(chance, pair, chance.after(later, 1, 10), to_the_end=not chance.happens(WITHDRAWN))


def _declined(
    chance: Chance, pair: Pair, there: list[Member], at: datetime
) -> Generator[Step, None, datetime]:
    """The offer is first brought to another need; one of the two says no, and why (rule M10). Returns when."""
    third = chance.one_of([member for member in there if member.id != pair.a.id] or [pair.b])
    tried = replace(pair, b=third, need_id=chance.new_id("need"))
    yield need_step(tried.need_id, third, tried.ware, at)
    at = chance.after(at, 1, 4)
    yield brought_together(tried, at)
    side, member = chance.one_of(((Side.NEED, third), (Side.OFFER, pair.a)))
    at = chance.after(at, 1, 3)
    no = DeclineMatch(
        offer_id=tried.offer_id,
        match_id=tried.match_id,
        by=side,
        reason=chance.one_of(DECLINE_REASONS),
        at=at,
    )
    yield Step(no, organisation(member.id))
    return at


BOARD_STORIES = Stories(tell=stories, amounts={"exchange": Exchange})
