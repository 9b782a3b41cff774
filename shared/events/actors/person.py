"""What happens to a person? Stream person-<id>.

A person is a random id; what is personal is `Sealed` and lies in a slot beside the log, never in the record.
"""

from dataclasses import dataclass
from typing import TypeAlias

from shared.events.clear import DECIDES, ROLE
from shared.events.registry import Audience, event
from shared.events.vocabulary import PersonContext, Purpose
from shared.kernel.sealed import Sealed


@event("actors", Audience.INTERNAL, clear={"context": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered:
    """A person is known under a random id, in one half of the city's work; who it is lies sealed beside the log."""

    context: PersonContext
    name: Sealed | None = None
    contact: Sealed | None = None
    birth_date: Sealed | None = None


@event("actors", Audience.INTERNAL, clear={})
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAmended:
    """Something personal was corrected; what is not sealed anew stays as it was."""

    name: Sealed | None = None
    contact: Sealed | None = None
    birth_date: Sealed | None = None


@event("actors", Audience.INTERNAL, clear={"purpose": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """The person agreed to one use of their data, and to no other."""

    purpose: Purpose


@event("actors", Audience.INTERNAL, clear={"purpose": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """The person no longer agrees to this use."""

    purpose: Purpose


@event("actors", Audience.INTERNAL, clear={"purpose": DECIDES, "role": ROLE})
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDisclosed:
    """Somebody opened what is sealed of the person: in which role and for what."""

    purpose: Purpose
    role: str


PersonEvent: TypeAlias = PersonRegistered | PersonAmended | ConsentGiven | ConsentWithdrawn | PersonDisclosed
