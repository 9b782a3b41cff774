"""One example of each event of an agreement; made up, with every optional field filled."""

from datetime import date
from decimal import Decimal

from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementDrafted,
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
from shared.events.vocabulary import Category, FailureReason, Party, ReciprocityKind

COMMITMENTS = (
    Commitment(
        giver=Party.A,
        category=Category.KNOW_HOW,
        description="Prüfung der Jahresabrechnung",
        hours=Decimal("4.5"),
        due_on=date(2026, 6, 30),
    ),
    Commitment(giver=Party.B, category=Category.GOODS, description="Selbst gebackene Kuchen", pieces=3),
)

EXAMPLES: dict[str, tuple[object, ...]] = {
    "agreement-a9e3": (
        AgreementDrafted(
            party_a="5b1d",
            party_b="c0de",
            commitments=COMMITMENTS,
            reciprocity=ReciprocityKind.MUTUAL,
            match_id="1a2b",
            offer_id="0ffe",
            need_id="4eed",
            market_day_id="da41",
            initiated_by="broker",
        ),
        AgreementSigned(by=Party.B),
        AgreementSealed(
            party_a="5b1d",
            party_b="c0de",
            commitments=COMMITMENTS,
            reciprocity=ReciprocityKind.MUTUAL,
            contact_by=date(2026, 10, 2),
            market_day_id="da41",
            initiated_by="broker",
        ),
        AgreementSealRefused(reason="Die Gegenleistung fehlt"),
        AgreementContactMade(in_time=True),
        CommitmentDelivered(number=1),
        CommitmentConfirmed(
            number=1,
            giver_id="5b1d",
            receiver_id="c0de",
            category=Category.KNOW_HOW,
            hours=Decimal("4.5"),
        ),
        CommitmentDisputed(number=2),
        AgreementFulfilled(match_id="1a2b", offer_id="0ffe", need_id="4eed"),
        AgreementPartlyFulfilled(
            n_confirmed=1, n_commitments=2, match_id="1a2b", offer_id="0ffe", need_id="4eed"
        ),
        AgreementFailed(reason=FailureReason.CAPACITY_GONE, match_id="1a2b", offer_id="0ffe", need_id="4eed"),
        AgreementWithdrawn(by=Party.A, match_id="1a2b", offer_id="0ffe", need_id="4eed"),
    ),
}
