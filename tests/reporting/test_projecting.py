"""Do the fact tables follow history, and does a rebuild lead to the same?"""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from services.reporting.answers import Answers, Asked
from services.reporting.app import REPORTING
from services.reporting.facts.agreement import AGREEMENT
from services.reporting.facts.tables import FactTables
from services.reporting.history import FactProjector, StoredHistory
from services.reporting.indicators.catalogue import INDICATORS
from shared.eventlog.history import HistoryLine
from shared.eventlog.layouts import digest
from shared.eventlog.memory import MemoryEventLog
from shared.eventlog.port import Append, Draft
from shared.eventlog.store import SqlStore
from shared.events.codec import decode, encode_data
from shared.events.happening import Unreadable
from shared.events.registry import SERVICES, type_of
from shared.events.vocabulary import Sector
from shared.kernel.recorded import Happening, Recorded
from shared.service.folding import Page
from shared.service.projection import Projection, facts_cursor
from tests.reporting.histories import MUCH_LATER, answer, happened
from tests.reporting.stories import agreements, at_work, need, organisation, sealed
from tests.shared.events.examples import EXAMPLES

BEGIN = date(2017, 3, 1)
SOURCES = ("actors", "marketplace", "employment")


def recorded(events: Sequence[Recorded[Any]], source: str, after: int = 0) -> list[Recorded[Any]]:
    """The events of a source as its log records them: real bytes, real positions."""
    log = MemoryEventLog(service=source, city_key="05124000", clock=lambda: events[0].recorded_at)
    versions: dict[str, int] = {}
    for number, event in enumerate(event for event in events if event.service == source):
        registered = type_of(type(event.data))
        draft = Draft(
            id=f"{source}-{after + number}",
            type=registered.wire_name(source),
            audience=registered.audience,
            time=event.time,
            data=encode_data(event.data),
        )
        version = versions.get(event.stream, 0)
        log.append(
            Append(
                stream=event.stream,
                expected_version=version,
                command_id=f"{source}-{after + number}",
                request_digest="",
                events=(draft,),
            )
        )
        versions[event.stream] = version + 1
    return [decode(stored.record) for stored in log.read()]


def keep(store: SqlStore, events: Sequence[Recorded[Any]]) -> None:
    """Write all of them into history, as the inbox would."""
    with store.transaction() as tx:
        for source in SOURCES:
            lines = [HistoryLine.of(event) for event in recorded(events, source)]
            store.history.append_many(tx, lines)


def everything() -> list[Recorded[Any]]:
    """Every example event, and some agreements and placements."""
    examples = [happened(BEGIN + timedelta(days=n), *example) for n, example in enumerate(EXAMPLES.values())]
    return [*examples, *agreements(BEGIN, kept=4, failing=3), *at_work("w", BEGIN, 6)]


def facts_in(store: SqlStore) -> FactProjector:
    """The facts of this database, as far as they have come."""
    return FactProjector(store, REPORTING.facts)


def caught_up(store: SqlStore) -> Projection[Happening[Any]]:
    """The facts once they have passed all of history."""
    facts = facts_in(store)
    while facts.step():
        pass
    return facts.projection


def replayed(facts: Projection[Happening[Any]], upto: Mapping[str, int]) -> dict[str, str]:
    """The digests that history leads to."""
    return {name: digest(rows) for name, rows in facts.replay(upto).items()}


def test_facts_follow_history_of_every_source(store: SqlStore) -> None:
    keep(store, everything())
    facts = caught_up(store)
    assert {source: facts.position(source) for source in SOURCES} == store.history.positions()
    assert all(facts.stored().values())
    assert facts_in(store).step() == 0


def test_batches_of_any_size_lead_to_the_same_facts(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, everything())
    monkeypatch.setattr("services.reporting.history.BATCH", 3)
    facts = caught_up(store)
    assert facts.digests() == replayed(facts, store.history.positions())


def test_a_rebuild_leads_to_the_live_facts_again_and_again(store: SqlStore) -> None:
    keep(store, everything())
    facts = caught_up(store)
    live = facts.digests()
    for _ in range(3):
        facts.rebuild()
        assert facts.digests() == live


def test_a_rebuild_that_has_few_rows_at_hand_leads_to_the_same(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, everything())
    facts = caught_up(store)
    live = facts.digests()
    monkeypatch.setattr("services.reporting.history.PAGE", 3)
    monkeypatch.setattr("shared.service.projection.AT_HAND", 5)
    facts.rebuild()
    assert facts.digests() == live


def test_a_rebuild_repairs_what_somebody_changed_by_hand(store: SqlStore) -> None:
    keep(store, everything())
    facts = caught_up(store)
    live = facts.digests()
    with store.transaction() as tx:
        tx.exec_driver_sql("UPDATE fact_agreement_v2 SET outcome = 'fulfilled'")
    assert facts.digests() != live
    facts.rebuild()
    assert facts.digests() == live


class Overtaken(StoredHistory):
    """History during the reading of which another process goes on counting."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store)
        self._store = store
        self._is_overtaken = False

    def pages(self, source: str, types: Collection[str], *, after: int, upto: int) -> Iterator[Page]:
        """What there is; and then the other one counts what is left."""
        yield from super().pages(source, types, after=after, upto=upto)
        if not self._is_overtaken:
            self._is_overtaken = True
            caught_up(self._store)


def test_a_rebuild_loses_nothing_that_is_counted_meanwhile(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, everything())
    monkeypatch.setattr("services.reporting.history.BATCH", 5)
    facts_in(store).step()
    overtaken: Projection[Any] = Projection(REPORTING.facts, store, Overtaken(store), SERVICES, facts_cursor)
    overtaken.rebuild()
    assert {source: overtaken.position(source) for source in SOURCES} == store.history.positions()
    assert overtaken.digests() == replayed(overtaken, store.history.positions())


def test_facts_that_are_new_are_filled_from_history(store: SqlStore) -> None:
    keep(store, everything())
    live = caught_up(store).digests()
    with store.transaction() as tx:
        tx.exec_driver_sql("DROP TABLE fact_agreement_v2")
    assert facts_in(store).projection.digests() == live


def test_an_event_of_an_unknown_type_is_passed_over(store: SqlStore) -> None:
    keep(store, [need("1", BEGIN)])
    (line,) = store.history.read("marketplace")
    with store.transaction() as tx:
        store.history.append_many(tx, [_changed(line, b"NeedPosted.v1", b"NeedDanced.v1", position=2)])
    facts = caught_up(store)
    assert facts.position("marketplace") == 2


def test_an_unreadable_event_stops_the_facts_and_they_say_so(store: SqlStore) -> None:
    keep(store, [need("1", BEGIN)])
    (line,) = store.history.read("marketplace")
    with store.transaction() as tx:
        store.history.append_many(
            tx, [_changed(line, b'"organisation_id"', b'"organisation_xx"', position=2)]
        )
    facts = facts_in(store)
    facts.run(threading.Event())
    assert isinstance(facts.failed, Unreadable)
    assert "NeedPosted" in str(facts.failed)
    assert facts.projection.position("marketplace") == 0, "nothing of the batch is counted"


def _changed(line: HistoryLine, old: bytes, new: bytes, *, position: int) -> HistoryLine:
    record = line.record.replace(old, new)
    assert record != line.record
    return HistoryLine(
        source=line.source,
        position=position,
        type=line.type,
        stream=line.stream,
        recorded_at=line.recorded_at,
        time=line.time,
        record=record,
    )


def test_the_loop_counts_what_comes_until_it_is_stopped(store: SqlStore) -> None:
    facts, stopping = facts_in(store), threading.Event()
    loop = threading.Thread(target=facts.run, args=(stopping,))
    loop.start()
    try:
        keep(store, list(agreements(BEGIN, kept=4)))
        facts.wake("marketplace")
        waited = threading.Event()
        while facts.projection.position("marketplace") < 8 and loop.is_alive():
            waited.wait(0.01)
        assert store.views.count(AGREEMENT) == 4
    finally:
        stopping.set()
        facts.wake("marketplace")
        loop.join()
    assert facts.failed is None


@pytest.mark.parametrize("by", ["year", "lab"])
def test_figures_from_the_tables_are_those_from_memory(store: SqlStore, by: str) -> None:
    events = [
        *everything(),
        organisation("a0", Sector.COMPANY),
        *(sealed(f"l{n}", BEGIN) for n in range(3)),
    ]
    keep(store, events)
    answers = Answers(FactTables(caught_up(store).store))
    for name in INDICATORS:
        from_tables = answers.indicator(name, Asked(by=by), MUCH_LATER)
        from_memory = answer(name, events, Asked(by=by))
        cutoff = {"cutoff": from_tables["cutoff"]}
        assert from_tables == from_memory | cutoff, name
        assert cutoff["cutoff"] == store.history.positions()


def test_a_lab_is_looked_up_in_the_tables(store: SqlStore) -> None:
    keep(store, list(agreements(BEGIN, kept=4)))
    answers = Answers(FactTables(caught_up(store).store))
    assert answers.indicator("agreements_sealed", Asked(lab="nowhere"), MUCH_LATER)["result"] == {"value": 0}
    by_lab = answers.indicator("agreements_sealed", Asked(by="lab"), MUCH_LATER)["groups"]
    assert by_lab == [{"group": "none", "value": 4}]
