"""Where does a command come from, and what do its events record about that?"""

from dataclasses import dataclass, replace
from typing import Any

from shared.events.registry import Audience
from shared.kernel.recorded import Recorded
from shared.service.tables import Caller, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The origin of a command: its sender, its cause, and the marks of its events."""

    caller: Caller | None = None
    cause: Recorded[Any] | None = None
    correlation_id: str | None = None
    synthetic: bool = False
    lab: str | None = None

    def by_role_only(self) -> "Origin":
        """The same origin without the actor: the record says in which role the command was sent, and no more."""
        role = None if self.caller is None else Caller(role=self.caller.role, actor="")
        return replace(self, caller=role)

    def without_cause(self) -> "Origin":
        """The same origin without what caused it: the record must not join the two streams."""
        return replace(self, cause=None)

    def attributes(self, *, is_open: bool) -> dict[str, str | bool]:
        """Further attributes of the CloudEvent; an open record names open events and no person (architecture 2.10)."""
        attributes: dict[str, str | bool] = {}
        if self.caller is not None:
            attributes["authid"] = _author(self.caller, is_open=is_open)
        if self.cause is not None and not (is_open and self.cause.audience != Audience.OPEN):
            attributes["causationid"] = self.cause.id
            attributes["correlationid"] = self.cause.correlation_id or self.cause.id
        elif self.cause is None and self.correlation_id is not None:
            attributes["correlationid"] = self.correlation_id
        if self.lab is not None:
            attributes["lab"] = self.lab
        if self.synthetic:
            attributes["synthetic"] = True
        return attributes


NOWHERE = Origin()


def caused_by(event: Recorded[Any]) -> Origin:
    """The origin of commands that a service sends because of an event."""
    return Origin(cause=event, synthetic=event.synthetic, lab=event.lab)


def _author(caller: Caller, *, is_open: bool) -> str:
    named = caller.role == Role.ORGANISATION or (caller.role == Role.PERSON and not is_open)
    return f"{caller.role}:{caller.actor}" if named and caller.actor else str(caller.role)
