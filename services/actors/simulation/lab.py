"""What happens to a lab? It gets its mandate, members join and leave, its phases begin, and it closes."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from services.actors.domain.lab import (
    AdmitMember,
    CloseLab,
    DefineMandate,
    EnterPhase,
    EstablishLab,
    ReleaseMember,
)
from shared.events.vocabulary import LabPhase, Sector
from shared.kernel.city_day import today_in_the_city
from shared.simulation.chance import Chance
from shared.simulation.step import COORDINATOR, OPERATOR, Step, Story
from shared.simulation.stories import Stories
from shared.simulation.town import Member, Town

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
    lab = town.lab
    if "key" not in lab:
        return
    chance = chance.part("lab")
    lab_id, at = str(lab["key"]), chance.on(town.begins)
    budget = Decimal(lab["budget"]) if "budget" in lab else None
    establish = EstablishLab(
        lab_id=lab_id,
        name=lab["name"],
        begins_on=lab["begins_on"],
        ends_on=lab.get("ends_on"),
        funding_ref=lab.get("funding_ref"),
        budget=budget,
        at=at,
    )
    yield Step(establish, OPERATOR)
    if "mandate" in lab:
        at += timedelta(minutes=20)
        yield Step(DefineMandate(lab_id=lab_id, mandate=lab["mandate"], at=at), OPERATOR)
    closes = town.ready_on < lab.get("ends_on", date.min) <= town.ends
    closed_at = datetime.combine(lab["ends_on"] if closes else town.ends, CLOSES)
    yield from _phases(chance, town, lab_id, today_in_the_city(closed_at))
    joining = _members(chance, town, lab_id, int(lab.get("n_partners", 0)))
    yield from (step for step in joining if step.at < closed_at)
    if closes:
        yield Step(CloseLab(lab_id=lab_id, at=closed_at), OPERATOR)


def _phases(chance: Chance, town: Town, lab_id: str, last_day: date) -> Story:
    days = (last_day - town.begins).days
    for number, phase in enumerate(PHASES):
        at = chance.on(town.begins + timedelta(days=10 + days * number // len(PHASES)))
        yield Step(EnterPhase(lab_id=lab_id, phase=phase, at=at), COORDINATOR)


def _members(chance: Chance, town: Town, lab_id: str, n_partners: int) -> Story:
    """The partners join as soon as they are verified, others later; some leave again."""
    verified = sorted((member for member in town.members if member.acts_from is not None), key=_acts_from)
    partners: list[Member] = []
    for number in range(n_partners):
        sector = PARTNERS[number % len(PARTNERS)]
        partners += [member for member in verified if member.sector == sector and member not in partners][:1]
    others = [member for member in verified if member not in partners]
    joining = chance.some_of(others, round(len(others) * OTHERS_WHO_JOIN))
    for member in (*partners, *joining):
        ready = today_in_the_city(member.acts_from) if member.acts_from else town.begins
        joined_at = chance.after(chance.on(ready), 1, 6 if member in partners else 400)
        yield _admitted(lab_id, member, joined_at)
        if member not in partners and chance.happens(LEAVE):
            left_at = chance.after(joined_at, 180, 700)
            left_on = today_in_the_city(left_at)
            leave = ReleaseMember(lab_id=lab_id, organisation_id=member.id, left_on=left_on, at=left_at)
            yield Step(leave, COORDINATOR)


def _admitted(lab_id: str, member: Member, at: datetime) -> Step:
    command = AdmitMember(lab_id=lab_id, organisation_id=member.id, joined_on=today_in_the_city(at), at=at)
    return Step(command, COORDINATOR)


def _acts_from(member: Member) -> str:
    return member.acts_from.isoformat() if member.acts_from else ""


LAB_STORIES = Stories(tell=stories)
