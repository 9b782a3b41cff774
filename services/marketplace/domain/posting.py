"""The offer's life on the board: submitted, checked, posted, amended, confirmed current, withdrawn or expired.

Its stream guards its places; what takes them is in `places.py`, what the rules read in `offer_state.py`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

from services.marketplace.domain.offer_state import MatchStatus, Offer, OfferStatus, evolve
from services.marketplace.domain.offer_terms import POSSIBLE_TERMS
from shared.events.marketplace.offer import (
    MatchLapsed,
    OfferAmended,
    OfferConfirmedCurrent,
    OfferEvent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferReturned,
    OfferSubmitted,
    OfferTerms,
    OfferWithdrawn,
)
from shared.events.vocabulary import LapseReason, OfferKind
from shared.kernel.city_day import today_in_the_city
from shared.kernel.refusal import require

STALE_AFTER = timedelta(days=90)  # M11: an offer is confirmed every 90 days, else it expires (handbook R44)


# --- commands ---------------------------------------------------------------------------------
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
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendOffer:
    """Correct the terms; all of them as they are now."""

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
    """Take the offer back; open matches lapse, agreed ones go on."""

    offer_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireOffer:
    """The ticker asks whether the offer is still current."""

    offer_id: str
    at: datetime


PostingCommand: TypeAlias = (
    PostOffer | CheckOffer | ReturnOffer | AmendOffer | ConfirmOfferCurrent | WithdrawOffer | ExpireOffer
)


# --- rules: each reads as one sentence --------------------------------------------------------
def offer_is_new_or_returned(offer: Offer, _: PostOffer) -> bool:
    """An offer is posted once, or again after it was returned."""
    return offer.status in {OfferStatus.UNKNOWN, OfferStatus.RETURNED}


def offer_waits_for_its_check(offer: Offer, _: PostingCommand) -> bool:
    """The offer is submitted and waits for its check."""
    return offer.status == OfferStatus.SUBMITTED


def offer_is_on_the_board(offer: Offer, _: object) -> bool:
    """The offer is on the board."""
    return offer.status in {OfferStatus.POSTED, OfferStatus.EXHAUSTED}


def last_day_lies_ahead(_: Offer, command: PostOffer) -> bool:
    """The offer's last day is today or later."""
    until = command.terms.available_until
    return until is None or until >= today_in_the_city(command.at)


def kind_stays_the_same(offer: Offer, command: AmendOffer) -> bool:
    """An offer keeps its kind."""
    return offer.terms is not None and offer.terms.kind == command.terms.kind


def places_cover_what_is_taken(offer: Offer, command: AmendOffer) -> bool:
    """There are at least as many places as are taken already."""
    return command.terms.places >= offer.n_taken


def return_has_a_reason(_: Offer, command: ReturnOffer) -> bool:
    """Who gives an offer back says why."""
    return bool(command.reason.strip())


# --- decide: one function per command ---------------------------------------------------------
def post(offer: Offer, command: PostOffer) -> list[OfferEvent]:
    """Exchange offers are on the board at once; volunteering and work are checked first (architecture 2.1)."""
    if offer.terms == command.terms and offer.status not in {OfferStatus.UNKNOWN, OfferStatus.RETURNED}:
        return []
    require(offer, command, offer_is_new_or_returned, *POSSIBLE_TERMS, last_day_lies_ahead)
    if command.terms.kind == OfferKind.EXCHANGE:
        return [_posted(command.organisation_id, command.terms, command.at)]
    return [OfferSubmitted(organisation_id=command.organisation_id, terms=command.terms)]


def check(offer: Offer, command: CheckOffer) -> list[OfferEvent]:
    """A checked offer is on the board; checking it twice changes nothing."""
    if offer_is_on_the_board(offer, command):
        return []
    require(offer, command, offer_waits_for_its_check)
    return [_posted(offer.organisation_id, offer.terms, command.at)] if offer.terms else []


def give_back(offer: Offer, command: ReturnOffer) -> list[OfferEvent]:
    """The organisation reads the reason and may post again."""
    if offer.status == OfferStatus.RETURNED:
        return []
    require(offer, command, offer_waits_for_its_check, return_has_a_reason)
    return [OfferReturned(reason=command.reason)]


def amend(offer: Offer, command: AmendOffer) -> list[OfferEvent]:
    """The terms are replaced as a whole; one that was returned, or waits for its check, is submitted anew."""
    if offer.terms == command.terms and offer.status != OfferStatus.RETURNED:
        return []
    if offer.status in {OfferStatus.SUBMITTED, OfferStatus.RETURNED}:
        require(offer, command, kind_stays_the_same, *POSSIBLE_TERMS)
        return [OfferSubmitted(organisation_id=offer.organisation_id, terms=command.terms)]
    require(
        offer,
        command,
        offer_is_on_the_board,
        kind_stays_the_same,
        *POSSIBLE_TERMS,
        places_cover_what_is_taken,
    )
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
    if offer.current_until is not None and until.date() <= offer.current_until.date():
        return []
    return [OfferConfirmedCurrent(kind=offer.terms.kind, current_until=until)]


def withdraw(offer: Offer, command: WithdrawOffer) -> list[OfferEvent]:
    """Open matches lapse with the offer; what is held or confirmed goes on."""
    if offer.status == OfferStatus.WITHDRAWN:
        return []
    require(offer, command, offer_is_on_the_board)
    return [OfferWithdrawn(), *lapse_open(offer, LapseReason.OFFER_WITHDRAWN)]


def expire(offer: Offer, command: ExpireOffer) -> list[OfferEvent]:
    """An offer that nobody confirmed, or whose last day is over, leaves the board; an exhausted one stays as it is.

    Its places are taken, not stale; one of them may become free after a year and be reopened.
    """
    stale = offer.current_until is not None and offer.current_until <= command.at
    if offer.status != OfferStatus.POSTED or not (stale or last_day_is_over(offer, command.at)):
        return []
    return [OfferExpired(), *lapse_open(offer, LapseReason.OFFER_WITHDRAWN)]


def last_day_is_over(offer: Offer, at: datetime) -> bool:
    """Whether the last day on which the offer is available has passed."""
    until = offer.terms.available_until if offer.terms else None
    return until is not None and until < today_in_the_city(at)


def lapse_open(offer: Offer, reason: LapseReason) -> list[OfferEvent]:
    """The end of every match that still waits for an answer."""
    return [
        MatchLapsed(match_id=match_id, reason=reason)
        for match_id, match in offer.matches.items()
        if match.status == MatchStatus.PROPOSED
    ]


def current_until(terms: OfferTerms, at: datetime) -> datetime:
    """Until when an offer confirmed at this time is current: 90 days; work until its fixed start (architecture 2.1)."""
    in_90_days = at + STALE_AFTER
    if terms.work is None or terms.work.starts_on is None:
        return in_90_days
    return max(in_90_days, datetime.combine(terms.work.starts_on, time(), UTC))


def _posted(organisation_id: str, terms: OfferTerms, at: datetime) -> OfferPosted:
    return OfferPosted(organisation_id=organisation_id, terms=terms, current_until=current_until(terms, at))
