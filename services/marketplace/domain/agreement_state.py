"""What do the rules about an agreement read? The draft, the signatures, and how far each commitment is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementDrafted,
    AgreementEvent,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    AgreementSealRefused,
    AgreementSigned,
    AgreementWithdrawn,
    Commitment,
    CommitmentConfirmed,
    CommitmentDelivered,
    CommitmentDisputed,
)
from shared.events.vocabulary import Party


class AgreementStatus(StrEnum):
    """Where an agreement is in its life."""

    UNKNOWN = "unknown"
    DRAFTED = "drafted"
    SIGNED = "signed"
    SEALED = "sealed"
    FULFILLED = "fulfilled"
    PARTLY_FULFILLED = "partly_fulfilled"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


SEALED = frozenset(
    {
        AgreementStatus.SEALED,
        AgreementStatus.FULFILLED,
        AgreementStatus.PARTLY_FULFILLED,
        AgreementStatus.FAILED,
    }
)


class CommitmentStatus(StrEnum):
    """How far a commitment is."""

    PROMISED = "promised"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The state that the rules read."""

    status: AgreementStatus = AgreementStatus.UNKNOWN
    draft: AgreementDrafted | None = None
    signed_by: frozenset[Party] = frozenset()
    contact_by: date | None = None
    contacted: bool = False
    delivery: Mapping[int, CommitmentStatus] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def party_a(self) -> str:
        """The organisation that gives what was offered."""
        return self.draft.party_a if self.draft else ""

    @property
    def party_b(self) -> str:
        """The other one."""
        return self.draft.party_b if self.draft else ""

    @property
    def commitments(self) -> tuple[Commitment, ...]:
        """What was promised."""
        return self.draft.commitments if self.draft else ()

    @property
    def is_sealed(self) -> bool:
        """Whether a notary has confirmed it, whatever came after."""
        return self.status in SEALED

    @property
    def n_confirmed(self) -> int:
        """How many commitments the receivers have confirmed."""
        return sum(status == CommitmentStatus.CONFIRMED for status in self.delivery.values())

    def status_of(self, number: int) -> CommitmentStatus:
        """How far a commitment is; numbers count from 1."""
        return self.delivery.get(number, CommitmentStatus.PROMISED)


def evolve(agreement: Agreement, event: AgreementEvent) -> Agreement:
    """The agreement after an event."""
    match event:
        case AgreementDrafted():
            return replace(agreement, status=AgreementStatus.DRAFTED, draft=event)
        case AgreementSigned():
            signed = agreement.signed_by | {event.by}
            both = len(signed) == len(Party)
            status = AgreementStatus.SIGNED if both else agreement.status
            return replace(agreement, status=status, signed_by=signed)
        case AgreementSealed():
            return replace(agreement, status=AgreementStatus.SEALED, contact_by=event.contact_by)
        case AgreementSealRefused():
            return replace(agreement, status=AgreementStatus.DRAFTED, signed_by=frozenset())
        case AgreementContactMade():
            return replace(agreement, contacted=True)
        case CommitmentDelivered():
            return _with(agreement, event.number, CommitmentStatus.REPORTED)
        case CommitmentConfirmed():
            return _with(agreement, event.number, CommitmentStatus.CONFIRMED)
        case CommitmentDisputed():
            return _with(agreement, event.number, CommitmentStatus.DISPUTED)
        case AgreementFulfilled():
            return replace(agreement, status=AgreementStatus.FULFILLED)
        case AgreementPartlyFulfilled():
            return replace(agreement, status=AgreementStatus.PARTLY_FULFILLED)
        case AgreementFailed():
            return replace(agreement, status=AgreementStatus.FAILED)
        case AgreementWithdrawn():
            return replace(agreement, status=AgreementStatus.WITHDRAWN)
        case _:
            assert_never(event)


def _with(agreement: Agreement, number: int, status: CommitmentStatus) -> Agreement:
    return replace(agreement, delivery=MappingProxyType({**agreement.delivery, number: status}))
