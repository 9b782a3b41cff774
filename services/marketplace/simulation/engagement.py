"""How does an engagement go? A trial, hours that are logged and confirmed, an end."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.marketplace.domain.engagement import (
    EndEngagement,
    EndTrial,
    StartEngagement,
    StartTrial,
)
from services.marketplace.domain.hours import ConfirmHours, DisputeHours, LogHours
from services.marketplace.domain.places import ReopenPlace
from services.marketplace.simulation.volunteering_offer import Opening
from shared.events.vocabulary import EndReason, VolunteeringForm
from shared.kernel.city_day import today_in_the_city
from shared.simulation.chance import Chance
from shared.simulation.step import Ending, Step, Story, organisation, person

WITH_TRIAL, FAILS = 0.7, 0.18  # shares of referrals, of trials
LASTS = {  # mean [days]; one-off ones are over on the day itself
    VolunteeringForm.REGULAR: 430,
    VolunteeringForm.TEAM: 240,
    VolunteeringForm.ONLINE: 300,
}
MONTH = 30  # [days] from one entry of hours to the next
LOGGED = 0.8  # share of months
CONFIRMED, DISPUTED = 0.9, 0.03  # shares of entries
CONFIRMED_LATER = 0.6  # share of disputed entries
REOPENED = 0.5  # share of places that the host opens again
TRIAL_ENDS = {EndReason.DID_NOT_FIT: 50, EndReason.BY_PERSON: 35, EndReason.BY_HOST: 15}
ENDS = {
    EndReason.BY_PERSON: 45,
    EndReason.MOVED_ON: 25,
    EndReason.TERM_OVER: 15,
    EndReason.BY_HOST: 5,
    EndReason.OTHER: 10,
}


def engaged(chance: Chance, opening: Opening, engagement_id: str, person_id: str, at: datetime) -> Ending:
    """From the referral to the last hour. Returns when another host may be tried, where the trial ended early."""
    host = organisation(opening.host.id)
    at = chance.after(at, 3, 14)
    if opening.form != VolunteeringForm.ONE_OFF and chance.happens(WITH_TRIAL):
        yield Step(StartTrial(engagement_id=engagement_id, started_on=today_in_the_city(at), at=at), host)
        at = chance.after(at, 7, 25)
        if chance.happens(FAILS):
            reason = chance.weighted(TRIAL_ENDS)
            end = EndTrial(engagement_id=engagement_id, ended_on=today_in_the_city(at), reason=reason, at=at)
            yield Step(end, host)
            return at
    yield Step(StartEngagement(engagement_id=engagement_id, started_on=today_in_the_city(at), at=at), host)
    if opening.form == VolunteeringForm.ONE_OFF:
        yield from _hours(chance, opening, engagement_id, person_id, at)
        yield from _ended(chance, opening, engagement_id, EndReason.TERM_OVER, chance.after(at, 1, 5))
        return None
    ends_at = chance.after(at, 20, 20 + chance.wait(LASTS[opening.form]))
    logged_at = chance.after(at, MONTH - 5, MONTH)
    while logged_at < ends_at:
        if chance.happens(LOGGED):
            yield from _hours(chance, opening, engagement_id, person_id, logged_at)
        logged_at = chance.after(logged_at, MONTH - 2, MONTH + 1)
    yield from _ended(chance, opening, engagement_id, chance.weighted(ENDS), ends_at)
    return None


def _hours(chance: Chance, opening: Opening, engagement_id: str, person_id: str, at: datetime) -> Story:
    """A day's work is logged; the host confirms it, disputes it first, or does neither."""
    entry: dict[str, Any] = {"engagement_id": engagement_id, "entry_id": chance.new_id("entry")}
    host = organisation(opening.host.id)
    hours = min(chance.half_hours(2, 7), Decimal(24))
    yield Step(LogHours(**entry, worked_on=today_in_the_city(at), hours=hours, at=at), person(person_id))
    at = chance.after(at, 1, 21)
    if chance.happens(CONFIRMED):
        yield Step(ConfirmHours(**entry, at=at), host)
    elif chance.happens(DISPUTED / (1 - CONFIRMED)):
        yield Step(DisputeHours(**entry, at=at), host)
        if chance.happens(CONFIRMED_LATER):
            yield Step(ConfirmHours(**entry, at=chance.after(at, 2, 20)), host)


def _ended(chance: Chance, opening: Opening, engagement_id: str, reason: EndReason, at: datetime) -> Story:
    """The engagement is over; the host may open the place again while the offer is on the board."""
    host = organisation(opening.host.id)
    end = EndEngagement(engagement_id=engagement_id, ended_on=today_in_the_city(at), reason=reason, at=at)
    yield Step(end, host)
    at = chance.after(at, 2, 20)
    if chance.happens(REOPENED) and at < opening.closes_at - timedelta(days=1):
        yield Step(ReopenPlace(offer_id=opening.offer_id, at=at), host)
