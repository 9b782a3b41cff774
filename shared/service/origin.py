"""Where does a command come from, and what do its events say of that?"""

from dataclasses import dataclass, replace
from typing import Any

from shared.events.registry import Audience
from shared.kernel.recorded import Recorded
from shared.service.tables import Caller, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a command comes from: who sent it, what caused it, and what its events are marked with."""

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
        """What else the CloudEvent says; an open record names open events and no person (architecture 2.10)."""
        said: dict[str, str | bool] = {}
        if self.caller is not None:
            said["authid"] = _author(self.caller, is_open=is_open)
        if self.cause is not None and not (is_open and self.cause.audience != Audience.OPEN):
            said["causationid"] = self.cause.id
            said["correlationid"] = self.cause.correlation_id or self.cause.id
        elif self.cause is None and self.correlation_id is not None:
            said["correlationid"] = self.correlation_id
        if self.lab is not None:
            said["lab"] = self.lab
        if self.synthetic:
            said["synthetic"] = True
        return said


NOWHERE = Origin()


def caused_by(event: Recorded[Any]) -> Origin:
    """The origin of what a service does because of an event."""
    return Origin(cause=event, synthetic=event.synthetic, lab=event.lab)


def _author(caller: Caller, *, is_open: bool) -> str:
    named = caller.role == Role.ORGANISATION or (caller.role == Role.PERSON and not is_open)
    return f"{caller.role}:{caller.actor}" if named and caller.actor else str(caller.role)
