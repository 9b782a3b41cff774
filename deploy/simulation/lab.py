"""How does a lab go? Established with its mandate, joined by partners and others, led through its phases, closed."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from deploy.simulation.chance import Chance
from deploy.simulation.steps import COORDINATOR, OPERATOR, Step, Story
from deploy.simulation.town import Member, Town
from services.actors.domain.lab import (
    AdmitMember,
    CloseLab,
    DefineMandate,
    EnterPhase,
    EstablishLab,
    ReleaseMember,
)
from shared.events.vocabulary import LabPhase, Sector

PARTNERS = (
    Sector.RESEARCH,
    Sector.PUBLIC_BODY,
    Sector.NON_PROFIT,
    Sector.EMPLOYMENT_CARRIER,
    Sector.COMPANY,
)
PHASES = tuple(LabPhase)  # [R3] names them; when each began is not known, so the period is shared out evenly
CLOSES = time(16, tzinfo=UTC)
OTHERS_WHO_JOIN, LEAVE = 0.18, 0.2  # shares of the organisations, of those who joined (assumed)


def stories(chance: Chance, town: Town) -> Story:
    """The lab of the city's file, with the programme's own words and numbers; nothing where the file has none."""
    told = town.city.lab
    if "key" not in told:
        return
    lab_id, at = str(told["key"]), chance.on(town.begins)
    budget = Decimal(told["budget"]) if "budget" in told else None
    establish = EstablishLab(
        lab_id=lab_id,
        name=told["name"],
        begins_on=told["begins_on"],
        ends_on=told.get("ends_on"),
        funding_ref=told.get("funding_ref"),
        budget=budget,
        at=at,
    )
    yield Step(establish, OPERATOR)
    if "mandate" in told:
        at += timedelta(minutes=20)
        yield Step(DefineMandate(lab_id=lab_id, mandate=told["mandate"], at=at), OPERATOR)
    closes = town.ready_on < told.get("ends_on", date.min) <= town.ends
    closed_at = datetime.combine(told["ends_on"] if closes else town.ends, CLOSES)
    yield from _phases(chance, town, lab_id, closed_at.date())
    joining = _members(chance, town, lab_id, int(told.get("n_partners", 0)))
    yield from (step for step in joining if step.at < closed_at)
    if closes:
        yield Step(CloseLab(lab_id=lab_id, at=closed_at), OPERATOR)


def _phases(chance: Chance, town: Town, lab_id: str, last_day: date) -> Story:
    days = (last_day - town.begins).days
    for number, phase in enumerate(PHASES):
        at = chance.on(town.begins + timedelta(days=10 + days * number // len(PHASES)))
        yield Step(EnterPhase(lab_id=lab_id, phase=phase, at=at), COORDINATOR)


def _members(chance: Chance, town: Town, lab_id: str, n_partners: int) -> Story:
    """The partners join as soon as they are verified, others in the course of time; some leave again."""
    known = sorted((one for one in town.members if one.acts_from is not None), key=_acts_from)
    partners: list[Member] = []
    for number in range(n_partners):
        sector = PARTNERS[number % len(PARTNERS)]
        partners += [one for one in known if one.sector == sector and one not in partners][:1]
    others = [one for one in known if one not in partners]
    joining = chance.some_of(others, round(len(others) * OTHERS_WHO_JOIN))
    for member in (*partners, *joining):
        ready = member.acts_from.date() if member.acts_from else town.begins
        joined_at = chance.after(chance.on(ready), 1, 6 if member in partners else 400)
        yield _admitted(lab_id, member, joined_at)
        if member not in partners and chance.happens(LEAVE):
            left_at = chance.after(joined_at, 180, 700)
            left_on = left_at.date()
            leave = ReleaseMember(lab_id=lab_id, organisation_id=member.id, left_on=left_on, at=left_at)
            yield Step(leave, COORDINATOR)


def _admitted(lab_id: str, member: Member, at: datetime) -> Step:
    command = AdmitMember(lab_id=lab_id, organisation_id=member.id, joined_on=at.date(), at=at)
    return Step(command, COORDINATOR)


def _acts_from(member: Member) -> str:
    return member.acts_from.isoformat() if member.acts_from else ""
