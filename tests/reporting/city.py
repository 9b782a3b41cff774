"""How does a whole city come to have figures? A small history in its logs, counted by reporting."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from shared.eventlog.port import Append, Draft
from shared.events.codec import encode_data
from shared.events.registry import type_of
from shared.events.vocabulary import Sector
from shared.kernel.recorded import Recorded
from tests.edge.door import Door
from tests.reporting.stories import agreements, at_work, given, hours, need, organisation, trial

FIRST, SECOND = date(2016, 5, 2), date(2017, 5, 2)


def history() -> list[Recorded[Any]]:
    """Two years of agreements, needs, trials, hours and work; of 2018 there is little."""
    return [
        *(organisation(f"c{n}", Sector.COMPANY) for n in range(4)),
        *(organisation(f"n{n}", Sector.NON_PROFIT) for n in range(4)),
        *agreements(FIRST, kept=7, partly=3, failing=5, silent=2, prefix="a"),
        *agreements(SECOND, kept=9, partly=4, failing=4, prefix="b"),
        *agreements(date(2018, 5, 2), kept=2, prefix="c"),
        *agreements(date(2019, 5, 2), kept=8, partly=3, failing=3, prefix="d"),
        *(given(f"a{n}", FIRST, f"c{n}", f"n{n}") for n in range(4)),
        *(given(f"b{n}", SECOND, f"n{n}", f"c{n}") for n in range(4)),
        *(need(f"x{n}", FIRST) for n in range(6)),
        *(event for n in range(9) for event in trial(f"v{n}", SECOND, f"n{n % 3}", "taken")),
        *(hours(f"v{n}", SECOND, f"n{n % 3}", "2.5") for n in range(9)),
        *at_work("w", SECOND, 8),
    ]


def too_few() -> list[Recorded[Any]]:
    """Trials of 2018, too few to be shown."""
    return [event for n in range(3) for event in trial(f"y{n}", date(2018, 5, 2), f"n{n}", "taken")]


def recorded_in(door: Door, events: Sequence[Recorded[Any]]) -> int:
    """Append the events to the logs of their services and let everything follow; the marketplace's last position."""
    for number, event in enumerate(events):
        log = door.instance.units[event.service].store.log
        version = len(log.read_stream(event.stream))
        draft = Draft(
            id=f"told-{number}-{event.id}",
            type=type_of(type(event.data)).wire_name(event.service),
            audience=event.audience,
            time=event.time,
            data=encode_data(event.data),
        )
        log.append(
            Append(
                stream=event.stream,
                expected_version=version,
                command_id=f"told-{number}-{event.id}",
                request_digest="",
                events=(draft,),
            )
        )
    # A story is cut short where nothing is counted; the other services would stumble over it.
    door.instance.settle({"reporting"})
    return door.instance.units["marketplace"].store.log.head().position
