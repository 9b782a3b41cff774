"""How does an event carry personal data? Sealed values go into slots beside the log, never into the record."""

from dataclasses import dataclass
from enum import StrEnum


class Retention(StrEnum):
    """Why a personal value is kept, and therefore how long; each class of a subject has its own key.

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
    """A personal value on its way into a slot: its subject, why it is kept, and the text itself.

    The record never contains it, so the field is None when the event is read again: no `evolve` may look at it.
    """

    subject: str
    retention: Retention
    text: str

    def __repr__(self) -> str:
        """Nothing personal: log lines and failing assertions show this text."""
        return f"Sealed({self.retention})"
