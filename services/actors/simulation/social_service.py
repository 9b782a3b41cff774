"""What becomes of social services? Non-profits plan and open them; some are extended, few close; users every month."""

from datetime import datetime
from typing import Any

from services.actors.domain import social_service as domain
from shared.events.actors.social_service import SocialTopic
from shared.events.vocabulary import Sector
from shared.kernel.city_day import today_in_the_city
from shared.simulation.amounts import Amounts
from shared.simulation.chance import Chance
from shared.simulation.step import COORDINATOR, Step, Story
from shared.simulation.stories import Stories
from shared.simulation.town import Town

EXTENDED, CLOSED, USERS, DEVIATION = 0.4, 0.1, 45, 18  # shares; people a month (assumed)


class SocialServices(Amounts, frozen=True):
    """How many social services are planned in a year."""

    planned: int = 8  # assumed


def stories(chance: Chance, town: Town) -> Story:
    """The services of the town's non-profits and public bodies, each with its own course."""
    chance, years = chance.part("social services"), (town.ends - town.ready_on).days / 365
    for _ in range(chance.count(town.scaled(town.amount(SocialServices).planned * years))):
        at = chance.between(town.ready_on, town.ends)
        if providers := town.acting(at, Sector.NON_PROFIT, Sector.PUBLIC_BODY):
            by, topic = chance.one_of(providers), chance.one_of(tuple(SocialTopic))
            about = {
                "provider_id": by.id,
                "name": f"Angebot {by.district}",
                "topic": topic,
                "district": by.district,
            }
            course = _course(chance, chance.new_id("social_service"), at, about)
            yield from (step for step in course if today_in_the_city(step.at) <= town.ends)


def _course(chance: Chance, service: str, at: datetime, about: dict[str, Any]) -> Story:
    def step(command: type, **fields: Any) -> Step:
        return Step(command(social_service_id=service, **fields, at=at), COORDINATOR)

    yield step(domain.PlanSocialService, **about)
    at = chance.after(at, 30, 120)
    yield step(domain.OpenSocialService, opened_on=today_in_the_city(at))
    for _ in range(chance.number(3, 18)):
        at, n_users = chance.after(at, 31, 31), max(0, chance.near(USERS, DEVIATION))
        yield step(domain.ReportSocialServiceUsage, month=f"{at:%Y-%m}", n_users=n_users)
    if chance.happens(EXTENDED):
        yield step(domain.ExtendSocialService, extended_on=today_in_the_city(at), extension="auch abends")
    if chance.happens(CLOSED):
        yield step(domain.CloseSocialService, closed_on=today_in_the_city(at))


SOCIAL_SERVICE_STORIES = Stories(tell=stories, amounts={"social_services": SocialServices})
