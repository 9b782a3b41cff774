"""Who is there? The organisations of the simulated city, from when on each may act, and their own story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from deploy.city import City
from deploy.simulation.chance import Chance
from deploy.simulation.names import CHARITABLE, KINDS, LEGAL_FORMS, PROPER
from deploy.simulation.parameters import Parameters
from deploy.simulation.steps import COORDINATOR, Step, Story, organisation
from services.actors.domain.organisation import (
    AmendOrganisation,
    RegisterOrganisation,
    ReinstateOrganisation,
    SuspendOrganisation,
    VerifyOrganisation,
)
from shared.events.vocabulary import Sector

KNOWN_FROM_THE_START = 0.6  # share; the others come in the course of the years
FIRST_ONES_WITHIN = 20  # [days]
READY_AFTER = timedelta(days=35)  # by then the first organisations are verified, and the other stories begin
SUSPENDED_AFTER = timedelta(days=120)
NEVER_VERIFIED, SUSPENDED, REINSTATED, MOVED = 0.03, 0.04, 0.6, 0.06  # shares
FEWEST = 3  # of each sector that there is, at any scale: an agreement has two parties, a choice has more


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One organisation. It may act from `acts_from` on (None: never verified) until it is suspended, if ever."""

    id: str
    name: str
    sector: Sector
    district: str
    legal_form: str | None
    registered_at: datetime
    acts_from: datetime | None
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What every story needs to know: the city, the period, how much happens in it, and who is there."""

    city: City
    begins: date
    ends: date
    parameters: Parameters
    scale: float
    members: Sequence[Member]

    @property
    def ready_on(self) -> date:
        """The first day on which there are organisations that may act."""
        return self.begins + READY_AFTER

    def acting(self, at: datetime, *sectors: Sector) -> list[Member]:
        """The organisations of these sectors that may act at this moment and will not be suspended."""
        return [
            one
            for one in self.members
            if one.sector in sectors
            and one.acts_from is not None
            and one.acts_from < at
            and one.suspended_at is None
        ]

    def scaled(self, mean: float) -> float:
        """How much it is on this town's scale."""
        return mean * self.scale


def gather(
    chance: Chance, city: City, period: tuple[date, date], parameters: Parameters, scale: float
) -> Town:
    """The town with its organisations."""
    members: list[Member] = []
    for sector in Sector:
        wanted = getattr(parameters.organisations, sector.value)
        n = max(FEWEST, round(wanted * scale)) if wanted else 0
        names = [f"{kind} {proper}" for kind, proper in product(KINDS[sector], PROPER)]
        members += [_member(chance, city, period, sector, name) for name in chance.some_of(names, n)]
    begins, ends = period
    return Town(
        city=city, begins=begins, ends=ends, parameters=parameters, scale=scale, members=tuple(members)
    )


def _member(chance: Chance, city: City, period: tuple[date, date], sector: Sector, name: str) -> Member:
    begins, ends = period
    first = chance.happens(KNOWN_FROM_THE_START)
    last_day = begins + timedelta(days=FIRST_ONES_WITHIN) if first else ends
    registered_at = chance.between(begins, last_day)
    legal_form = chance.one_of(LEGAL_FORMS[sector])
    acts_from = None if chance.happens(NEVER_VERIFIED) and not first else chance.after(registered_at, 1, 9)
    is_suspended = acts_from is not None and chance.happens(SUSPENDED)
    return Member(
        id=chance.new_id("organisation"),
        name=f"{name} {legal_form}".strip(),
        sector=sector,
        district=chance.one_of(city.districts),
        legal_form=legal_form or None,
        registered_at=registered_at,
        acts_from=acts_from,
        suspended_at=chance.between(registered_at.date() + SUSPENDED_AFTER, ends) if is_suspended else None,
    )


def stories(chance: Chance, town: Town) -> Story:
    """Each organisation is registered, verified, here and there moves house or is suspended."""
    for member in town.members:
        yield from _life(chance, town, member)


def _life(chance: Chance, town: Town, member: Member) -> Story:
    told: dict[str, Any] = {"organisation_id": member.id, "name": member.name, "sector": member.sector}
    told |= {"legal_form": member.legal_form, "charitable": member.sector in CHARITABLE}
    own = organisation(member.id)
    at = member.registered_at
    yield Step(RegisterOrganisation(**told, district=member.district, at=at), own)
    if member.acts_from is None:
        return
    yield Step(VerifyOrganisation(organisation_id=member.id, at=member.acts_from), COORDINATOR)
    if chance.happens(MOVED):
        at = chance.between(member.acts_from.date() + timedelta(days=90), town.ends)
        yield Step(AmendOrganisation(**told, district=chance.one_of(town.city.districts), at=at), own)
    if member.suspended_at is not None:
        yield Step(SuspendOrganisation(organisation_id=member.id, at=member.suspended_at), COORDINATOR)
        if chance.happens(REINSTATED):
            at = chance.after(member.suspended_at, 10, 90)
            yield Step(ReinstateOrganisation(organisation_id=member.id, at=at), COORDINATOR)
