"""What do tests of every figure count? Nothing, one case of each kind, and many in every group."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from shared.events.marketplace.engagement import CounsellingRequested
from shared.events.vocabulary import Category, Sector, WorkForm
from shared.kernel.recorded import Recorded
from tests.reporting.city import history
from tests.reporting.histories import happened
from tests.reporting.stories import (
    agreements,
    at_work,
    given,
    hours,
    matched,
    met,
    need,
    organisation,
    proposed,
    sealed,
    trial,
)

START = date(2014, 1, 6)


MANY = 300


def empty(_n: int) -> Iterator[Recorded[Any]]:
    """Nothing."""
    yield from ()


def tiny(_n: int) -> Iterator[Recorded[Any]]:
    """One case of each kind."""
    yield from agreements(START, kept=1)
    yield given("0", START, "c", "n")
    yield need("x", START)
    yield from trial("v", START, "n", "taken")
    yield hours("v", START, "n", "0.25")
    yield from at_work("w", START, 1)


def large(n_cases: int) -> Iterator[Recorded[Any]]:
    """Many cases of each kind in every group, over many months, in two labs and in none."""
    categories, work = list(Category), list(WorkForm)
    for n in range(8):
        yield organisation(f"c{n}", Sector.COMPANY if n % 2 else Sector.NON_PROFIT)
    for n in range(n_cases):
        on = START + timedelta(days=9 * n)
        yield sealed(f"l{n}", on, lab=("north", "south", None)[n % 3], market_day=f"m{n % 4}")
        yield from agreements(on, kept=2, partly=1, failing=1, silent=n % 2, prefix=f"{n}-")
        yield given(f"l{n}", on, f"c{n % 8}", f"c{(n + 1) % 8}")
        yield need(f"x{n}", on, category=categories[n % len(categories)])
        yield matched(f"x{n}", on + timedelta(days=n))
        yield met(f"x{n}", on + timedelta(days=n))
        yield happened(on, f"counselling-{n}", CounsellingRequested(person_id=f"p{n}"))
        yield from trial(f"v{n}", on, f"c{n % 5}", ("taken", "ended", None)[n % 3])
        yield hours(f"v{n}", on, f"c{n % 5}", "999999.75" if n % 2 else "7")
        yield proposed(f"w{n}-0", on, work[n % len(work)])
        yield from at_work(f"w{n}-", on, 1)
    yield from history()


HISTORIES = {"empty": empty, "tiny": tiny, "large": large}
"""Each takes how many cases of each kind there are when there are many."""
