"""How does a test city come to have published states? Its clock goes on to the next month, and the loop steps once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.reporting.releases.release import About, Release
from shared.kernel.calendar_months import months_after
from shared.kernel.city_day import moment_in_the_city, today_in_the_city
from shared.service import clock
from tests.city import WholeCity


@dataclass(frozen=True, slots=True)
class OneRelease:
    """The only published state there is."""

    release: Release

    def days(self) -> list[date]:
        """Its date."""
        return [self.release.about.on]

    def of(self, on: date) -> Release | None:
        """The state."""
        return self.release if on == self.release.about.on else None

    def listed(self) -> list[About]:
        """The state, without its cells."""
        return [self.release.about]


def next_month() -> datetime:
    """Two hours into the month after this one."""
    first = months_after(today_in_the_city(clock.now()).replace(day=1), 1)
    return moment_in_the_city(first) + timedelta(hours=2)


def publish(city: WholeCity) -> int:
    """Publish the states of a city as if this month were over; returns how many are new."""
    publishing = city.instance.units["reporting"].publishing
    assert publishing is not None
    return publishing.step(next_month())
