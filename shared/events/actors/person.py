"""What happens to a person? Stream person-<id>.

A person is a random id; personal values are `Sealed` and kept in slots beside the log, never in the record.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from shared.events.clear import DECIDES, DUE, ROLE
from shared.events.registry import Audience, event
from shared.events.vocabulary import ConsentForm, PersonContext, Purpose
from shared.kernel.sealed import Sealed


@event("actors", Audience.INTERNAL, clear={"context": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered:
    """A person was registered under a random id, for one half of the city's work; the identity lies sealed."""

    context: PersonContext
    name: Sealed | None = None
    contact: Sealed | None = None
    birth_date: Sealed | None = None


@event("actors", Audience.INTERNAL, clear={})
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAmended:
    """Personal values were corrected; those that are not sealed anew stay as they were."""

    name: Sealed | None = None
    contact: Sealed | None = None
    birth_date: Sealed | None = None


@event("actors", Audience.INTERNAL, clear={"purpose": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """The person agreed to one use of their data, and to no other."""

    purpose: Purpose


@event(
    "actors",
    Audience.INTERNAL,
    clear={"purpose": DECIDES, "given_how": DECIDES, "given_on": DUE, "role": ROLE},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecorded:
    """Staff recorded that the person agreed to one use: how and when; who recorded it lies sealed for the person."""

    purpose: Purpose
    given_how: ConsentForm
    given_on: date
    role: str
    recorded_by: Sealed | None = None


@event("actors", Audience.INTERNAL, clear={"purpose": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """The person no longer agrees to this use."""

    purpose: Purpose


@event("actors", Audience.INTERNAL, clear={"purpose": DECIDES, "role": ROLE})
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDisclosed:
    """Somebody opened sealed values of the person: in which role and for what purpose."""

    purpose: Purpose
    role: str


PersonEvent: TypeAlias = (
    PersonRegistered | PersonAmended | ConsentGiven | ConsentRecorded | ConsentWithdrawn | PersonDisclosed
)
