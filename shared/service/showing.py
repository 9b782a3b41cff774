"""What does a list show when one of its documents can't be shown? All others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from shared.service import telemetry

D = TypeVar("D")

log = telemetry.logger("showing")


def each_shown(show: Callable[[D], Mapping[str, Any]], documents: Iterable[D]) -> Iterator[Mapping[str, Any]]:
    """What is seen of each document; one that can't be shown is left out and logged, and costs itself only."""
    for document in documents:
        try:
            yield show(document)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            log.exception("document_not_shown")
