"""Which laws hold for every decider? Determinism, total evolve, replay in steps, events that survive the codec.

And a repeat says the same (`repeats.py`).
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from shared.events.codec import as_recorded, encode_data
from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused
from shared.testing.repeats import assert_a_repeat_says_the_same


def run(decider: Decider[Any, Any, Any], commands: Sequence[Any]) -> list[Any]:
    """Send the commands one after the other; refused ones change nothing. The events of the stream."""
    state, stream = decider.initial, []
    for command in commands:
        try:
            events = list(decider.decide(state, command))
        except Refused:
            continue
        state = decider.fold(events, state)
        stream += events
    return stream


def assert_laws(
    decider: Decider[Any, Any, Any],
    commands: Sequence[Any],
    *,
    asks: Collection[type] = (),
    anew: Collection[type] = (),
    added: Collection[str] = (),
) -> None:
    """The laws, tried on one sequence of commands; `asks`, `anew` and `added` as in the law of repeats."""
    events = run(decider, commands)
    assert events == run(decider, commands), "the same commands decide the same"
    assert_corrections_name_what_they_correct(events)
    stepwise = decider.initial
    for event in events:
        stepwise = decider.evolve(stepwise, event)
    assert stepwise == decider.fold(events), "replay at once equals replay in steps"
    for event in events:
        again = msgspec.json.decode(encode_data(event), type=type(event))
        assert again == as_recorded(event), "every event survives the codec"
    assert decider.fold(map(as_recorded, events)) == stepwise, "no state holds what is sealed"
    assert_a_repeat_says_the_same(decider, commands, asks=asks, anew=anew, added=added)


def assert_corrections_name_what_they_correct(events: Sequence[Any]) -> None:
    """`corrects` of an event `…Corrected` is the number of an earlier event in its stream; numbers count from 1."""
    for number, event in enumerate(events, start=1):
        if type(event).__name__.endswith("Corrected"):
            assert 1 <= event.corrects < number, f"{event} corrects an event that is not there yet"


def assert_evolve_is_total(decider: Decider[Any, Any, Any], events: Sequence[Any]) -> None:
    """Evolve never fails, whatever the order of the events."""
    decider.fold(events)
    decider.fold(list(reversed(events)))
