"""Which event types exist, who owns them, who may read them?

The wire name is `kosilab.<owner>.<Event>.v<version>`. It is a storage format: never rename, never reuse.
How an event changes: CHANGING.md.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

SERVICES = ("actors", "marketplace", "employment", "reporting")
EVERY_SERVICE = "every-service"
"""Owner of an event that each service writes into its own log under its own name."""


class Audience(StrEnum):
    """Who may read an event: `open` may leave the city, `internal` is for its services and auditors."""

    OPEN = "open"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class EventType:
    """One registered event: its class, owner, version and audience.

    `clear` gives each field of an event about people the reason why it may be read (clear.py); None for other events.
    """

    cls: type
    owner: str
    version: int
    audience: Audience
    clear: Mapping[str, str] | None = None

    def wire_name(self, service: str) -> str:
        """The CloudEvent `type` in the log of `service`."""
        return f"kosilab.{service}.{self.cls.__name__}.v{self.version}"


_by_class: dict[type, EventType] = {}
_by_wire_name: dict[str, EventType] = {}


def event(
    owner: str, audience: Audience, *, version: int = 1, clear: Mapping[str, str] | None = None
) -> Callable[[type[T]], type[T]]:
    """Register a frozen dataclass as an event of `owner`; `clear` as in `EventType`.

    Raises: ValueError for an unknown owner, a version below 1, a class that is no frozen dataclass, or a wire name
    that is taken; then nothing is registered.
    """

    def register(cls: type[T]) -> type[T]:
        params = getattr(cls, "__dataclass_params__", None)
        if not is_dataclass(cls) or params is None or not params.frozen:
            msg = f"{cls.__name__} must be a frozen dataclass"
            raise ValueError(msg)
        if owner not in (*SERVICES, EVERY_SERVICE):
            msg = f"{owner} owns no log; owners are {', '.join(SERVICES)}"
            raise ValueError(msg)
        if version < 1:
            msg = f"versions count from 1, not from {version}"
            raise ValueError(msg)
        registered = EventType(cls, owner, version, audience, clear)
        names = [
            registered.wire_name(service) for service in (SERVICES if owner == EVERY_SERVICE else (owner,))
        ]
        for name in names:
            if name in _by_wire_name:
                msg = f"{name} is registered already"
                raise ValueError(msg)
        _by_wire_name.update(dict.fromkeys(names, registered))
        _by_class[cls] = registered
        return cls

    return register


def type_of(cls: type) -> EventType:
    """The registration of an event class.

    Raises: KeyError when the class is no event.
    """
    return _by_class[cls]


def by_wire_name(name: str) -> EventType | None:
    """The registration of a CloudEvent `type`, or None when this code does not know it."""
    return _by_wire_name.get(name)


def all_types() -> Iterator[tuple[str, EventType]]:
    """Every wire name with its registration, in alphabetical order."""
    yield from sorted(_by_wire_name.items())
