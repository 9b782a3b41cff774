"""Which organisations does the simulated city have? Each has a day from which it may act, and a story of its own."""

from datetime import timedelta
from itertools import product
from typing import Any

from services.actors.domain.organisation import (
    AmendOrganisation,
    RegisterOrganisation,
    ReinstateOrganisation,
    SuspendOrganisation,
    VerifyOrganisation,
)
from services.actors.simulation.names import CHARITABLE, KINDS, LEGAL_FORMS, PROPER
from shared.events.vocabulary import Sector
from shared.kernel.city_day import today_in_the_city
from shared.simulation.amounts import Amounts
from shared.simulation.chance import Chance
from shared.simulation.step import COORDINATOR, Step, Story, organisation
from shared.simulation.stories import Stories
from shared.simulation.town import Member, Town

PRESENT_FROM_THE_START = 0.6  # share; the others come in the course of the years
FIRST_ONES_WITHIN = 20  # [days]
SUSPENDED_AFTER = timedelta(days=120)
NEVER_VERIFIED, SUSPENDED, REINSTATED, MOVED = 0.03, 0.04, 0.6, 0.06  # shares
FEWEST = 3  # of each sector that there is, at any scale: an agreement has two parties, a choice has more


class Organisations(Amounts, frozen=True):
    """How many organisations of each sector there are at the end."""

    company: int = 0
    non_profit: int = 0
    initiative: int = 0
    public_body: int = 0
    school: int = 0
    training_company: int = 0
    employment_carrier: int = 0
    research: int = 0


def gather(chance: Chance, town: Town) -> tuple[Member, ...]:
    """The organisations of the town, which has no members yet."""
    members: list[Member] = []
    for sector in Sector:
        wanted = getattr(town.amount(Organisations), sector.value)
        n = max(FEWEST, round(town.scaled(wanted))) if wanted else 0
        names = [f"{kind} {proper}" for kind, proper in product(KINDS[sector], PROPER)]
        members += [_member(chance, town, sector, name) for name in chance.some_of(names, n)]
    return tuple(members)


def _member(chance: Chance, town: Town, sector: Sector, name: str) -> Member:
    first = chance.happens(PRESENT_FROM_THE_START)
    last_day = town.begins + timedelta(days=FIRST_ONES_WITHIN) if first else town.ends
    registered_at = chance.between(town.begins, last_day)
    legal_form = chance.one_of(LEGAL_FORMS[sector])
    acts_from = None if chance.happens(NEVER_VERIFIED) and not first else chance.after(registered_at, 1, 9)
    is_suspended = acts_from is not None and chance.happens(SUSPENDED)
    return Member(
        id=chance.new_id("organisation"),
        name=f"{name} {legal_form}".strip(),
        sector=sector,
        district=chance.one_of(tuple(town.districts)),
        legal_form=legal_form or None,
        registered_at=registered_at,
        acts_from=acts_from,
        suspended_at=chance.between(today_in_the_city(registered_at) + SUSPENDED_AFTER, town.ends)
        if is_suspended
        else None,
    )


def stories(chance: Chance, town: Town) -> Story:
    """Each organisation is registered and verified; some move to another district, some are suspended."""
    own_chance = chance.part("town's life")
    for member in town.members:
        yield from _life(own_chance, town, member)


def _life(chance: Chance, town: Town, member: Member) -> Story:
    about: dict[str, Any] = {"organisation_id": member.id, "name": member.name, "sector": member.sector}
    about |= {"legal_form": member.legal_form, "charitable": member.sector in CHARITABLE}
    own = organisation(member.id)
    at = member.registered_at
    yield Step(RegisterOrganisation(**about, district=member.district, at=at), own)
    if member.acts_from is None:
        return
    yield Step(VerifyOrganisation(organisation_id=member.id, at=member.acts_from), COORDINATOR)
    if chance.happens(MOVED):
        at = chance.between(today_in_the_city(member.acts_from) + timedelta(days=90), town.ends)
        yield Step(AmendOrganisation(**about, district=chance.one_of(tuple(town.districts)), at=at), own)
    if member.suspended_at is not None:
        yield Step(SuspendOrganisation(organisation_id=member.id, at=member.suspended_at), COORDINATOR)
        if chance.happens(REINSTATED):
            at = chance.after(member.suspended_at, 10, 90)
            yield Step(ReinstateOrganisation(organisation_id=member.id, at=at), COORDINATOR)


ORGANISATION_STORIES = Stories(tell=stories, amounts={"organisations": Organisations})
