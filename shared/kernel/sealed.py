"""What is personal in an event? A sealed value: it goes into a slot beside the log, never into the record."""

from dataclasses import dataclass
from enum import StrEnum


class Retention(StrEnum):
    """Why a personal value is kept, and so until when; each class of a subject has a key of its own.

    Source: handbook 11, retention classes.
    """

    CLEARANCE = "clearance"
    ENQUIRY = "enquiry"
    PROFILE = "volunteer_profile"
    RECOGNITION = "recognition"
    PARTICIPANT_CASE = "participant_case"
    FUNDING_PROOF = "funding_proof"


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """A personal value on its way into a slot: whose it is, why it is kept, and the text itself.

    As a field of an event it is never written into the record, and it is None when the event is read again: no
    `evolve` may look at it.
    """

    subject: str
    retention: Retention
    text: str

    def __repr__(self) -> str:
        """Nothing personal: this is what a log line or a failing assertion would show."""
        return f"Sealed({self.retention})"
