"""What happens in the simulated city, and when? All stories, in the order of time: one seed, one script."""

from datetime import UTC, date, datetime, time
from itertools import chain

from deploy.city import City
from deploy.simulation import (
    board,
    employers,
    hosts,
    lab,
    market_days,
    placements,
    town,
    volunteers,
)
from deploy.simulation.chance import Chance
from deploy.simulation.parameters import parameters_of
from deploy.simulation.steps import Step


def write(city: City, *, begins: date, ends: date, seed: int, scale: float, files_follow: bool) -> list[Step]:
    """Every step of the period, the earliest first.

    Stories are told to their end; what would happen after the period is left out.
    Raises: BadSetting, when the city's file says something wrong.
    """
    chance = Chance(f"{city.key}/{seed}")
    place = town.gather(chance.part("town"), city, (begins, ends), parameters_of(city), scale)
    offering, openings = hosts.openings(chance.part("hosts"), place)
    employing, vacancies = employers.vacancies(chance.part("employers"), place)
    told = chain(
        town.stories(chance.part("town's life"), place),
        lab.stories(chance.part("lab"), place),
        market_days.stories(chance.part("market days"), place, files_follow=files_follow),
        board.stories(chance.part("board"), place),
        offering,
        volunteers.stories(chance.part("volunteers"), place, openings),
        employing,
        placements.stories(chance.part("placements"), vacancies),
    )
    until = datetime.combine(ends, time.max, UTC)
    return sorted(
        (step for step in told if step.at <= until), key=_at
    )  # the sort keeps each story's own order


def _at(step: Step) -> datetime:
    return step.at
