"""When does a case of a cohort count? Once its window, and three months of waiting for news, have passed."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from services.reporting.indicators.cases import Verdict
from services.reporting.words import Words
from shared.kernel.calendar_months import months_after

WAITING_MONTHS = 3  # handbook 9, R85: late news is waited for before a cohort is judged
DAYS_KEPT = 20_000
"""How many days are remembered with what follows from them: many cases begin on one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How long after its first day a case may still reach what is counted: calendar months, and days."""

    months: int = 0
    days: int = 0

    def ends(self, start: date) -> date:
        """The last day of the window."""
        return _ends(start, self.months, self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Which cases belong together, in words, and the window in which they may reach what is counted.

    Without a window a case counts on its day; with one it counts once the window and the waiting time have passed.
    """

    words: Words
    window: Window | None = None

    @property
    def waiting_months(self) -> int:
        """How long after the window news is waited for [months]."""
        return 0 if self.window is None else WAITING_MONTHS


@lru_cache(DAYS_KEPT)
def _ends(start: date, months: int, days: int) -> date:
    end = months_after(start, months)
    return end + timedelta(days=min(days, (date.max - end).days))


@lru_cache(DAYS_KEPT)
def day(text: str) -> date:
    """A day of a fact."""
    return date.fromisoformat(text)


def is_mature(start: date, window: Window, today: date) -> bool:
    """Whether window and waiting time have passed."""
    return months_after(window.ends(start), WAITING_MONTHS) <= today


def within(start: date, end: str | None, window: Window) -> bool:
    """Whether the end came, and came within the window."""
    return end is not None and day(end) <= window.ends(start)


def judged(start: date, verdict: Verdict, window: Window, today: date) -> Verdict:
    """The verdict of a mature case; before that, early news would count the quick ones only."""
    return verdict if is_mature(start, window, today) else Verdict.IMMATURE
