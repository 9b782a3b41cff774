"""Where can volunteers go? Offers of host organisations month by month: submitted, checked, kept current or left."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from services.marketplace.domain.offer import (
    STALE_AFTER,
    CheckOffer,
    ConfirmOfferCurrent,
    PostOffer,
    ReturnOffer,
    WithdrawOffer,
)
from services.marketplace.simulation.match import OTHERS
from services.marketplace.simulation.wares import TASKS
from shared.events.marketplace.offer import OfferTerms, VolunteeringTerms
from shared.events.vocabulary import Category, OfferKind, VolunteeringForm
from shared.simulation.amounts import Amounts
from shared.simulation.chance import Chance
from shared.simulation.days import months
from shared.simulation.step import COORDINATOR, Step, organisation
from shared.simulation.town import Member, Town

FORMS = {
    VolunteeringForm.REGULAR: 62,
    VolunteeringForm.ONE_OFF: 18,
    VolunteeringForm.TEAM: 12,
    VolunteeringForm.ONLINE: 8,
}
HOURS_PER_WEEK = tuple(Decimal(text) for text in ("2", "2.5", "3", "4", "5", "6", "8", "10"))  # [h/week]
PLACES = {1: 30, 2: 35, 3: 20, 4: 10, 6: 5}
WITH_MINORS = 0.12  # share; nobody is referred to these while clearances cannot be recorded (rule V06)
RETURNED, CONFIRMED_AGAIN, TAKEN_BACK = 0.06, 0.62, 0.08  # shares of offers; of 90 days; of offers
LONGEST = 8  # confirmations; then a host describes the task anew


class Volunteering(Amounts, frozen=True):
    """The volunteer agency: new offers of hosts, and citizens who ask for counselling."""

    offers: float = 0
    most_offers_a_month: int = 0
    counselling: float = 0


@dataclass(slots=True, kw_only=True)
class Opening:
    """A volunteering offer on the board from `opens_at` until `closes_at`, with places that are left."""

    offer_id: str
    host: Member
    category: Category
    form: VolunteeringForm
    hours_per_week: Decimal | None
    opens_at: datetime
    closes_at: datetime
    places: int

    def takes(self, at: datetime, until: datetime) -> bool:
        """Whether somebody may be referred at this moment and accepted until that one."""
        return self.places > 0 and self.opens_at < at and until < self.closes_at


def openings(chance: Chance, town: Town) -> tuple[list[Step], list[Opening]]:
    """The steps of all hosts' offers, and what a counsellor may refer to."""
    steps: list[Step] = []
    free: list[Opening] = []
    volunteering = town.amount(Volunteering)
    for first, last, share in months(town.ready_on, town.ends):
        mean = town.scaled(volunteering.offers * share / 12)
        for _ in range(min(chance.count(mean), volunteering.most_offers_a_month)):
            at = chance.on(first + timedelta(days=chance.number(0, max(0, (last - first).days - 6))))
            hosts = town.acting(at, *OTHERS)
            if hosts:
                own_steps, opening = _opening(chance, chance.one_of(hosts), at)
                steps += own_steps
                free += [opening] if opening else []
    return steps, free


def _opening(chance: Chance, host: Member, at: datetime) -> tuple[list[Step], Opening | None]:
    """One offer with all that its host and the coordinator do for it; no opening where minors are around."""
    offer_id, own = chance.new_id("offer"), organisation(host.id)
    with_minors = chance.happens(WITH_MINORS)
    terms = _terms(chance, host, with_minors=with_minors)
    steps = [Step(PostOffer(offer_id=offer_id, organisation_id=host.id, terms=terms, at=at), own)]
    if chance.happens(RETURNED):
        at = chance.after(at, 1, 2)
        reason = "Bitte angeben, wer die Freiwilligen einarbeitet."
        steps.append(Step(ReturnOffer(offer_id=offer_id, reason=reason, at=at), COORDINATOR))
        at = chance.after(at, 1, 2)
        steps.append(Step(PostOffer(offer_id=offer_id, organisation_id=host.id, terms=terms, at=at), own))
    opens_at = at = chance.after(at, 1, 2)
    steps.append(Step(CheckOffer(offer_id=offer_id, at=at), COORDINATOR))
    for _ in range(LONGEST):
        if not chance.happens(CONFIRMED_AGAIN):
            break
        at = chance.after(at, 60, 84)
        steps.append(Step(ConfirmOfferCurrent(offer_id=offer_id, at=at), own))
    closes_at = at + STALE_AFTER
    if chance.happens(TAKEN_BACK):
        closes_at = chance.after(at, 10, 80)
        steps.append(Step(WithdrawOffer(offer_id=offer_id, at=closes_at), own))
    if with_minors or terms.volunteering is None:
        return steps, None
    opening = Opening(
        offer_id=offer_id,
        host=host,
        category=terms.category,
        form=terms.volunteering.form,
        hours_per_week=terms.volunteering.hours_per_week,
        opens_at=opens_at,
        closes_at=closes_at,
        places=terms.places,
    )
    return steps, opening


def _terms(chance: Chance, host: Member, *, with_minors: bool) -> OfferTerms:
    title, category, skills = chance.one_of(TASKS)
    form = chance.weighted(FORMS)
    hours = None if form == VolunteeringForm.ONE_OFF else chance.one_of(HOURS_PER_WEEK)
    return OfferTerms(
        kind=OfferKind.VOLUNTEERING,
        title=title,
        category=category,
        district=host.district,
        places=chance.weighted(PLACES),
        skills=skills,
        volunteering=VolunteeringTerms(form=form, hours_per_week=hours, with_minors=with_minors),
    )
