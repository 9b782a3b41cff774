"""Do the laws of a decider, and the marketplace's own, hold for whatever commands come?"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

from hypothesis import given as all_cases
from hypothesis import settings
from hypothesis import strategies as st

from services.marketplace.domain.agreement import AGREEMENT, AgreementCommand, SealAgreement
from services.marketplace.domain.commitments import COMMITMENTS, CommitmentsCommand
from services.marketplace.domain.counselling import COUNSELLING, CounsellingCommand
from services.marketplace.domain.engagement import (
    ENGAGEMENT,
    EngagementCommand,
    ReferVolunteer,
    StartEngagement,
)
from services.marketplace.domain.hours import HOURS, HoursCommand, LogHours
from services.marketplace.domain.market_day import MARKET_DAY, MarketDayCommand
from services.marketplace.domain.need import (
    NEED,
    ExpireNeed,
    ListSearch,
    MeetNeed,
    NeedCommand,
    NeedStatus,
    ReleaseNeed,
)
from services.marketplace.domain.offer import (
    OFFER,
    TAKES_A_PLACE,
    CheckOffer,
    ExpireOffer,
    MatchStatus,
    OfferCommand,
    OfferStatus,
    PostOffer,
)
from services.marketplace.domain.places import (
    PLACES,
    AskReopen,
    LapseOpenMatches,
    PlacesCommand,
    Proposal,
    ProposeFittingMatches,
    ProposeMatches,
    ReopenPlace,
    match_id_of,
)
from shared.events.marketplace.agreement import (
    AgreementEvent,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    CommitmentConfirmed,
)
from shared.events.marketplace.engagement import (
    CounsellingEvent,
    EngagementEvent,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
)
from shared.events.marketplace.market_day import MarketDayEvent
from shared.events.marketplace.need import NeedEvent, NeedHeld, NeedMet, SearchHeld, SearchMet
from shared.events.marketplace.offer import MatchConfirmed, OfferEvent, PlaceHeld
from shared.events.vocabulary import Side
from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused
from shared.testing.laws import assert_evolve_is_total, assert_laws, run
from shared.testing.strategies import any_of
from tests.marketplace.scenes import (
    DRAFTED,
    EXCHANGE,
    GIVES_A,
    GIVES_B,
    SEARCH,
    VOLUNTEER_SEARCH,
    VOLUNTEERING,
    WORK,
)
from tests.marketplace.scenes import (
    NEED as NEED_TERMS,
)

NEEDS = ("n1", "n2", "n3")
MOMENTS = st.sampled_from([datetime(2026, month, 2, 9, tzinfo=UTC) for month in (3, 4, 7)])
DAYS = st.sampled_from([date(2026, 3, 1), date(2026, 3, 31), date(2026, 6, 30)])
FEW: dict[str, st.SearchStrategy[Any]] = {
    "at": MOMENTS,
    "offer_id": st.just("of1"),
    "need_id": st.sampled_from(NEEDS),
    "match_id": st.sampled_from([match_id_of("of1", need_id) for need_id in NEEDS]),
    "match_ids": st.lists(
        st.sampled_from([match_id_of("of1", need_id) for need_id in NEEDS]), max_size=2
    ).map(tuple),
    "organisation_id": st.just("host"),
    "by": st.sampled_from(Side),
    "started_on": DAYS,
    "ended_on": DAYS,
    "held_on": DAYS,
    "worked_on": DAYS,
    "entry_id": st.sampled_from(["h1", "h2"]),
    "hours": st.sampled_from([Decimal(1), Decimal(13), Decimal("NaN")]),
    "number": st.sampled_from([0, 1, 2, 3]),
    "trading_opens_at": MOMENTS,
    "trading_closes_at": MOMENTS,
}


def together(
    life: Decider[Any, Any, Any], scarce: Decider[Any, Any, Any], commands: Any
) -> Decider[Any, Any, Any]:
    """Two deciders of one stream as one: the second judges these commands, the first all others."""

    def decide(state: Any, command: Any) -> Sequence[Any]:
        return (scarce if isinstance(command, get_args(commands)) else life).decide(state, command)

    return Decider(name=life.name, initial=life.initial, decide=decide, evolve=scarce.evolve)


OFFER_AND_PLACES = together(OFFER, PLACES, PlacesCommand)
AGREEMENT_AND_COMMITMENTS = together(AGREEMENT, COMMITMENTS, CommitmentsCommand)
ENGAGEMENT_AND_HOURS = together(ENGAGEMENT, HOURS, HoursCommand)


def stories(commands: Any, **chosen: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Commands of a decider, of few values, so that they meet."""
    return st.lists(any_of(*get_args(commands), **(FEW | chosen)), max_size=15)


def offer_stories(*terms: Any) -> st.SearchStrategy[list[Any]]:
    """An offer on the board, and then whatever comes."""
    proposals = st.lists(
        st.builds(
            Proposal,
            need_id=st.sampled_from(NEEDS),
            need_party=st.sampled_from(["seeker", "person", "host"]),
            is_search=st.booleans(),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple)
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    begin = [
        (
            PostOffer(offer_id="of1", organisation_id="host", terms=each, at=at),
            CheckOffer(offer_id="of1", at=at),
            ProposeMatches(
                offer_id="of1",
                proposals=tuple(
                    Proposal(need_id=need_id, need_party="seeker", is_search=False) for need_id in NEEDS
                ),
                at=at,
            ),
        )
        for each in terms
    ]
    later = stories(OfferCommand | PlacesCommand, terms=st.sampled_from(terms), proposals=proposals)
    return st.builds(lambda first, rest: [*first, *rest], st.sampled_from(begin), later)


OFFERS = offer_stories(EXCHANGE, VOLUNTEERING, WORK)
NEED_STORIES = stories(
    NeedCommand,
    terms=st.sampled_from([NEED_TERMS, SEARCH, VOLUNTEER_SEARCH]),
    need_id=st.just("n1"),
)
PROMISED = st.sampled_from([(GIVES_A, GIVES_B), (GIVES_A,), ()])
AGREEMENTS = stories(
    AgreementCommand | CommitmentsCommand,
    agreement_id=st.just("ag1"),
    commitments=PROMISED,
    party_a=st.just(DRAFTED.party_a),
    party_b=st.sampled_from([DRAFTED.party_b, DRAFTED.party_a]),
    by=st.sampled_from(["a", "b"]),
    **dict.fromkeys(("match_id", "offer_id", "need_id"), st.none()),
)
ENGAGEMENTS = stories(EngagementCommand | HoursCommand)
ENGAGED = st.builds(
    lambda refer, start, log, rest: [refer, start, log, *rest],
    any_of(ReferVolunteer, **FEW),
    any_of(StartEngagement, **(FEW | {"started_on": st.just(date(2026, 3, 1)), "at": MOMENTS})),
    any_of(LogHours, **(FEW | {"worked_on": DAYS})),
    stories(HoursCommand),
)

DECIDERS: dict[str, Decider[Any, Any, Any]] = {
    decider.name: decider for decider in (OFFER, NEED, AGREEMENT, ENGAGEMENT, COUNSELLING, MARKET_DAY)
}
EVENTS: dict[str, Any] = {
    "offer": OfferEvent,
    "need": NeedEvent,
    "agreement": AgreementEvent,
    "engagement": EngagementEvent,
    "counselling": CounsellingEvent,
    "market_day": MarketDayEvent,
}
HISTORIES = {name: st.lists(any_of(*get_args(union)), max_size=8) for name, union in EVENTS.items()}


ASKS = (
    ExpireOffer,
    ExpireNeed,
    ListSearch,
    ReleaseNeed,
    MeetNeed,
    ProposeFittingMatches,
    LapseOpenMatches,
    AskReopen,
)
ANEW = (ReopenPlace, SealAgreement)  # one place after the other; the event doesn't say who sealed


@all_cases(
    st.one_of(
        OFFERS.map(lambda commands: (OFFER_AND_PLACES, commands)),
        NEED_STORIES.map(lambda commands: (NEED, commands)),
        AGREEMENTS.map(lambda commands: (AGREEMENT_AND_COMMITMENTS, commands)),
        (ENGAGEMENTS | ENGAGED).map(lambda commands: (ENGAGEMENT_AND_HOURS, commands)),
        stories(CounsellingCommand).map(lambda commands: (COUNSELLING, commands)),
        stories(MarketDayCommand).map(lambda commands: (MARKET_DAY, commands)),
    )
)
def test_the_laws_hold(case: tuple[Decider[Any, Any, Any], list[Any]]) -> None:
    decider, commands = case
    assert_laws(decider, commands, asks=ASKS, anew=ANEW, added=("proposed_by", "score", "reasons"))


@settings(max_examples=50)
@all_cases(st.sampled_from(list(EVENTS)).flatmap(lambda name: st.tuples(st.just(name), HISTORIES[name])))
def test_evolve_never_fails_whatever_the_order(case: tuple[str, list[Any]]) -> None:
    name, events = case
    assert_evolve_is_total(DECIDERS[name], events)


@all_cases(OFFERS)
def test_no_more_places_are_taken_than_there_are(commands: list[Any]) -> None:
    state = OFFER.initial
    for event in run(OFFER_AND_PLACES, commands):
        state = OFFER.evolve(state, event)
        assert state.terms is not None
        taken = [match for match in state.matches.values() if match.status in TAKES_A_PLACE]
        assert len(taken) <= state.terms.places
        if state.status == OfferStatus.EXHAUSTED:
            assert state.n_free == 0


@all_cases(OFFERS)
def test_a_place_is_held_before_it_is_confirmed_and_by_both(commands: list[Any]) -> None:
    state = OFFER.initial
    for event in run(OFFER_AND_PLACES, commands):
        if isinstance(event, PlaceHeld):
            assert state.matches[event.match_id].accepted_by == {Side.NEED, Side.OFFER}
        if isinstance(event, MatchConfirmed):
            assert state.matches[event.match_id].status == MatchStatus.HELD
        state = OFFER.evolve(state, event)


@all_cases(NEED_STORIES)
def test_a_need_is_met_once_and_only_while_it_is_held(commands: list[Any]) -> None:
    state, n_met = NEED.initial, 0
    for event in run(NEED, commands):
        if isinstance(event, NeedHeld | SearchHeld):
            # Expired: who met it while it was open is known later at times.
            assert state.status in {NeedStatus.OPEN, NeedStatus.EXPIRED}
        if isinstance(event, NeedMet | SearchMet):
            assert state.status == NeedStatus.HELD
            n_met += 1
        state = NEED.evolve(state, event)
    assert n_met <= 1


@all_cases(AGREEMENTS)
def test_a_commitment_counts_once_and_an_agreement_ends_once(commands: list[Any]) -> None:
    events = run(AGREEMENT_AND_COMMITMENTS, commands)
    confirmed = Counter(event.number for event in events if isinstance(event, CommitmentConfirmed))
    assert set(confirmed.values()) <= {1}
    ends = [
        event
        for event in events
        if isinstance(event, AgreementFulfilled | AgreementPartlyFulfilled | AgreementFailed)
    ]
    assert len(ends) <= 1


@all_cases(ENGAGEMENTS | ENGAGED)
def test_hours_count_once_and_a_day_has_24(commands: list[Any]) -> None:
    events = run(ENGAGEMENT_AND_HOURS, commands)
    confirmed = [event for event in events if isinstance(event, VolunteerHoursConfirmed)]
    assert len({event.entry_id for event in confirmed}) == len(confirmed)
    counted = [
        event for event in events if isinstance(event, VolunteerHoursConfirmed | VolunteerHoursCorrected)
    ]
    by_day: Counter[date] = Counter()
    for event in {event.entry_id: event for event in counted}.values():
        by_day[event.worked_on] += event.hours  # type: ignore[assignment]
    assert all(total <= 24 for total in by_day.values())


@all_cases(OFFERS)
def test_whatever_is_sent_twice_changes_nothing_the_second_time(commands: list[Any]) -> None:
    state = OFFER.initial
    for command in commands:
        state = OFFER.fold(_decided(state, command), state)
        if not isinstance(command, ReopenPlace):  # which opens one place after the other
            assert _decided(state, command) == []


def _decided(offer: Any, command: Any) -> list[Any]:
    """What one command leads to, nothing when it is refused."""
    try:
        return list(OFFER_AND_PLACES.decide(offer, command))
    except Refused:
        return []
