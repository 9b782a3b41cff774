"""Which organisations may be named as employers? Those that the service `actors` has verified, and not suspended."""

from typing import NotRequired, TypeAlias, TypedDict, assert_never

from shared.events.actors.organisation import (
    OrganisationCheckReopened,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening

OfEmployer: TypeAlias = (
    OrganisationRegistered
    | OrganisationVerified
    | OrganisationCheckReopened
    | OrganisationSuspended
    | OrganisationReinstated
)


class EmployerDocument(TypedDict):
    """An organisation, and whether it may employ somebody whom the city places."""

    id: NotRequired[str]
    is_verified: bool
    is_suspended: bool


def employer(document: EmployerDocument | None, event: Happening[OfEmployer]) -> EmployerDocument:
    """The organisation after an event."""
    before = document or EmployerDocument(is_verified=False, is_suspended=False)
    match event.data:
        case OrganisationRegistered():
            return before
        case OrganisationVerified():
            return {**before, "is_verified": True}
        case OrganisationCheckReopened():
            return {**before, "is_verified": False}
        case OrganisationSuspended():
            return {**before, "is_suspended": True}
        case OrganisationReinstated():
            return {**before, "is_suspended": False}
        case _:
            assert_never(event.data)


EMPLOYERS = ReadModel(name="employers", version=1, on=events_of(OfEmployer), evolve=employer)
