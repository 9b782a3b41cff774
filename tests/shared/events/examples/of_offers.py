"""One example of each event of an offer and of a market day; made up, with every optional field filled."""

from datetime import UTC, date, datetime
from decimal import Decimal

from shared.events.marketplace.market_day import (
    MarketDayCompleted,
    MarketDayParticipantAttended,
    MarketDayScheduled,
)
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchLapsed,
    MatchProposed,
    MatchReason,
    OfferAmended,
    OfferCheckReopened,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferReturned,
    OfferSubmitted,
    OfferTerms,
    OfferWithdrawn,
    PlaceHeld,
    PlaceReopenAsked,
    PlaceReopened,
    VolunteeringTerms,
    WorkTerms,
)
from shared.events.vocabulary import (
    Category,
    DeclineReason,
    LapseReason,
    OfferKind,
    ReasonPart,
    ReopenCause,
    Side,
    VolunteeringForm,
    WorkForm,
)

EXCHANGE = OfferTerms(
    kind=OfferKind.EXCHANGE,
    title="Steuerprüfung für einen Verein",
    category=Category.KNOW_HOW,
    district="Vohwinkel",
    places=2,
    description="Vier Stunden mit einer Fachkraft",
    skills=("buchhaltung", "steuern"),
    available_from=date(2026, 2, 1),
    available_until=date(2026, 6, 30),
    market_day_id="da41",
)
VOLUNTEERING = OfferTerms(
    kind=OfferKind.VOLUNTEERING,
    title="Lesestunde",
    category=Category.HELPING_HANDS,
    district="Oberbarmen",
    volunteering=VolunteeringTerms(
        form=VolunteeringForm.REGULAR, hours_per_week=Decimal("2.5"), with_minors=True
    ),
)
WORK = OfferTerms(
    kind=OfferKind.WORK,
    title="Lager",
    category=Category.HELPING_HANDS,
    district="Heckinghausen",
    work=WorkTerms(
        form=WorkForm.JOB,
        hours_per_week=Decimal(39),
        pay_per_hour=Decimal("14.53"),
        term_months=24,
        starts_on=date(2026, 4, 1),
        kldb="51311",
        additional=True,
    ),
)
REASONS = (
    MatchReason(part=ReasonPart.CATEGORY, points=Decimal("0.4"), text="Beide in der Ecke Know-how"),
    MatchReason(part=ReasonPart.DISTRICT, points=Decimal("0.25"), text="Beide in Vohwinkel"),
)

CURRENT_UNTIL = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)

EXAMPLES: dict[str, tuple[object, ...]] = {
    "offer-0ffe": (
        OfferSubmitted(organisation_id="5b1d", terms=VOLUNTEERING),
        OfferReturned(reason="Die Wochenstunden fehlen"),
        OfferPosted(organisation_id="5b1d", terms=EXCHANGE, current_until=CURRENT_UNTIL),
        OfferAmended(organisation_id="5b1d", terms=WORK),
        OfferCheckReopened(),
        OfferConfirmedCurrent(kind=OfferKind.EXCHANGE, current_until=CURRENT_UNTIL),
        OfferExhausted(),
        OfferWithdrawn(),
        OfferExpired(),
        MatchProposed(
            match_id="1a2b",
            need_id="4eed",
            is_search=False,
            need_party="c0de",
            offer_party="5b1d",
            kind=OfferKind.EXCHANGE,
            proposed_by="matcher",
            score=Decimal("0.65"),
            reasons=REASONS,
        ),
        MatchAccepted(match_id="1a2b", by=Side.NEED),
        MatchDeclined(match_id="1a2b", by=Side.OFFER, reason=DeclineReason.DATES_DO_NOT_FIT),
        MatchLapsed(match_id="1a2b", reason=LapseReason.NEED_TAKEN, was_held=True),
        PlaceHeld(match_id="1a2b", need_id="4eed", is_search=False),
        MatchConfirmed(
            match_id="1a2b",
            offer_id="0ffe",
            need_id="4eed",
            is_search=False,
            offer_party="5b1d",
            need_party="c0de",
            terms=WORK,
        ),
        PlaceReopenAsked(match_id="1a2b", cause=ReopenCause.NEVER_STARTED),
        PlaceReopened(free_places=1),
    ),
    "market_day-da41": (
        MarketDayScheduled(
            name="Marktplatz der guten Geschäfte",
            held_on=date(2026, 9, 18),
            trading_opens_at=datetime(2026, 9, 18, 15, tzinfo=UTC),
            trading_closes_at=datetime(2026, 9, 18, 16, 30, tzinfo=UTC),
        ),
        MarketDayParticipantAttended(organisation_id="5b1d"),
        MarketDayCompleted(n_attended=60),
    ),
}
