"""The agreement before it counts: drafted, revised, signed by both, sealed by a notary or not, or withdrawn.

Its stream guards that what was promised is counted once; what comes after the seal is in `delivery.py`.
"""

from dataclasses import replace
from datetime import timedelta

from services.marketplace.domain.agreement_commands import (
    AgreementCommand,
    DraftAgreement,
    RefuseSeal,
    ReviseDraft,
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
)
from services.marketplace.domain.agreement_state import Agreement, AgreementStatus
from services.marketplace.domain.money import promises_money
from shared.events.marketplace.agreement import (
    AgreementDrafted,
    AgreementEvent,
    AgreementSealed,
    AgreementSealRefused,
    AgreementSigned,
    AgreementWithdrawn,
)
from shared.events.vocabulary import Party, ReciprocityKind
from shared.kernel.city_day import today_in_the_city
from shared.kernel.identity import derived_id
from shared.kernel.refusal import require

CONTACT_WITHIN = timedelta(days=14)  # M07: party B contacts its partner within two weeks (handbook R12)
BOTH = frozenset({Party.A, Party.B})


# --- rules: each reads as one sentence --------------------------------------------------------
def nobody_has_signed(agreement: Agreement, _: DraftAgreement | ReviseDraft) -> bool:
    """A draft is changed only until somebody has signed it."""
    return agreement.status in {AgreementStatus.UNKNOWN, AgreementStatus.DRAFTED} and not agreement.signed_by


def parties_are_two(_: Agreement, command: DraftAgreement) -> bool:
    """An agreement has two different parties, of whichever sectors.

    Rule: M09
    """
    return command.party_a != command.party_b


def parties_and_match_stay(agreement: Agreement, command: DraftAgreement) -> bool:
    """A draft that is written anew keeps its parties and the match that it comes from."""
    draft = agreement.draft
    return draft is None or (
        (draft.party_a, draft.party_b, draft.match_id, draft.offer_id, draft.need_id)
        == (command.party_a, command.party_b, command.match_id, command.offer_id, command.need_id)
    )


def match_leads_to_one_agreement(_: Agreement, command: DraftAgreement) -> bool:
    """Only the agreement that follows from a confirmed match names it, with its offer and need."""
    if command.match_id is None:
        return command.offer_id is None and command.need_id is None
    return command.agreement_id == agreement_id_of(command.match_id)


def draft_is_there(agreement: Agreement, _: ReviseDraft) -> bool:
    """There is a draft to revise."""
    return agreement.draft is not None


def somebody_gives_something(_: Agreement, command: DraftAgreement | ReviseDraft) -> bool:
    """An agreement names at least one commitment, each with words; hours and pieces are above zero."""
    return bool(command.commitments) and all(
        one.description.strip()
        and (one.hours is None or (one.hours.is_finite() and one.hours > 0))
        and (one.pieces is None or one.pieces > 0)
        for one in command.commitments
    )


def commitments_promise_no_money(_: Agreement, command: DraftAgreement | ReviseDraft) -> bool:
    """Money is taboo: no commitment promises a sum of money.

    Rule: M01
    """
    return not any(promises_money(one.description) for one in command.commitments)


def one_sided_is_said(_: Agreement, command: DraftAgreement | ReviseDraft) -> bool:
    """A mutual agreement has commitments of both sides; one that has not says so.

    Rule: M03
    """
    givers = {one.giver for one in command.commitments}
    return command.reciprocity != ReciprocityKind.MUTUAL or givers == BOTH


def agreement_is_not_sealed_yet(agreement: Agreement, _: AgreementCommand) -> bool:
    """Before the seal, either side may step back without a reason.

    Rule: M02
    """
    return agreement.status in {AgreementStatus.DRAFTED, AgreementStatus.SIGNED}


def both_parties_signed(agreement: Agreement, _: AgreementCommand) -> bool:
    """An agreement counts only when it is written and signed by both.

    Rule: M04
    """
    return agreement.status == AgreementStatus.SIGNED


def notary_represents_no_party(agreement: Agreement, command: SealAgreement) -> bool:
    """Who seals an agreement does not represent one of its parties.

    Rule: M05
    """
    return command.notary not in {agreement.party_a, agreement.party_b}


def refusal_has_a_reason(_: Agreement, command: RefuseSeal) -> bool:
    """A notary who refuses the seal says why."""
    return bool(command.reason.strip())


# --- decide: one function per command ---------------------------------------------------------
def draft(agreement: Agreement, command: DraftAgreement) -> list[AgreementEvent]:
    """What the parties want to do for each other is written down, and written anew until one has signed."""
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
    """The parties add what the other side gives, or write it better; who they are and what led to it stays."""
    require(agreement, command, draft_is_there)
    known = agreement.draft
    if known is None:
        return []
    revised = replace(
        known,
        commitments=command.commitments,
        reciprocity=command.reciprocity,
        market_day_id=command.market_day_id,
    )
    if known == revised:
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
    if command.by in agreement.signed_by:
        return []
    require(agreement, command, agreement_is_not_sealed_yet)
    return [AgreementSigned(by=command.by)]


def seal(agreement: Agreement, command: SealAgreement) -> list[AgreementEvent]:
    """The notary confirms; from here on the agreement counts."""
    draft = agreement.draft
    if agreement.is_sealed or draft is None:
        return []
    require(agreement, command, both_parties_signed, notary_represents_no_party)
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
    require(agreement, command, both_parties_signed, refusal_has_a_reason)
    return [AgreementSealRefused(reason=command.reason)]


def withdraw(agreement: Agreement, command: WithdrawAgreement) -> list[AgreementEvent]:
    """A party steps back before the seal."""
    if agreement.status == AgreementStatus.WITHDRAWN or agreement.draft is None:
        return []
    require(agreement, command, agreement_is_not_sealed_yet)
    draft = agreement.draft
    return [
        AgreementWithdrawn(
            by=command.by, match_id=draft.match_id, offer_id=draft.offer_id, need_id=draft.need_id
        )
    ]


def agreement_id_of(match_id: str) -> str:
    """The id of the agreement that follows from a match of exchange."""
    return derived_id("agreement", match_id)
