"""One example of each event of a need and of a search; made up, with every optional field filled."""

from datetime import UTC, date, datetime

from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedPosted,
    NeedReleased,
    NeedTerms,
    NeedWithdrawn,
    SearchAmended,
    SearchClosed,
    SearchHeld,
    SearchListed,
    SearchMet,
    SearchPosted,
    SearchReleased,
    SearchTerms,
)
from shared.events.vocabulary import Category, DistanceClass, HoursBand, OfferKind

NEED = NeedTerms(
    kind=OfferKind.EXCHANGE,
    title="Hilfe bei der Jahresabrechnung",
    category=Category.KNOW_HOW,
    district="Elberfeld",
    description="Ein halber Tag genügt",
    skills=("buchhaltung",),
    wanted_from=date(2026, 2, 1),
    wanted_until=date(2026, 3, 31),
    n_people=2,
    market_day_id="da41",
)
WORK_SEARCH = SearchTerms(
    kind=OfferKind.WORK,
    hours=HoursBand.OVER_30,
    distance=DistanceClass.CITY,
    from_month="2026-04",
    kldb3="513",
    level=1,
)
VOLUNTEERING_SEARCH = SearchTerms(
    kind=OfferKind.VOLUNTEERING,
    hours=HoursBand.UNDER_5,
    distance=DistanceClass.NEAR,
    from_month="2026-03",
    category=Category.HELPING_HANDS,
)

CURRENT_UNTIL = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)

EXAMPLES: dict[str, tuple[object, ...]] = {
    "need-4eed": (
        NeedPosted(organisation_id="c0de", terms=NEED, current_until=CURRENT_UNTIL),
        NeedAmended(organisation_id="c0de", terms=NEED),
        NeedConfirmedCurrent(current_until=CURRENT_UNTIL),
        NeedHeld(match_id="1a2b", offer_id="0ffe"),
        NeedReleased(match_id="1a2b"),
        NeedMet(),
        NeedWithdrawn(),
        NeedExpired(),
    ),
    "need-5ea4": (
        SearchPosted(person_id="90c2", terms=WORK_SEARCH),
        SearchAmended(person_id="90c2", terms=VOLUNTEERING_SEARCH),
        SearchHeld(match_id="1a2b", offer_id="0ffe"),
        SearchReleased(match_id="1a2b"),
        SearchMet(match_id="1a2b"),
        SearchListed(waiting_since=date(2026, 3, 16)),
        SearchClosed(closed_on=date(2026, 5, 31)),
    ),
}
