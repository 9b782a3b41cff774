"""What is a story made of? Steps in order of time: a command, and who sends it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from shared.service.tables import Caller, Role


@dataclass(frozen=True, slots=True)
class Step:
    """A command and its sender."""

    command: Any
    by: Caller

    @property
    def at(self) -> datetime:
        """When the command is sent."""
        moment: datetime = self.command.at
        return moment


Story: TypeAlias = Iterator[Step]
Ending: TypeAlias = Generator[Step, None, datetime | None]
"""A story that returns when another attempt may begin, or None when none is needed."""

OPERATOR = Caller(role=Role.OPERATOR, actor="simulated-operator")
COORDINATOR = Caller(role=Role.COORDINATOR, actor="simulated-coordinator")
COUNSELLOR = Caller(role=Role.COUNSELLOR, actor="simulated-counsellor")
BROKER = Caller(role=Role.BROKER, actor="simulated-broker")
NOTARY = Caller(role=Role.NOTARY, actor="simulated-notary")


def organisation(organisation_id: str) -> Caller:
    """A sender who acts for this organisation."""
    return Caller(role=Role.ORGANISATION, actor=organisation_id)


def person(person_id: str) -> Caller:
    """The person as sender."""
    return Caller(role=Role.PERSON, actor=person_id)
