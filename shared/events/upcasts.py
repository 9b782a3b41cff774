"""How does an event of an older version become one of today? By pure steps from one version to the next.

A step is registered with the wire name that it reads; old names are never reused. See CHANGING.md.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

Fields: TypeAlias = Mapping[str, Any]
Step: TypeAlias = Callable[[Fields], Fields]

_steps: dict[str, tuple[str, Step]] = {}


def upcast(old: str, new: str) -> Callable[[Step], Step]:
    """Register the step from one wire name to the next.

    Raises: ValueError when there is a step from `old` already, or when `new` leads back to it.
    """

    def register(step: Step) -> Step:
        if old in _steps:
            msg = f"{old} has an upcast already"
            raise ValueError(msg)
        if _end_of(new) == old:
            msg = f"{new} leads back to {old}"
            raise ValueError(msg)
        _steps[old] = (new, step)
        return step

    return register


def _end_of(name: str) -> str:
    while name in _steps:
        name, _ = _steps[name]
    return name


def leading_to(names: Iterable[str]) -> set[str]:
    """These wire names and all older ones that lead to them."""
    wanted = set(names)
    return wanted | {old for old in _steps if _end_of(old) in wanted}


def newest(name: str, read: Callable[[], Fields]) -> tuple[str, Fields]:
    """The newest wire name that `name` leads to, and the fields as they are there."""
    if name not in _steps:
        return name, {}
    fields = read()
    while name in _steps:
        name, step = _steps[name]
        fields = step(fields)
    return name, fields
