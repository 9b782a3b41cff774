"""Is everything as it must be once a city has come to rest, whatever happened on the way?"""

from collections import Counter, defaultdict
from typing import Any

from services.marketplace.domain.agreement import AGREEMENT, AgreementStatus, agreement_id_of
from services.marketplace.domain.engagement import engagement_id_of
from services.marketplace.domain.need import NEED, Need, NeedStatus
from services.marketplace.domain.offer import OFFER, STANDS, TAKES_A_PLACE, MatchStatus, Offer, OfferStatus
from shared.eventlog.layouts import digest
from shared.events.employment.placement import (
    PlacementNotProposed,
    PlacementProposed,
    PlacementStarted,
)
from shared.events.marketplace.agreement import AgreementDrafted
from shared.events.marketplace.engagement import EngagementStarted, VolunteerReferred
from shared.events.marketplace.need import NeedMet, SearchMet
from shared.events.marketplace.offer import MatchConfirmed, OfferPosted, PlaceReopenAsked
from shared.events.registry import SERVICES
from shared.kernel.decider import Decider
from shared.service.folding import Fold
from shared.service.inbox import inbox_cursor
from shared.service.reactor import OWN
from tests.journeys.city import City

MATCH_SHOWN = {
    MatchStatus.PROPOSED: "proposed",
    MatchStatus.HELD: "held",
    MatchStatus.CONFIRMED: "confirmed",
    MatchStatus.REOPEN_ASKED: "reopen_asked",
    MatchStatus.DECLINED: "declined",
    MatchStatus.LAPSED: "lapsed",
    MatchStatus.FREED: "reopen_asked",  # the view doesn't hear which place was opened again
}


def assert_consistent(city: City) -> None:
    """All that must hold; the city has settled."""
    assert_nothing_waits(city)
    assert_offers_and_needs_agree(city)
    assert_no_effect_twice(city)
    assert_views_are_what_the_logs_say(city)
    assert_facts_are_what_the_logs_say(city)
    assert_outcomes_are_kept(city)
    assert_reacting_again_changes_nothing(city)


def assert_nothing_waits(city: City) -> None:
    """Nothing is parked, every reader has come to the end."""
    for service, unit in city.units.items():
        assert unit.store.parked.listed() == [], service
        head = unit.store.log.head().position
        assert unit.projection.position(service) == head, service
        assert unit.reactor.position == head, service
        assert unit.relay.position == head, service
        for source in unit.app.tables.follows:
            assert unit.inbox is not None
            assert unit.inbox.position(source) == city.units[source].store.log.head().position


def states(city: City, decider: Decider[Any, Any, Any]) -> dict[str, Any]:
    """The state of every stream of a decider of the marketplace, folded from the log."""
    streams: dict[str, list[Any]] = defaultdict(list)
    for event in city.events("marketplace"):
        if event.stream.startswith(f"{decider.name}-"):
            streams[event.noun_id].append(event.data)
    return {noun_id: decider.fold(events) for noun_id, events in streams.items()}


def assert_offers_and_needs_agree(city: City) -> None:
    """No place is held for ever; whoever stands has the need, and nobody else has; what is full says so."""
    offers: dict[str, Offer] = states(city, OFFER)
    needs: dict[str, Need] = states(city, NEED)
    holders: Counter[str] = Counter()
    for offer_id, offer in offers.items():
        assert offer.terms is not None
        taken = sum(match.status in TAKES_A_PLACE for match in offer.matches.values())
        assert taken <= offer.terms.places, offer_id
        if offer.status in {OfferStatus.POSTED, OfferStatus.EXHAUSTED}:
            assert (offer.status == OfferStatus.EXHAUSTED) == offer.is_full, offer_id
        for match_id, match in offer.matches.items():
            assert match.status != MatchStatus.HELD, f"{match_id} is held for ever"
            shown = city.see("marketplace", "matches", match_id)
            assert shown["status"] == MATCH_SHOWN[match.status]
            need = needs.get(match.need_id, Need())
            if match.status == MatchStatus.CONFIRMED:
                assert need.held_by == match_id, f"{match_id} stands without its need"
                assert need.status in {NeedStatus.HELD, NeedStatus.MET}
            if match.status == MatchStatus.PROPOSED:
                assert need.status == NeedStatus.OPEN, f"{match_id} waits for a need that is gone"
                assert offer.n_free > 0, f"{match_id} waits for a place that is gone"
            holders[match.need_id] += match.status in STANDS and need.held_by == match_id
    for need_id, need in needs.items():
        assert holders[need_id] <= 1, need_id
        if need.status == NeedStatus.HELD:
            assert holders[need_id] == 1, f"{need_id} is held for nobody"


def assert_no_effect_twice(city: City) -> None:
    """One agreement, referral, placement or "no" per confirmed match; a need is met once, by what led to it."""
    confirmed = {event.data.match_id: event.data for event in city.events("marketplace", MatchConfirmed)}
    answered = city.events("employment", PlacementProposed, PlacementNotProposed)
    followed = [
        *(event.noun_id for event in city.events("marketplace", VolunteerReferred)),
        *(event.data.match_id for event in answered if event.data.match_id in confirmed),
        *dict.fromkeys(event.noun_id for event in city.events("marketplace", AgreementDrafted)),
    ]
    expected = [
        {
            "exchange": agreement_id_of(match_id),
            "volunteering": engagement_id_of(match_id),
            "work": match_id,
        }[str(match.terms.kind)]
        for match_id, match in confirmed.items()
    ]
    assert sorted(followed) == sorted(expected)
    met = [event.noun_id for event in city.events("marketplace", NeedMet, SearchMet)]
    assert len(set(met)) == len(met)
    kept = [
        agreement
        for agreement in states(city, AGREEMENT).values()
        if agreement.status == AgreementStatus.FULFILLED
    ]
    started = [
        *city.events("marketplace", EngagementStarted),
        *city.events("employment", PlacementStarted),
    ]
    assert len(met) == len(kept) + len(started)
    for types in ((MatchConfirmed,), (PlaceReopenAsked,)):
        match_ids = [event.data.match_id for event in city.events("marketplace", *types)]
        assert len(set(match_ids)) == len(match_ids)
    posted = [event.noun_id for event in city.events("marketplace", OfferPosted)]
    assert len(set(posted)) == len(posted)


def assert_views_are_what_the_logs_say(city: City) -> None:
    """Every document of every view is what folding the logs from the beginning gives."""
    for service, unit in city.units.items():
        fold = Fold(unit.app.tables.views)
        for source in (service, *unit.app.tables.follows):
            fold.take(city.events(source))
        for view in unit.app.tables.views:
            folded = fold.documents[view.name]
            expected = {key: document for key, document in folded.items() if document is not None}
            documents = {
                document.pop("id"): document for document in unit.store.ask.find(view, limit=100_000)
            }
            assert documents == expected, f"{service} {view.name}"


def assert_facts_are_what_the_logs_say(city: City) -> None:
    """Reporting kept every record byte for byte, and its facts are those of a replay from nothing."""
    reporting = city.units["reporting"]
    facts = reporting.facts
    assert facts is not None
    for source in SERVICES:
        if source != "reporting":
            records = [
                (record.position, record.record)
                for record in city.units[source].store.log.read(limit=100_000)
            ]
            assert list(reporting.store.history.records(source, after=0, limit=100_000)) == records
    live = facts.projection.digests()
    replayed = facts.projection.replay(facts.projection.positions())
    assert live == {name: digest(rows) for name, rows in replayed.items()}
    facts.projection.rebuild()
    assert facts.projection.digests() == live


def assert_outcomes_are_kept(city: City) -> None:
    """Every command that was answered gives the same answer again, and nothing more is written."""
    heads = _heads(city)
    for kept in city.kept:
        assert city.send_again(kept) == kept.outcome, kept
    assert _heads(city) == heads


def assert_reacting_again_changes_nothing(city: City) -> None:
    """After a restart every reaction is asked again, as after a crash before any cursor had moved."""
    heads = _heads(city)
    for unit in city.units.values():
        cursors = unit.store.cursors
        sources = unit.app.tables.follows if unit.facts is None else ()  # reporting reacts to nothing
        for name in (OWN, *(inbox_cursor(source) for source in sources)):
            cursors.move_cursor(name, expected=cursors.cursor(name), to=0)
    city.restart()
    for unit in city.units.values():
        if unit.inbox is not None:
            unit.inbox.begin()
    city.settle()
    assert _heads(city) == heads


def _heads(city: City) -> dict[str, int]:
    return {service: unit.store.log.head().position for service, unit in city.units.items()}
