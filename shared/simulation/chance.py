"""Where do the simulation's random numbers come from? From one seed: the same seed gives the same city."""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from shared.kernel.city_day import today_in_the_city
from shared.kernel.identity import derived_id
from shared.simulation.days import opening

T = TypeVar("T")

OFFICE_MINUTES = 8 * 60  # [min] how long the office is open


class Chance:
    """The random numbers of one part of the simulation, and the ids of its new nouns."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # seeded with a text: the same on every machine and in every process
        self._seed = seed
        self._n_ids = 0

    def part(self, name: str) -> "Chance":
        """A generator of its own for a part, so that a change in one part leaves the others as they were."""
        return Chance(f"{self._seed}/{name}")

    def new_id(self, noun: str) -> str:
        """The id of the next noun; it follows from the seed."""
        self._n_ids += 1
        return derived_id("simulated", self._seed, noun, str(self._n_ids))

    def happens(self, share: float) -> bool:
        """True in this share of cases, in [0, 1]."""
        return self._random.random() < share

    def number(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return self._random.randint(low, high)

    def near(self, mean: float, deviation: float) -> int:
        """A whole number near the mean, never below zero."""
        return max(0, round(self._random.gauss(mean, deviation)))

    def count(self, mean: float) -> int:
        """How many rare, independent things happen, given their average number (Poisson)."""
        limit, product, n = math.exp(-mean), self._random.random(), 0
        while product > limit:
            product *= self._random.random()
            n += 1
        return n

    def wait(self, mean_days: float) -> int:
        """How many days [d] pass until something happens that is equally likely on every day (exponential)."""
        return int(self._random.expovariate(1 / mean_days))

    def one_of(self, choices: "list[T] | tuple[T, ...]") -> T:
        """One of these, each equally likely."""
        return self._random.choice(choices)

    def some_of(self, choices: "list[T] | tuple[T, ...]", n: int) -> list[T]:
        """This many different ones of these, or all where there are fewer, in random order."""
        return self._random.sample(choices, min(n, len(choices)))

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of these, chosen by weight."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def half_hours(self, low: int, high: int) -> Decimal:
        """Hours [h] in [low, high], in half hours."""
        return Decimal(self.number(2 * low, 2 * high)) / 2

    def on(self, day: date) -> datetime:
        """A moment in office hours on this day, or on the next working day."""
        return opening(day) + timedelta(minutes=self.number(0, OFFICE_MINUTES))

    def between(self, begins: date, ends: date) -> datetime:
        """A moment in office hours on one of these days; the last one may become the next working day."""
        return self.on(begins + timedelta(days=self.number(0, max(0, (ends - begins).days))))

    def after(self, moment: datetime, least_days: int, most_days: int) -> datetime:
        """A moment in office hours this many days later [d]; after one day or more, all reactions have run."""
        return self.on(today_in_the_city(moment) + timedelta(days=self.number(least_days, most_days)))
