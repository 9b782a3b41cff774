"""What becomes of an agreement? Signed and sealed, kept or not; how it began is the market day's or the board's story.

Shares are assumed but for the 70 percent that are redeemed (handbook 3.1, R13) and the two weeks (R12).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from services.marketplace.domain.agreement import (
    DraftAgreement,
    RefuseSeal,
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
)
from services.marketplace.domain.commitments import (
    CloseAgreement,
    ConfirmDelivery,
    DisputeDelivery,
    RecordContact,
    ReportDelivery,
    ReportFailure,
)
from services.marketplace.simulation.wares import Ware
from shared.events.marketplace.agreement import Commitment
from shared.events.vocabulary import FailureReason, Party
from shared.service.tables import Caller
from shared.simulation.chance import Chance
from shared.simulation.step import COORDINATOR, NOTARY, Step, Story, organisation

FULFILLED, PARTLY, FAILED, NOT_HEARD_OF = "fulfilled", "partly", "failed", "not heard of"
OUTCOMES = {FULFILLED: 0.60, PARTLY: 0.10, FAILED: 0.28, NOT_HEARD_OF: 0.02}
REASONS = {
    FailureReason.NO_RESPONSE: 35,
    FailureReason.CAPACITY_GONE: 25,
    FailureReason.NEED_GONE: 20,
    FailureReason.PARTNER_CHANGED: 12,
    FailureReason.QUALITY: 4,
    FailureReason.OTHER: 4,
}
CONTACTED, IN_TIME, DISPUTED, SEAL_REFUSED = 0.94, 0.88, 0.03, 0.02
MINUTES = timedelta(minutes=4)  # from the draft to a signature, to the next, to the seal


def promised(chance: Chance, giver: Party, ware: Ware, due_on: date | None) -> Commitment:
    """What a party promises to give."""
    hours = chance.half_hours(1, ware.most_hours) if ware.most_hours else None
    pieces = None if ware.most_hours else chance.number(1, 20)
    return Commitment(
        giver=giver,
        category=ware.category,
        description=ware.offered,
        hours=hours,
        pieces=pieces,
        due_on=due_on,
    )


def sealed(chance: Chance, draft: DraftAgreement, by: Caller) -> Story:
    """Drafted with what both give, signed, sealed; now and then the notary first asks for a due date."""
    versions = [draft]
    if chance.happens(SEAL_REFUSED):
        vague = tuple(replace(commitment, due_on=None) for commitment in draft.commitments)
        versions.insert(0, replace(draft, commitments=vague))
    at = draft.at
    for version in versions:
        yield Step(replace(version, at=at), by)
        yield from _signed(draft, at)
        at += 3 * MINUTES
        if version is not draft:
            reason = "Es steht nicht da, bis wann geliefert wird."
            yield Step(RefuseSeal(agreement_id=draft.agreement_id, reason=reason, at=at), NOTARY)
            at += MINUTES
    yield Step(SealAgreement(agreement_id=draft.agreement_id, notary=NOTARY.actor, at=at), NOTARY)
    yield from _afterwards(chance, draft, at)


def withdrawn(draft: DraftAgreement, by: Caller) -> Story:
    """Drafted, and one side steps back before it is sealed (rule M02)."""
    yield Step(draft, by)
    at = draft.at + MINUTES
    yield Step(SignAgreement(agreement_id=draft.agreement_id, by=Party.A, at=at), organisation(draft.party_a))
    at += MINUTES
    second = organisation(draft.party_b)
    yield Step(WithdrawAgreement(agreement_id=draft.agreement_id, by=Party.B, at=at), second)


def _signed(draft: DraftAgreement, at: datetime) -> Story:
    for number, (party, signer) in enumerate(((Party.A, draft.party_a), (Party.B, draft.party_b)), start=1):
        sign = SignAgreement(agreement_id=draft.agreement_id, by=party, at=at + number * MINUTES)
        yield Step(sign, organisation(signer))


def _afterwards(chance: Chance, draft: DraftAgreement, at: datetime) -> Story:
    """Party B gets in touch, or does not; then both deliver, or one, or nobody, or nobody says so."""
    outcome = chance.weighted(OUTCOMES)
    if outcome == PARTLY and len(draft.commitments) == 1:
        outcome = FULFILLED
    if outcome in {FULFILLED, PARTLY} or chance.happens(CONTACTED):
        at = chance.after(at, 1, 13) if chance.happens(IN_TIME) else chance.after(at, 15, 40)
        yield Step(RecordContact(agreement_id=draft.agreement_id, at=at), organisation(draft.party_b))
    if outcome == FAILED:
        at, reason = chance.after(at, 30, 240), chance.weighted(REASONS)
        yield Step(
            ReportFailure(agreement_id=draft.agreement_id, reason=reason, at=at), COORDINATOR
        )  # the survey
    elif outcome != NOT_HEARD_OF:
        numbers = tuple(range(1, len(draft.commitments) + 1))
        kept = numbers if outcome == FULFILLED else (chance.one_of(numbers),)
        steps = [step for number in kept for step in _delivery(chance, draft, number, at)]
        yield from steps
        if outcome == PARTLY:
            at = chance.after(max(step.at for step in steps), 10, 40)
            yield Step(CloseAgreement(agreement_id=draft.agreement_id, at=at), COORDINATOR)


def _delivery(chance: Chance, draft: DraftAgreement, number: int, begins: datetime) -> Story:
    """The giver reports, the receiver confirms; here and there only at the second attempt."""
    gives_a = draft.commitments[number - 1].giver == Party.A
    giver, receiver = (draft.party_a, draft.party_b) if gives_a else (draft.party_b, draft.party_a)
    about: dict[str, Any] = {"agreement_id": draft.agreement_id, "number": number}
    at = chance.after(begins, 20, 200)
    yield Step(ReportDelivery(**about, at=at), organisation(giver))
    if chance.happens(DISPUTED):
        at = chance.after(at, 1, 10)
        yield Step(DisputeDelivery(**about, at=at), organisation(receiver))
        at = chance.after(at, 5, 20)
        yield Step(ReportDelivery(**about, at=at), organisation(giver))
    yield Step(ConfirmDelivery(**about, at=chance.after(at, 1, 12)), organisation(receiver))
