"""The offer: posted by an organisation, checked, amended, confirmed current, exhausted, withdrawn or expired.

One stream per offer guards the one scarce thing here: its places. Who gets them is decided in `places.py`, by a decider
of the same stream.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias, assert_never

from services.marketplace.domain.money import Money, money_in
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchEvent,
    MatchLapsed,
    MatchProposed,
    OfferAmended,
    OfferCheckReopened,
    OfferConfirmedCurrent,
    OfferEvent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferReturned,
    OfferSubmitted,
    OfferTerms,
    OfferWithdrawn,
    PlaceHeld,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import LapseReason, OfferKind, Side
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.quantity import PLACES, are_weekly_hours, has_few_decimals, is_term
from shared.kernel.refusal import require
from shared.kernel.text import Statement

STALE_AFTER = timedelta(days=90)  # M11: an offer is confirmed every 90 days, else it expires (handbook R44)


# --- commands -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffer:
    """Put an offer on the board; volunteering and work wait for the coordinator's check first."""

    offer_id: str
    organisation_id: str
    terms: OfferTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOffer:
    """The coordinator has checked a submitted offer and puts it on the board."""

    offer_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOffer:
    """Give a submitted offer back, with the reason."""

    offer_id: str
    reason: Statement
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendOffer:
    """Correct the terms; the command carries all terms as they are now."""

    offer_id: str
    terms: OfferTerms
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmOfferCurrent:
    """Say that the offer still stands."""

    offer_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer:
    """Take the offer back; open matches lapse, agreed matches go on."""

    offer_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireOffer:
    """The ticker asks whether the offer is still current."""

    offer_id: str
    at: datetime


OfferCommand: TypeAlias = (
    PostOffer | CheckOffer | ReturnOffer | AmendOffer | ConfirmOfferCurrent | WithdrawOffer | ExpireOffer
)


# --- state --------------------------------------------------------------------------------------
class OfferStatus(StrEnum):
    """Where an offer is in its life."""

    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    POSTED = "posted"
    EXHAUSTED = "exhausted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class MatchStatus(StrEnum):
    """Where a match is: from HELD to REOPEN_ASKED it takes a place; FREED says that its place was opened again."""

    PROPOSED = "proposed"
    HELD = "held"
    CONFIRMED = "confirmed"
    REOPEN_ASKED = "reopen_asked"
    DECLINED = "declined"
    LAPSED = "lapsed"
    FREED = "freed"


STANDS = frozenset({MatchStatus.CONFIRMED, MatchStatus.REOPEN_ASKED})
TAKES_A_PLACE = STANDS | {MatchStatus.HELD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One match of the offer with a need or a search; `held_terms` are those to which both said yes.

    `ended` says how it ended without a yes of both: who declined, or why it lapsed.
    """

    need_id: str
    need_party: str
    is_search: bool
    status: MatchStatus = MatchStatus.PROPOSED
    accepted_by: frozenset[Side] = frozenset()
    ended: MatchDeclined | MatchLapsed | None = None
    held_terms: OfferTerms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The state that the rules read; `terms` is None before anything was submitted.

    `reopen_asked` are the matches whose place became free, in the order in which the host was asked. `returned_for` is
    the reason why the offer was returned last.
    """

    status: OfferStatus = OfferStatus.UNKNOWN
    organisation_id: str = ""
    terms: OfferTerms | None = None
    returned_for: str = ""
    current_until: datetime | None = None
    matches: Mapping[str, Match] = field(default_factory=lambda: MappingProxyType({}))
    reopen_asked: tuple[str, ...] = ()

    @property
    def n_taken(self) -> int:
        """Places that held or confirmed matches take."""
        return sum(match.status in TAKES_A_PLACE for match in self.matches.values())

    @property
    def n_free(self) -> int:
        """Places that are left."""
        return max(0, self.terms.places - self.n_taken) if self.terms else 0

    @property
    def is_full(self) -> bool:
        """Whether matches that stand take every place; a held place may still be given back."""
        n_standing = sum(match.status in STANDS for match in self.matches.values())
        return self.terms is not None and n_standing >= self.terms.places


# --- rules about the terms: each reads as one sentence ------------------------------------------
def offer_has_a_title(_: Offer, command: PostOffer | AmendOffer) -> bool:
    """Give the offer a title."""
    return bool(command.terms.title.strip())


def offer_has_places(_: Offer, command: PostOffer | AmendOffer) -> bool:
    """State between 1 and 1,000 places."""
    return PLACES.holds(command.terms.places)


def terms_fit_the_kind(_: Offer, command: PostOffer | AmendOffer) -> bool:
    """State terms of work for a work offer, of volunteering for a volunteering offer, neither for an exchange."""
    terms = command.terms
    return (terms.work is not None) == (terms.kind == OfferKind.WORK) and (
        terms.volunteering is not None
    ) == (terms.kind == OfferKind.VOLUNTEERING)


def dates_are_in_order(_: Offer, command: PostOffer | AmendOffer) -> bool:
    """Choose a last day that is not before the first day."""
    begins, ends = command.terms.available_from, command.terms.available_until
    return begins is None or ends is None or begins <= ends


def no_money_is_promised(_: Offer, command: PostOffer | AmendOffer) -> bool:
    """Promise no sum of money: money is taboo in an exchange; vouchers in kind are welcome.

    Rule: M01
    """
    return command.terms.kind != OfferKind.EXCHANGE or money_of(command.terms) != Money.CERTAIN


def work_is_possible(_: Offer, command: PostOffer | AmendOffer) -> bool:
    """State more than 0 and at most 60 hours a week, a term of 1 to 600 months or none, and no pay below zero."""
    work = command.terms.work
    return work is None or (
        are_weekly_hours(work.hours_per_week)
        and (work.term_months is None or is_term(work.term_months))
        and (work.pay_per_hour is None or (has_few_decimals(work.pay_per_hour) and work.pay_per_hour >= 0))
    )


def volunteering_is_possible(_: Offer, command: PostOffer | AmendOffer) -> bool:
    """State more than 0 and at most 60 hours a week, or leave the hours open."""
    volunteering = command.terms.volunteering
    hours = None if volunteering is None else volunteering.hours_per_week
    return hours is None or are_weekly_hours(hours)


POSSIBLE_TERMS = (
    offer_has_a_title,
    offer_has_places,
    terms_fit_the_kind,
    dates_are_in_order,
    no_money_is_promised,
    work_is_possible,
    volunteering_is_possible,
)


# --- rules about the offer on the board ---------------------------------------------------------
def offer_is_new_or_returned(offer: Offer, _: PostOffer) -> bool:
    """Amend the offer instead: it was posted before, with other terms or by somebody else, or is gone by now."""
    return offer.status in {OfferStatus.UNKNOWN, OfferStatus.RETURNED}


def offer_waits_for_its_check(offer: Offer, _: OfferCommand) -> bool:
    """Choose an offer that was submitted and waits for its check."""
    return offer.status == OfferStatus.SUBMITTED


def offer_is_on_the_board(offer: Offer, _: object) -> bool:
    """Choose an offer that is on the board; this offer is not."""
    return offer.status in {OfferStatus.POSTED, OfferStatus.EXHAUSTED}


def last_day_lies_ahead(_: Offer, command: PostOffer) -> bool:
    """Choose a last day that is today or later."""
    until = command.terms.available_until
    return until is None or until >= today_in_the_city(command.at)


def kind_stays_the_same(offer: Offer, command: AmendOffer) -> bool:
    """Post a new offer for another kind; an offer keeps its kind."""
    return offer.terms is not None and offer.terms.kind == command.terms.kind


def offer_was_on_the_board(offer: Offer, _: WithdrawOffer) -> bool:
    """Choose an offer that is on the board, or that was there until it went back to be checked."""
    waits = offer.status in {OfferStatus.SUBMITTED, OfferStatus.RETURNED}
    return offer_is_on_the_board(offer, _) or (waits and offer.current_until is not None)


def places_cover_what_is_taken(offer: Offer, command: AmendOffer) -> bool:
    """State at least as many places as are taken already."""
    return command.terms.places >= offer.n_taken


def offer_is_not_returned_yet(offer: Offer, _: ReturnOffer) -> bool:
    """Wait until the offer is posted again; it is recorded as returned, with another reason."""
    return offer.status != OfferStatus.RETURNED


def return_has_a_reason(_: Offer, command: ReturnOffer) -> bool:
    """Say why the offer is returned."""
    return bool(command.reason.strip())


# --- decide: one function per command -----------------------------------------------------------
def post(offer: Offer, command: PostOffer) -> list[OfferEvent]:
    """Exchange offers are on the board at once; volunteering and work are checked first (architecture 2.1).

    So is an exchange whose text may promise money: no list of words knows for certain.
    """
    stands = {OfferStatus.SUBMITTED, OfferStatus.POSTED, OfferStatus.EXHAUSTED}
    recorded = (offer.organisation_id, offer.terms)
    if offer.status in stands and recorded == (command.organisation_id, command.terms):
        return []
    require(offer, command, offer_is_new_or_returned, *POSSIBLE_TERMS, last_day_lies_ahead)
    if command.terms.kind == OfferKind.EXCHANGE and money_of(command.terms) == Money.NONE:
        return [_posted(command.organisation_id, command.terms, command.at)]
    return [OfferSubmitted(organisation_id=command.organisation_id, terms=command.terms)]


def check(offer: Offer, command: CheckOffer) -> list[OfferEvent]:
    """A checked offer is on the board; checking it twice changes nothing."""
    if offer_is_on_the_board(offer, command):
        return []
    require(offer, command, offer_waits_for_its_check)
    if offer.terms is None:
        return []
    posted = _posted(offer.organisation_id, offer.terms, command.at)
    return [posted, OfferExhausted()] if offer.is_full else [posted]


def give_back(offer: Offer, command: ReturnOffer) -> list[OfferEvent]:
    """The organisation reads the reason and may post again."""
    require(offer, command, return_has_a_reason)
    if offer.status == OfferStatus.RETURNED and offer.returned_for == command.reason:
        return []
    require(offer, command, offer_is_not_returned_yet, offer_waits_for_its_check)
    return [OfferReturned(reason=command.reason)]


def amend(offer: Offer, command: AmendOffer) -> list[OfferEvent]:
    """The terms are replaced as a whole; an offer that was returned or waits for its check is submitted anew.

    A check holds for what was checked: an offer whose checked terms change leaves the board until it is checked again.
    """
    waits = offer.status in {OfferStatus.SUBMITTED, OfferStatus.RETURNED}
    if not waits:
        require(offer, command, offer_is_on_the_board)
    if offer.terms == command.terms and offer.status != OfferStatus.RETURNED:
        return []
    if waits:
        require(offer, command, kind_stays_the_same, *POSSIBLE_TERMS, places_cover_what_is_taken)
        return [OfferSubmitted(organisation_id=offer.organisation_id, terms=command.terms)]
    require(offer, command, kind_stays_the_same, *POSSIBLE_TERMS, places_cover_what_is_taken)
    if not is_as_checked(offer, command.terms):
        submitted = OfferSubmitted(organisation_id=offer.organisation_id, terms=command.terms)
        return [OfferCheckReopened(), submitted, *lapse_open(offer, LapseReason.OFFER_WITHDRAWN)]
    amended = OfferAmended(organisation_id=offer.organisation_id, terms=command.terms)
    after = evolve(offer, amended)
    is_full_now = after.status == OfferStatus.POSTED and after.is_full
    return (
        [amended, OfferExhausted(), *lapse_open(after, LapseReason.OFFER_EXHAUSTED)]
        if is_full_now
        else [amended]
    )


def confirm_current(offer: Offer, command: ConfirmOfferCurrent) -> list[OfferEvent]:
    """The offer is current for another 90 days; twice on one day is once."""
    require(offer, command, offer_is_on_the_board)
    if offer.terms is None:
        return []
    until = current_until(offer.terms, command.at)
    if offer.current_until is not None and today_in_the_city(until) <= today_in_the_city(offer.current_until):
        return []
    return [OfferConfirmedCurrent(kind=offer.terms.kind, current_until=until)]


def withdraw(offer: Offer, command: WithdrawOffer) -> list[OfferEvent]:
    """Open matches lapse with the offer; what is held or confirmed goes on."""
    if offer.status == OfferStatus.WITHDRAWN:
        return []
    require(offer, command, offer_was_on_the_board)
    return [OfferWithdrawn(), *lapse_open(offer, LapseReason.OFFER_WITHDRAWN)]


def expire(offer: Offer, command: ExpireOffer) -> list[OfferEvent]:
    """An offer that nobody confirmed, or whose last day is over, leaves the board; an exhausted offer stays as it is.

    Its places are taken, not stale; a place may become free after a year and be opened again.
    """
    stale = offer.current_until is not None and offer.current_until <= command.at
    if offer.status != OfferStatus.POSTED or not (stale or last_day_is_over(offer, command.at)):
        return []
    return [OfferExpired(), *lapse_open(offer, LapseReason.OFFER_WITHDRAWN)]


def decide(offer: Offer, command: OfferCommand) -> Sequence[OfferEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case PostOffer():
            return post(offer, command)
        case CheckOffer():
            return check(offer, command)
        case ReturnOffer():
            return give_back(offer, command)
        case AmendOffer():
            return amend(offer, command)
        case ConfirmOfferCurrent():
            return confirm_current(offer, command)
        case WithdrawOffer():
            return withdraw(offer, command)
        case ExpireOffer():
            return expire(offer, command)
        case _:
            assert_never(command)


def last_day_is_over(offer: Offer, at: datetime) -> bool:
    """Whether the last day on which the offer is available has passed."""
    until = offer.terms.available_until if offer.terms else None
    return until is not None and until < today_in_the_city(at)


def money_of(terms: OfferTerms) -> Money:
    """What the words of the terms say about money; only of an exchange it matters."""
    return money_in(f"{terms.title} {terms.description}")


def is_as_checked(offer: Offer, terms: OfferTerms) -> bool:
    """Whether terms say what the coordinator checked; places, days, hours and the market day may change without.

    An exchange is checked only where its words may promise money.
    """
    if offer.terms is None:
        return True
    if offer.terms.kind == OfferKind.EXCHANGE and money_of(terms) == Money.NONE:
        return True
    return _checked(offer.terms) == _checked(terms)


def _checked(terms: OfferTerms) -> OfferTerms:
    work, volunteering = terms.work, terms.volunteering
    return replace(
        terms,
        places=1,
        available_from=None,
        available_until=None,
        market_day_id=None,
        work=work and replace(work, hours_per_week=Decimal(1), term_months=None, starts_on=None),
        volunteering=volunteering and replace(volunteering, hours_per_week=None),
    )


def lapse_open(offer: Offer, reason: LapseReason) -> list[OfferEvent]:
    """The end of every match that still waits for an answer."""
    return [
        MatchLapsed(match_id=match_id, reason=reason)
        for match_id, match in offer.matches.items()
        if match.status == MatchStatus.PROPOSED
    ]


def current_until(terms: OfferTerms, at: datetime) -> datetime:
    """Until when an offer that is confirmed now is current: 90 days; work until its fixed start (architecture 2.1)."""
    in_90_days = at + STALE_AFTER
    if terms.work is None or terms.work.starts_on is None:
        return in_90_days
    return max(in_90_days, datetime.combine(terms.work.starts_on, time(), UTC))


def _posted(organisation_id: str, terms: OfferTerms, at: datetime) -> OfferPosted:
    return OfferPosted(organisation_id=organisation_id, terms=terms, current_until=current_until(terms, at))


# --- evolve -------------------------------------------------------------------------------------
def evolve(offer: Offer, event: OfferEvent) -> Offer:
    """The offer after an event."""
    match event:
        case OfferSubmitted():
            return replace(
                offer, status=OfferStatus.SUBMITTED, organisation_id=event.organisation_id, terms=event.terms
            )
        case OfferCheckReopened():
            return replace(offer, status=OfferStatus.SUBMITTED)
        case OfferReturned():
            return replace(offer, status=OfferStatus.RETURNED, returned_for=event.reason)
        case OfferPosted():
            return replace(
                offer,
                status=OfferStatus.POSTED,
                organisation_id=event.organisation_id,
                terms=event.terms,
                current_until=event.current_until,
            )
        case OfferAmended():
            return _amended(offer, event)
        case OfferConfirmedCurrent():
            return replace(offer, current_until=event.current_until)
        case OfferExhausted():
            return replace(offer, status=OfferStatus.EXHAUSTED)
        case OfferWithdrawn():
            return replace(offer, status=OfferStatus.WITHDRAWN)
        case OfferExpired():
            return replace(offer, status=OfferStatus.EXPIRED)
        case PlaceReopened():
            return _reopened(offer)
        case _:
            return _evolve_match(offer, event)


def _evolve_match(offer: Offer, event: MatchEvent) -> Offer:
    match event:
        case MatchProposed():
            proposed = Match(need_id=event.need_id, need_party=event.need_party, is_search=event.is_search)
            return replace(offer, matches=MappingProxyType({**offer.matches, event.match_id: proposed}))
        case MatchAccepted():
            return _accepted(offer, event)
        case MatchDeclined():
            return _ended(offer, event, MatchStatus.DECLINED)
        case MatchLapsed():
            return _ended(offer, event, MatchStatus.LAPSED)
        case PlaceHeld():
            return _held(offer, event)
        case MatchConfirmed():
            return _with_match(offer, event.match_id, MatchStatus.CONFIRMED)
        case PlaceReopenAsked():
            asked = _with_match(offer, event.match_id, MatchStatus.REOPEN_ASKED)
            return replace(asked, reopen_asked=(*offer.reopen_asked, event.match_id))
        case _:
            assert_never(event)


def _amended(offer: Offer, event: OfferAmended) -> Offer:
    amended = replace(offer, terms=event.terms)
    has_a_place_again = amended.status == OfferStatus.EXHAUSTED and not amended.is_full
    return replace(amended, status=OfferStatus.POSTED) if has_a_place_again else amended


def _reopened(offer: Offer) -> Offer:
    """The place that was asked about first is free; an exhausted offer is open again."""
    freed = _with_match(offer, next(iter(offer.reopen_asked), None), MatchStatus.FREED)
    status = OfferStatus.POSTED if offer.status == OfferStatus.EXHAUSTED else offer.status
    return replace(freed, status=status, reopen_asked=offer.reopen_asked[1:])


def _accepted(offer: Offer, event: MatchAccepted) -> Offer:
    match = offer.matches.get(event.match_id)
    if match is None:
        return offer
    accepted = replace(match, accepted_by=match.accepted_by | {event.by})
    return replace(offer, matches=MappingProxyType({**offer.matches, event.match_id: accepted}))


def _held(offer: Offer, event: PlaceHeld) -> Offer:
    held = _with_match(offer, event.match_id, MatchStatus.HELD)
    match = held.matches.get(event.match_id)
    if match is None:
        return held
    with_terms = replace(match, held_terms=offer.terms)
    return replace(held, matches=MappingProxyType({**held.matches, event.match_id: with_terms}))


def _ended(offer: Offer, event: MatchDeclined | MatchLapsed, status: MatchStatus) -> Offer:
    match = offer.matches.get(event.match_id)
    if match is None:
        return offer
    ended = replace(match, status=status, ended=event)
    return replace(offer, matches=MappingProxyType({**offer.matches, event.match_id: ended}))


def _with_match(offer: Offer, match_id: str | None, status: MatchStatus) -> Offer:
    match = offer.matches.get(match_id or "")
    if match is None or match_id is None:
        return offer
    return replace(
        offer, matches=MappingProxyType({**offer.matches, match_id: replace(match, status=status)})
    )


OFFER = Decider(name="offer", initial=Offer(), decide=decide, evolve=evolve)
