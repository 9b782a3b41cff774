"""What does a row about an agreement ask for? Drafted, signed, sealed on its day; then what became of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from deploy.importing.identity import noun_id
from deploy.importing.known import Known
from deploy.importing.labels import Outcome
from deploy.importing.plans.exchanged import Matched, come_together, matched
from deploy.importing.steps import FUTURE, RowRefused, Step, needed
from services.marketplace.domain.agreement import AGREEMENT
from services.marketplace.domain.agreement_commands import (
    CloseAgreement,
    ConfirmDelivery,
    DraftAgreement,
    RecordContact,
    ReportDelivery,
    ReportFailure,
    SealAgreement,
    SignAgreement,
)
from services.marketplace.domain.agreement_state import Agreement
from services.marketplace.domain.sealing import agreement_id_of
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    Commitment,
)
from shared.events.vocabulary import Category, FailureReason, Party, ReciprocityKind
from shared.tabular.rows import Row

NOTARY = (
    "notary-in-the-file"  # a list of agreements doesn't say who sealed them; no party of one ever has this id
)
BY_RULE = {
    FUTURE: "sealed_on",
    "parties_are_two": "party_b",
    "commitments_promise_no_money": "a_gives",
    "nobody_has_signed": "key",
}
HAPPENED: dict[str, tuple[type, ...]] = {
    "sealed_on": (AgreementSealed,),
    "contacted_on": (AgreementContactMade,),
    "outcome_on": (AgreementFulfilled, AgreementPartlyFulfilled, AgreementFailed),
}


class _Sealing(NamedTuple):
    """Which agreement, from which offer and need, between whom; when it was made, when sealed, at which market day."""

    agreement_id: str
    pair: Matched | None
    party_a: str
    party_b: str
    made_at: datetime
    sealed_at: datetime
    market_day_id: str | None


def steps(row: Row, known: Known) -> Iterator[Step]:
    """The steps of one row."""
    sealing = _sealing(row, known)
    agreement_id, pair = sealing.agreement_id, sealing.pair
    is_new = not known.exists(AGREEMENT, agreement_id)
    if not is_new:
        known.refuse_other_days(row, AGREEMENT, agreement_id, HAPPENED)
    if pair and pair.is_new:
        yield from come_together(pair, "broker" if row.flag("broker") else "coordinator", sealing.made_at)
    draft = _draft(row, sealing)
    yield Step(command=draft, name="a_gives", begins=is_new, later=pair is not None, by_rule=BY_RULE)
    for party in Party:
        sign = SignAgreement(agreement_id=agreement_id, by=party, at=sealing.sealed_at)
        yield Step(command=sign, name="sealed_on")
    seal = SealAgreement(agreement_id=agreement_id, notary=NOTARY, at=sealing.sealed_at)
    yield Step(command=seal, name="sealed_on")
    if contacted_on := row.day("contacted_on"):
        contact = RecordContact(agreement_id=agreement_id, at=known.at(contacted_on))
        yield Step(command=contact, name="contacted_on")
    yield from _outcome(row, known, agreement_id)


def _sealing(row: Row, known: Known) -> _Sealing:
    """On a market day agreements are made from its opening gong on and sealed before the closing one.

    Elsewhere the file tells the day only.
    """
    party_a, party_b = known.organisation(row, "party_a"), known.organisation(row, "party_b")
    sealed_on = needed(row.day("sealed_on"), "sealed_on")
    told = row.text("market_day")
    day = known.market_day(told, "market_day") if told else None
    is_there = day is not None and day.held_on == sealed_on
    made_at = day.opens_at if day and is_there else known.at(sealed_on)
    pair = matched(row, known, party_a, party_b, made_at)
    return _Sealing(
        agreement_id=agreement_id_of(pair.match_id) if pair else noun_id("agreements", row.key),
        pair=pair,
        party_a=party_a,
        party_b=party_b,
        made_at=made_at,
        sealed_at=day.closes_at if day and is_there else known.at(sealed_on),
        market_day_id=day.id if day else None,
    )


def _draft(row: Row, sealing: _Sealing) -> DraftAgreement:
    returned, pair = row.text("b_gives"), sealing.pair
    if returned is None and row.text("b_gives_category"):
        raise RowRefused("b_gives", "is empty and must be filled, since its category is")
    commitments = [_commitment(row, Party.A), *([_commitment(row, Party.B)] if returned else [])]
    return DraftAgreement(
        agreement_id=sealing.agreement_id,
        party_a=sealing.party_a,
        party_b=sealing.party_b,
        commitments=tuple(commitments),
        reciprocity=ReciprocityKind.MUTUAL if returned else ReciprocityKind.ONE_SIDED,
        match_id=pair.match_id if pair else None,
        offer_id=pair.offer_id if pair else None,
        need_id=pair.need_id if pair else None,
        market_day_id=sealing.market_day_id,
        initiated_by="broker" if row.flag("broker") else "party",
        at=sealing.sealed_at,
    )


def _commitment(row: Row, giver: Party) -> Commitment:
    category = needed(row.text(f"{giver}_gives_category"), f"{giver}_gives_category")
    return Commitment(
        giver=giver,
        category=Category(category),
        description=needed(row.text(f"{giver}_gives"), f"{giver}_gives"),
        hours=row.number(f"{giver}_hours"),
        due_on=row.day("due_on"),
    )


def _outcome(row: Row, known: Known, agreement_id: str) -> Iterator[Step]:
    agreement: Agreement = known.state(AGREEMENT, agreement_id)
    outcome = Outcome(needed(row.text("outcome"), "outcome"))
    if outcome == Outcome.OPEN:
        return
    at = known.at(needed(row.day("outcome_on"), "outcome_on", f"the agreement is {outcome}"))
    if outcome == Outcome.FAILED:
        reason = FailureReason(needed(row.text("failure_reason"), "failure_reason", "the agreement failed"))
        yield Step(command=ReportFailure(agreement_id=agreement_id, reason=reason, at=at), name="outcome")
        return
    n_commitments = len(agreement.commitments)
    is_partly = outcome == Outcome.PARTLY_FULFILLED
    if is_partly and n_commitments == 1:
        raise RowRefused("outcome", "can't be partly fulfilled, since only one side gives something")
    for number in range(1, n_commitments + (0 if is_partly else 1)):
        report = ReportDelivery(agreement_id=agreement_id, number=number, at=at)
        yield Step(command=report, name="outcome_on")
        confirm = ConfirmDelivery(agreement_id=agreement_id, number=number, at=at)
        yield Step(command=confirm, name="outcome_on")
    if is_partly:
        yield Step(command=CloseAgreement(agreement_id=agreement_id, at=at), name="outcome")
