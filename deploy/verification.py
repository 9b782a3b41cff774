"""Are the read models correct? All logs are replayed in memory, and the results are compared."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from deploy.instance import Instance
from shared.eventlog.layouts import as_stored
from shared.service.projection import Projection

TRIES = 20

T = TypeVar("T")


class TooBusy(Exception):  # noqa: N818 - names the situation
    """The read models change too fast to be compared."""


def verified(instance: Instance) -> Iterator[tuple[str, int]]:
    """Each read model with the number of its documents or rows that differ from a replay of the logs.

    Raises: TooBusy, LogUnavailable.
    """
    for service, unit in instance.units.items():
        for projection in unit.projections:
            for name, differing in _differing(projection).items():
                yield f"{service}.{name}", differing


def _differing(projection: Projection[Any]) -> dict[str, int]:
    at, stored = _at_rest(projection.positions, projection.stored)
    replayed = projection.replay(at)
    return {
        model.name: n_differing(
            {
                key: as_stored(model, document)
                for key, document in replayed[model.name].items()
                if document is not None
            },
            stored[model.name],
        )
        for model in projection.models
    }


def n_differing(expected: Mapping[str, object], stored: Mapping[str, object]) -> int:
    """The number of keys whose values differ or that only one side has."""
    return sum(1 for key in expected.keys() | stored.keys() if expected.get(key) != stored.get(key))


def _at_rest(positions: Callable[[], dict[str, int]], read: Callable[[], T]) -> tuple[dict[str, int], T]:
    """What is read, and the positions that belong to it: those that did not move meanwhile."""
    for _ in range(TRIES):
        before = positions()
        state = read()
        if positions() == before:
            return before, state
    msg = "The read models change too fast to be compared: try again when less happens, or stop the worker."
    raise TooBusy(msg)
