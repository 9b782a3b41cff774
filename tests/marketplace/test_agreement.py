"""Is an agreement drafted, revised, signed and sealed as its rules say?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.marketplace.domain import agreement as rules
from services.marketplace.domain.agreement import (
    AGREEMENT,
    DraftAgreement,
    RefuseSeal,
    ReviseDraft,
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
)
from shared.events.marketplace.agreement import (
    AgreementSealed,
    AgreementSealRefused,
    AgreementSigned,
    AgreementWithdrawn,
    Commitment,
)
from shared.events.vocabulary import Party, ReciprocityKind
from shared.testing.sentences import given
from tests.marketplace.scenes import AT, DRAFTED, GIVES_A, GIVES_B

SIGNED = (AgreementSigned(by=Party.A), AgreementSigned(by=Party.B))
SEALED = AgreementSealed(
    party_a="host",
    party_b="seeker",
    commitments=(GIVES_A, GIVES_B),
    reciprocity=ReciprocityKind.MUTUAL,
    contact_by=date(2026, 3, 16),
)
DRAFT = DraftAgreement(
    agreement_id="ag1",
    party_a="host",
    party_b="seeker",
    commitments=(GIVES_A, GIVES_B),
    reciprocity=ReciprocityKind.MUTUAL,
    at=AT,
)
REVISE = ReviseDraft(agreement_id="ag1", commitments=(GIVES_A,), reciprocity=ReciprocityKind.ONE_SIDED, at=AT)
REVISED = replace(DRAFTED, commitments=(GIVES_A,), reciprocity=ReciprocityKind.ONE_SIDED)
SIGN = SignAgreement(agreement_id="ag1", by=Party.A, at=AT)
SEAL = SealAgreement(agreement_id="ag1", notary="notary", at=AT)
REFUSE = RefuseSeal(agreement_id="ag1", reason="Bis wann?", at=AT)
WITHDRAW = WithdrawAgreement(agreement_id="ag1", by=Party.B, at=AT)
WITHDRAWN = AgreementWithdrawn(by=Party.B)


# --- drafting -------------------------------------------------------------------------------------
def test_a_draft_is_written_and_written_anew_until_somebody_signs() -> None:
    better = replace(DRAFT, commitments=(GIVES_A,), reciprocity=ReciprocityKind.ONE_SIDED)
    given(AGREEMENT).when(DRAFT).then(DRAFTED)
    given(AGREEMENT, DRAFTED).when(DRAFT).then_nothing_happened()
    given(AGREEMENT, DRAFTED).when(better).then(REVISED)
    given(AGREEMENT, DRAFTED, SIGNED[0]).when(better).then_refused_by(rules.nobody_has_signed)
    for late in (DRAFT, better, REVISE):
        given(AGREEMENT, DRAFTED, WITHDRAWN).when(late).then_refused_by(rules.agreement_goes_on)


def test_an_agreement_has_two_parties_who_stay() -> None:
    given(AGREEMENT).when(replace(DRAFT, party_b="host")).then_refused_by(rules.parties_are_two)
    stranger = replace(DRAFT, party_b="stranger")
    given(AGREEMENT, DRAFTED).when(stranger).then_refused_by(rules.parties_and_match_stay)


def test_only_the_agreement_of_a_match_names_it() -> None:
    matched = replace(DRAFT, match_id="m1", offer_id="of1", need_id="n1")
    given(AGREEMENT).when(matched).then_refused_by(rules.match_leads_to_one_agreement)
    given(AGREEMENT).when(replace(DRAFT, need_id="n1")).then_refused_by(rules.match_leads_to_one_agreement)
    given(AGREEMENT).when(replace(DRAFT, offer_id="of1")).then_refused_by(rules.match_leads_to_one_agreement)
    own = replace(matched, agreement_id=rules.agreement_id_of("m1"))
    drafted = replace(DRAFTED, match_id="m1", offer_id="of1", need_id="n1")
    given(AGREEMENT).when(own).then(drafted)
    unmatched = replace(DRAFT, agreement_id=own.agreement_id)
    given(AGREEMENT, drafted).when(unmatched).then_refused_by(rules.parties_and_match_stay)


@pytest.mark.parametrize(
    "commitments",
    [
        (),
        (replace(GIVES_A, description="  "),),
        (replace(GIVES_A, hours=Decimal(0)),),
        (replace(GIVES_A, hours=Decimal("NaN")),),
        (GIVES_A, replace(GIVES_B, pieces=0)),
    ],
)
def test_somebody_gives_something(commitments: tuple[Commitment, ...]) -> None:
    one_sided = ReciprocityKind.ONE_SIDED
    draft = replace(DRAFT, commitments=commitments, reciprocity=one_sided)
    given(AGREEMENT).when(draft).then_refused_by(rules.somebody_gives_something)
    revise = replace(REVISE, commitments=commitments)
    given(AGREEMENT, DRAFTED).when(revise).then_refused_by(rules.somebody_gives_something)


def test_money_is_no_commitment() -> None:
    paid = (replace(GIVES_A, description="100 Euro"), GIVES_B)
    given(AGREEMENT).when(replace(DRAFT, commitments=paid)).then_refused_by(
        rules.commitments_promise_no_money
    )
    revise = replace(REVISE, commitments=paid)
    given(AGREEMENT, DRAFTED).when(revise).then_refused_by(rules.commitments_promise_no_money)


def test_one_sided_agreements_are_allowed_and_say_so() -> None:
    silent = replace(DRAFT, commitments=(GIVES_A,))
    given(AGREEMENT).when(silent).then_refused_by(rules.one_sided_is_said)
    given(AGREEMENT, DRAFTED).when(replace(REVISE, reciprocity=ReciprocityKind.MUTUAL)).then_refused_by(
        rules.one_sided_is_said
    )
    for kind in (ReciprocityKind.ONE_SIDED, ReciprocityKind.ASYNCHRONOUS):
        drafted = replace(DRAFTED, commitments=(GIVES_A,), reciprocity=kind)
        given(AGREEMENT).when(replace(silent, reciprocity=kind)).then(drafted)


def test_a_revised_draft_keeps_its_parties_and_what_led_to_it() -> None:
    matched = replace(DRAFTED, match_id="m1", offer_id="of1", need_id="n1", initiated_by="broker")
    links: dict[str, Any] = {"match_id": "m1", "offer_id": "of1", "need_id": "n1", "initiated_by": "broker"}
    given(AGREEMENT, matched).when(REVISE).then(replace(REVISED, **links))
    given(AGREEMENT, REVISED).when(REVISE).then_nothing_happened()
    given(AGREEMENT).when(REVISE).then_refused_by(rules.draft_is_there)
    given(AGREEMENT, DRAFTED, SIGNED[0]).when(REVISE).then_refused_by(rules.nobody_has_signed)


def test_a_revised_draft_may_leave_the_market_day() -> None:
    traded = replace(DRAFTED, market_day_id="day")
    revise = replace(REVISE, market_day_id="day")
    given(AGREEMENT, traded).when(revise).then(replace(REVISED, market_day_id="day"))
    given(AGREEMENT, traded).when(REVISE).then(REVISED)


# --- signing and sealing --------------------------------------------------------------------------
def test_each_party_signs_once() -> None:
    given(AGREEMENT, DRAFTED).when(SIGN).then(SIGNED[0])
    given(AGREEMENT, DRAFTED, SIGNED[0]).when(SIGN).then_nothing_happened()
    given(AGREEMENT, DRAFTED, SIGNED[0]).when(replace(SIGN, by=Party.B)).then(SIGNED[1])
    given(AGREEMENT).when(SIGN).then_refused_by(rules.agreement_is_not_sealed_yet)
    given(AGREEMENT, DRAFTED, WITHDRAWN).when(SIGN).then_refused_by(rules.agreement_goes_on)
    given(AGREEMENT, DRAFTED, SIGNED[0], WITHDRAWN).when(SIGN).then_refused_by(rules.agreement_goes_on)


def test_an_agreement_counts_when_both_signed_and_the_notary_seals() -> None:
    given(AGREEMENT, DRAFTED, *SIGNED).when(SEAL).then(SEALED)
    for notary in (SEAL.notary, "another notary"):  # the event doesn't say who sealed
        again = replace(SEAL, notary=notary)
        given(AGREEMENT, DRAFTED, *SIGNED, SEALED).when(again).then_refused_by(rules.seal_is_set_once)
    given(AGREEMENT, DRAFTED, SIGNED[0]).when(SEAL).then_refused_by(rules.both_parties_signed)
    given(AGREEMENT, DRAFTED).when(SEAL).then_refused_by(rules.both_parties_signed)
    given(AGREEMENT).when(SEAL).then_refused_by(rules.both_parties_signed)


def test_the_seal_keeps_market_day_and_broker() -> None:
    market_day: dict[str, Any] = {"market_day_id": "day", "initiated_by": "broker"}
    given(AGREEMENT, replace(DRAFTED, **market_day), *SIGNED).when(SEAL).then(replace(SEALED, **market_day))


@pytest.mark.parametrize("notary", ["host", "seeker"])
def test_who_seals_represents_no_party(notary: str) -> None:
    own = replace(SEAL, notary=notary)
    given(AGREEMENT, DRAFTED, *SIGNED).when(own).then_refused_by(rules.notary_represents_no_party)


def test_a_refused_seal_has_a_reason_and_leads_back_to_the_draft() -> None:
    refused = AgreementSealRefused(reason="Bis wann?")
    given(AGREEMENT, DRAFTED, *SIGNED).when(REFUSE).then(refused)
    given(AGREEMENT, DRAFTED, *SIGNED).when(replace(REFUSE, reason=" ")).then_refused_by(
        rules.refusal_has_a_reason
    )
    given(AGREEMENT, DRAFTED).when(REFUSE).then_refused_by(rules.both_parties_signed)
    back = given(AGREEMENT, DRAFTED, *SIGNED, refused)
    back.when(SEAL).then_refused_by(rules.both_parties_signed)
    back.when(REFUSE).then_nothing_happened()
    back.when(replace(REFUSE, reason="Wer?")).then_refused_by(rules.seal_is_not_refused_yet)
    given(AGREEMENT, DRAFTED, *SIGNED, refused, *SIGNED).when(REFUSE).then(refused)
    back.when(SIGN).then(SIGNED[0])
    back.when(REVISE).then(REVISED)


def test_either_side_steps_back_before_the_seal_without_a_reason() -> None:
    given(AGREEMENT, DRAFTED).when(WITHDRAW).then(WITHDRAWN)
    given(AGREEMENT, DRAFTED, *SIGNED).when(WITHDRAW).then(WITHDRAWN)
    given(AGREEMENT, DRAFTED, WITHDRAWN).when(WITHDRAW).then_nothing_happened()
    given(AGREEMENT, DRAFTED, *SIGNED, SEALED).when(WITHDRAW).then_refused_by(
        rules.agreement_is_not_sealed_yet
    )
    matched = replace(DRAFTED, match_id="m1", offer_id="of1", need_id="n1")
    given(AGREEMENT, matched).when(WITHDRAW).then(
        AgreementWithdrawn(by=Party.B, match_id="m1", offer_id="of1", need_id="n1")
    )
