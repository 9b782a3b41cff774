"""How long are personal data kept, and which may not be erased before their time?"""

from dataclasses import dataclass
from datetime import timedelta

from shared.kernel.sealed import Retention

MONTH = timedelta(days=30)
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Term:
    """A key lives for `keeps` after its last use for sealing; an erasure must wait for `proves` after its creation."""

    keeps: timedelta
    proves: timedelta | None = None


TERMS = {
    Retention.CLEARANCE: Term(3 * MONTH),  # handbook 4.4: three months after the end, a parameter
    Retention.ENQUIRY: Term(12 * MONTH),
    Retention.PROFILE: Term(24 * MONTH),
    Retention.RECOGNITION: Term(3 * YEAR + 12 * MONTH),  # three years of validity, and twelve months
    Retention.PARTICIPANT_CASE: Term(5 * YEAR),
    Retention.FUNDING_PROOF: Term(
        10 * YEAR, proves=10 * YEAR
    ),  # handbook 11: per grant, ten years by default
}
"""By retention class. Source: handbook 11."""
