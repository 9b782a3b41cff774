"""What happens in the simulated city, and when? All stories, in the order of time: one seed, one script."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import chain

from deploy.city import City
from deploy.playing.neighbours import CityNeighbours
from services.actors.app import STORIES as STORIES_OF_ACTORS
from services.actors.simulation.organisation import gather
from services.marketplace.app import STORIES as STORIES_OF_MARKETPLACE
from shared.simulation.amounts import Amounts, amounts_of
from shared.simulation.chance import Chance
from shared.simulation.step import Step
from shared.simulation.town import Town

STORIES = (*STORIES_OF_ACTORS, *STORIES_OF_MARKETPLACE)


def write(city: City, *, begins: date, ends: date, seed: int, scale: float, files_follow: bool) -> list[Step]:
    """Every step of the period, the earliest first.

    Every story is told to its end; steps after the period are left out.
    Raises: BadSetting, when the city's file is wrong.
    """
    chance = Chance(f"{city.key}/{seed}")
    empty = Town(
        districts=city.districts,
        lab=city.lab,
        begins=begins,
        ends=ends,
        amounts=amounts_in(city),
        scale=scale,
        files_follow=files_follow,
        neighbours=CityNeighbours(),
    )
    town = replace(empty, members=gather(chance.part("town"), empty))
    steps = chain.from_iterable(stories.tell(chance, town) for stories in STORIES)
    until = datetime.combine(ends, time.max, UTC)
    # The sort keeps the order of each story.
    return sorted((step for step in steps if step.at <= until), key=_at)


def amounts_in(city: City) -> dict[type[Amounts], Amounts]:
    """How much happens, as the city's file says.

    Raises: BadSetting.
    """
    parts = {name: part for stories in STORIES for name, part in stories.amounts.items()}
    return amounts_of(city.slug, city.simulation, parts)


def _at(step: Step) -> datetime:
    return step.at
