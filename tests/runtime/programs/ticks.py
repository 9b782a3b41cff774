"""Do others run meanwhile? Counts how often another green thread had its turn while this one did something."""

from collections.abc import Callable

import eventlet


def turns_during(work: Callable[[], object]) -> int:
    """How many turns another green thread had while `work` ran."""
    turns, done = 0, False

    def count() -> None:
        nonlocal turns
        while not done:
            turns += 1
            eventlet.sleep(0.005)

    counting = eventlet.spawn(count)
    eventlet.sleep(0)
    before = turns
    work()
    done = True
    counting.wait()
    return turns - before
