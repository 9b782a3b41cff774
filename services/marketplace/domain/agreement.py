"""The agreement: drafted, revised, signed by both, sealed by a notary, or withdrawn.

One stream per agreement guards that what was promised is counted once, and only when the receiver says so. What follows
the seal is decided in `commitments.py`, by a decider of the same stream.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias, assert_never

from services.marketplace.domain.money import Money, money_in
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
from shared.events.vocabulary import FailureReason, Party, ReciprocityKind
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.identity import derived_id
from shared.kernel.refusal import require
from shared.kernel.text import Id, Statement

CONTACT_WITHIN = timedelta(days=14)  # M07: party B contacts its partner within two weeks (handbook R12)
BOTH = frozenset({Party.A, Party.B})


# --- commands -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAgreement:
    """Draft, or redraft, what two parties want to do for each other."""

    agreement_id: str
    party_a: Id
    party_b: Id
    commitments: tuple[Commitment, ...]
    reciprocity: ReciprocityKind
    match_id: str | None = None
    offer_id: str | None = None
    need_id: str | None = None
    market_day_id: str | None = None
    initiated_by: str = "party"
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseDraft:
    """Write anew what the parties give; without a market day the agreement belongs to none."""

    agreement_id: str
    commitments: tuple[Commitment, ...]
    reciprocity: ReciprocityKind
    market_day_id: str | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignAgreement:
    """Sign for one party."""

    agreement_id: str
    by: Party
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAgreement:
    """Confirm a signed agreement as notary; `notary` is who seals."""

    agreement_id: str
    notary: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseSeal:
    """Do not confirm a signed agreement, with the reason."""

    agreement_id: str
    reason: Statement
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAgreement:
    """Step back before the seal."""

    agreement_id: str
    by: Party
    at: datetime


AgreementCommand: TypeAlias = (
    DraftAgreement | ReviseDraft | SignAgreement | SealAgreement | RefuseSeal | WithdrawAgreement
)


# --- state --------------------------------------------------------------------------------------
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
    """The state that the rules read.

    `refused_for` is why the seal of this draft was refused, None once somebody signs again; `failed_for` why it failed.
    """

    status: AgreementStatus = AgreementStatus.UNKNOWN
    draft: AgreementDrafted | None = None
    signed_by: frozenset[Party] = frozenset()
    refused_for: str | None = None
    withdrawn_by: Party | None = None
    failed_for: FailureReason | None = None
    contact_by: date | None = None
    contacted: bool = False
    delivery: Mapping[int, CommitmentStatus] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def party_a(self) -> str:
        """The organisation that gives what was offered."""
        return self.draft.party_a if self.draft else ""

    @property
    def party_b(self) -> str:
        """The organisation that asked for it."""
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


# --- rules: each reads as one sentence ----------------------------------------------------------
def nobody_has_signed(agreement: Agreement, _: DraftAgreement | ReviseDraft) -> bool:
    """Change a draft only until somebody has signed it."""
    return agreement.status in {AgreementStatus.UNKNOWN, AgreementStatus.DRAFTED} and not agreement.signed_by


def parties_are_two(_: Agreement, command: DraftAgreement) -> bool:
    """Name two different parties, of whichever sectors.

    Rule: M09
    """
    return command.party_a != command.party_b


def parties_and_match_stay(agreement: Agreement, command: DraftAgreement) -> bool:
    """Keep the parties and the match of the draft; draft another agreement for others."""
    draft = agreement.draft
    return draft is None or (
        (draft.party_a, draft.party_b, draft.match_id, draft.offer_id, draft.need_id)
        == (command.party_a, command.party_b, command.match_id, command.offer_id, command.need_id)
    )


def match_leads_to_one_agreement(_: Agreement, command: DraftAgreement) -> bool:
    """Leave out match, offer and need; only the agreement that follows from a confirmed match names them."""
    if command.match_id is None:
        return command.offer_id is None and command.need_id is None
    return command.agreement_id == agreement_id_of(command.match_id)


def draft_is_there(agreement: Agreement, _: ReviseDraft) -> bool:
    """Draft the agreement first; there is no draft to revise."""
    return agreement.draft is not None


def somebody_gives_something(_: Agreement, command: DraftAgreement | ReviseDraft) -> bool:
    """Name at least one commitment, each with words; hours and pieces are above zero."""
    return bool(command.commitments) and all(
        commitment.description.strip()
        and (commitment.hours is None or (commitment.hours.is_finite() and commitment.hours > 0))
        and (commitment.pieces is None or commitment.pieces > 0)
        for commitment in command.commitments
    )


def commitments_promise_no_money(_: Agreement, command: DraftAgreement | ReviseDraft) -> bool:
    """Promise no sum of money in a commitment: money is taboo.

    Rule: M01
    """
    return all(money_in(commitment.description) != Money.CERTAIN for commitment in command.commitments)


def one_sided_is_said(_: Agreement, command: DraftAgreement | ReviseDraft) -> bool:
    """Name commitments of both sides, or say that the agreement is not mutual.

    Rule: M03
    """
    givers = {commitment.giver for commitment in command.commitments}
    return command.reciprocity != ReciprocityKind.MUTUAL or givers == BOTH


def agreement_is_not_sealed_yet(agreement: Agreement, _: AgreementCommand) -> bool:
    """Sign or step back before the seal; until then either side may step back without a reason.

    Rule: M02
    """
    return agreement.status in {AgreementStatus.DRAFTED, AgreementStatus.SIGNED}


def agreement_was_drafted(agreement: Agreement, _: WithdrawAgreement) -> bool:
    """Draft the agreement first; there is nothing to step back from."""
    return agreement.draft is not None


def agreement_goes_on(agreement: Agreement, _: AgreementCommand) -> bool:
    """Draft another agreement; it is recorded who stepped back from this one."""
    return agreement.status != AgreementStatus.WITHDRAWN


def seal_is_set_once(agreement: Agreement, _: SealAgreement) -> bool:
    """Leave the seal as it is; the agreement is recorded as sealed by its notary."""
    return not agreement.is_sealed


def seal_is_not_refused_yet(agreement: Agreement, _: RefuseSeal) -> bool:
    """Wait until both have signed anew; the seal is recorded as refused, with another reason."""
    return agreement.refused_for is None


def both_parties_signed(agreement: Agreement, _: AgreementCommand) -> bool:
    """Let both parties sign first; an agreement counts only when it is written and signed by both.

    Rule: M04
    """
    return agreement.status == AgreementStatus.SIGNED


def notary_represents_no_party(agreement: Agreement, command: SealAgreement) -> bool:
    """Let another notary seal the agreement; who seals it represents neither party.

    Rule: M05
    """
    return command.notary not in {agreement.party_a, agreement.party_b}


def refusal_has_a_reason(_: Agreement, command: RefuseSeal) -> bool:
    """Say why the seal is refused."""
    return bool(command.reason.strip())


# --- decide: one function per command -----------------------------------------------------------
def draft(agreement: Agreement, command: DraftAgreement) -> list[AgreementEvent]:
    """Draft what the parties want to do for each other; they may redraft it until somebody has signed."""
    drafted = AgreementDrafted(
        party_a=command.party_a,
        party_b=command.party_b,
        commitments=command.commitments,
        reciprocity=command.reciprocity,
        match_id=command.match_id,
        offer_id=command.offer_id,
        need_id=command.need_id,
        market_day_id=command.market_day_id,
        initiated_by=command.initiated_by,
    )
    require(agreement, command, agreement_goes_on)
    if agreement.draft == drafted:
        return []
    require(
        agreement,
        command,
        nobody_has_signed,
        parties_are_two,
        parties_and_match_stay,
        match_leads_to_one_agreement,
        somebody_gives_something,
        commitments_promise_no_money,
        one_sided_is_said,
    )
    return [drafted]


def revise(agreement: Agreement, command: ReviseDraft) -> list[AgreementEvent]:
    """The parties add what the other side gives, or word it better; the parties and the match stay."""
    require(agreement, command, draft_is_there, agreement_goes_on)
    current = agreement.draft
    if current is None:
        return []
    revised = replace(
        current,
        commitments=command.commitments,
        reciprocity=command.reciprocity,
        market_day_id=command.market_day_id,
    )
    if current == revised:
        return []
    require(
        agreement,
        command,
        nobody_has_signed,
        somebody_gives_something,
        commitments_promise_no_money,
        one_sided_is_said,
    )
    return [revised]


def sign(agreement: Agreement, command: SignAgreement) -> list[AgreementEvent]:
    """A party signs once."""
    require(agreement, command, agreement_goes_on)
    if command.by in agreement.signed_by:
        return []
    require(agreement, command, agreement_is_not_sealed_yet)
    return [AgreementSigned(by=command.by)]


def seal(agreement: Agreement, command: SealAgreement) -> list[AgreementEvent]:
    """The notary confirms; from here on the agreement counts."""
    require(agreement, command, seal_is_set_once, both_parties_signed, notary_represents_no_party)
    draft = agreement.draft
    if draft is None:
        return []
    return [
        AgreementSealed(
            party_a=draft.party_a,
            party_b=draft.party_b,
            commitments=draft.commitments,
            reciprocity=draft.reciprocity,
            contact_by=today_in_the_city(command.at + CONTACT_WITHIN),
            market_day_id=draft.market_day_id,
            initiated_by=draft.initiated_by,
        )
    ]


def refuse_seal(agreement: Agreement, command: RefuseSeal) -> list[AgreementEvent]:
    """The parties may draft anew."""
    require(agreement, command, refusal_has_a_reason)
    if agreement.refused_for == command.reason:
        return []
    require(agreement, command, seal_is_not_refused_yet, both_parties_signed)
    return [AgreementSealRefused(reason=command.reason)]


def withdraw(agreement: Agreement, command: WithdrawAgreement) -> list[AgreementEvent]:
    """A party steps back before the seal."""
    require(agreement, command, agreement_was_drafted)
    if agreement.draft is None or agreement.withdrawn_by == command.by:
        return []
    require(agreement, command, agreement_goes_on, agreement_is_not_sealed_yet)
    draft = agreement.draft
    return [
        AgreementWithdrawn(
            by=command.by, match_id=draft.match_id, offer_id=draft.offer_id, need_id=draft.need_id
        )
    ]


def decide(agreement: Agreement, command: AgreementCommand) -> Sequence[AgreementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case DraftAgreement():
            return draft(agreement, command)
        case ReviseDraft():
            return revise(agreement, command)
        case SignAgreement():
            return sign(agreement, command)
        case SealAgreement():
            return seal(agreement, command)
        case RefuseSeal():
            return refuse_seal(agreement, command)
        case WithdrawAgreement():
            return withdraw(agreement, command)
        case _:
            assert_never(command)


def agreement_id_of(match_id: str) -> str:
    """The id of the agreement that follows from a match of exchange."""
    return derived_id("agreement", match_id)


# --- evolve -------------------------------------------------------------------------------------
def evolve(agreement: Agreement, event: AgreementEvent) -> Agreement:
    """The agreement after an event."""
    match event:
        case AgreementDrafted():
            return replace(agreement, status=AgreementStatus.DRAFTED, draft=event, refused_for=None)
        case AgreementSigned():
            signed = agreement.signed_by | {event.by}
            both = len(signed) == len(Party)
            status = AgreementStatus.SIGNED if both else agreement.status
            return replace(agreement, status=status, signed_by=signed, refused_for=None)
        case AgreementSealed():
            return replace(agreement, status=AgreementStatus.SEALED, contact_by=event.contact_by)
        case AgreementSealRefused():
            refused = replace(agreement, status=AgreementStatus.DRAFTED, refused_for=event.reason)
            return replace(refused, signed_by=frozenset())
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
            return replace(agreement, status=AgreementStatus.FAILED, failed_for=event.reason)
        case AgreementWithdrawn():
            return replace(agreement, status=AgreementStatus.WITHDRAWN, withdrawn_by=event.by)
        case _:
            assert_never(event)


def _with(agreement: Agreement, number: int, status: CommitmentStatus) -> Agreement:
    return replace(agreement, delivery=MappingProxyType({**agreement.delivery, number: status}))


AGREEMENT = Decider(name="agreement", initial=Agreement(), decide=decide, evolve=evolve)
