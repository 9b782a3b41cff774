"""May an offer's terms stand on the board? The rules that a posted and an amended offer have in common."""

from decimal import Decimal
from typing import Protocol

from services.marketplace.domain.money import promises_money
from services.marketplace.domain.offer_state import Offer
from shared.events.marketplace.offer import OfferTerms, WorkTerms
from shared.events.vocabulary import OfferKind

MOST_PLACES = 1000  # [places] of one offer; a typing error stays visible
MOST_HOURS = 60  # [h/week] ArbZG section 3: six working days of ten hours
LONGEST_TERM = 600  # [months] a working life
MOST_DECIMALS = 4  # of hours and pay, so that a record stays short


class SaysTerms(Protocol):
    """A command that brings terms."""

    @property
    def terms(self) -> OfferTerms:
        """The terms, all of them."""
        ...


def offer_has_a_title(_: Offer, command: SaysTerms) -> bool:
    """The offer has a title."""
    return bool(command.terms.title.strip())


def offer_has_places(_: Offer, command: SaysTerms) -> bool:
    """The offer has between one and 1,000 places."""
    return 1 <= command.terms.places <= MOST_PLACES


def terms_fit_the_kind(_: Offer, command: SaysTerms) -> bool:
    """A work offer states the terms of work, a volunteering offer those of volunteering, an exchange offer neither."""
    terms = command.terms
    return (terms.work is not None) == (terms.kind == OfferKind.WORK) and (
        terms.volunteering is not None
    ) == (terms.kind == OfferKind.VOLUNTEERING)


def dates_are_in_order(_: Offer, command: SaysTerms) -> bool:
    """The offer's last day is not before its first."""
    begins, ends = command.terms.available_from, command.terms.available_until
    return begins is None or ends is None or begins <= ends


def no_money_is_promised(_: Offer, command: SaysTerms) -> bool:
    """Money is taboo: an exchange offer promises no sum of money; vouchers in kind are welcome.

    Rule: M01
    """
    terms = command.terms
    return terms.kind != OfferKind.EXCHANGE or not promises_money(f"{terms.title} {terms.description}")


def work_is_possible(_: Offer, command: SaysTerms) -> bool:
    """Work has more than 0 and at most 60 hours a week, a term of 1 to 600 months or none, and no pay below zero."""
    work = command.terms.work
    return work is None or (
        _is_plain(work.hours_per_week)
        and 0 < work.hours_per_week <= MOST_HOURS
        and _pay_is_possible(work)
        and (work.term_months is None or 1 <= work.term_months <= LONGEST_TERM)
    )


def volunteering_is_possible(_: Offer, command: SaysTerms) -> bool:
    """Volunteering asks for more than 0 and at most 60 hours a week, or leaves them open."""
    volunteering = command.terms.volunteering
    hours = None if volunteering is None else volunteering.hours_per_week
    return hours is None or (_is_plain(hours) and 0 < hours <= MOST_HOURS)


POSSIBLE_TERMS = (
    offer_has_a_title,
    offer_has_places,
    terms_fit_the_kind,
    dates_are_in_order,
    no_money_is_promised,
    work_is_possible,
    volunteering_is_possible,
)


def _pay_is_possible(work: WorkTerms) -> bool:
    return work.pay_per_hour is None or (_is_plain(work.pay_per_hour) and work.pay_per_hour >= 0)


def _is_plain(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent  # a letter where it is no number
    return isinstance(exponent, int) and exponent >= -MOST_DECIMALS
