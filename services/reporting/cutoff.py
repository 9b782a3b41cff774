"""Up to which events does an answer count? By position, recording time or event time, alone or together."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from shared.events.registry import SERVICES
from shared.kernel.city_day import moment_in_the_city, today_in_the_city

SOURCES = tuple(service for service in SERVICES if service != "reporting")
"""The services whose events the facts are folded from."""

_POSITION = re.compile(r"([a-z]+):([0-9]{1,18})")


class BadCutoff(ValueError):  # noqa: N818 - names what it is
    """The text is no cut-off; the sentence says how one is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """`positions` of logs (others count to their end), a limit of recording times, and a limit of event times.

    `recorded_before` asks what was known then; `effective_at` asks what had happened then, as known now.
    """

    positions: Mapping[str, int] = field(default_factory=dict)
    recorded_before: datetime | None = None
    effective_at: datetime | None = None

    @classmethod
    def read(cls, text: str) -> "Cutoff":
        """The cut-off in a parameter: parts separated by commas.

        `2018-12-31` or `2018-12-31T12:00:00Z` (recorded before), `effective:2018-12-31`, `marketplace:57`.
        Raises: BadCutoff.
        """
        positions: dict[str, int] = {}
        moments: dict[str, datetime] = {}
        for part in text.split(","):
            match = _POSITION.fullmatch(part)
            if match and match[1] in SOURCES:
                positions[match[1]] = int(match[2])
                continue
            name = "effective_at" if part.startswith("effective:") else "recorded_before"
            moments[name] = read_moment(part.removeprefix("effective:"))
        return cls(positions=positions, **moments)

    def today(self, now: datetime) -> date:
        """The day that decides which cohorts are mature: the day of the cut-off, else today."""
        return today_in_the_city(
            min(moment for moment in (self.recorded_before, self.effective_at, now) if moment)
        )

    def shown(self) -> dict[str, Any]:
        """The cut-off as a manifest names it."""
        return {
            "positions": dict(sorted(self.positions.items())),
            "recorded_before": _written(self.recorded_before),
            "effective_at": _written(self.effective_at),
        }


def text_of(shown: Mapping[str, Any]) -> str:
    """A cut-off that a manifest names, as the parameter that asks for it."""
    parts = [
        f"{prefix}{_day_or_moment(shown[name])}"
        for prefix, name in (("", "recorded_before"), ("effective:", "effective_at"))
        if shown[name]
    ]
    return ",".join([*parts, *(f"{source}:{position}" for source, position in shown["positions"].items())])


def _day_or_moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    day = today_in_the_city(moment)
    return day.isoformat() if moment_in_the_city(day) == moment else text.replace("+00:00", "Z")


def read_moment(text: str) -> datetime:
    """A moment, or the beginning of a day in the city, in UTC.

    Raises: BadCutoff.
    """
    try:
        return moment_in_the_city(date.fromisoformat(text))
    except ValueError:
        pass
    moment = None
    with suppress(ValueError, OverflowError):  # the last hours of the year 9999 lie in no year of UTC
        written = datetime.fromisoformat(text)
        moment = written.astimezone(UTC) if written.tzinfo else None
    if moment is None:
        msg = (
            "A cut-off is a day (2018-12-31), a moment (2018-12-31T12:00:00Z), effective:<day or moment>, "
            "or <service>:<position>; separate several by commas."
        )
        raise BadCutoff(msg)
    return moment


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
