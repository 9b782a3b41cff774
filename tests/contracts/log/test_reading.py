"""What does a log promise to the one who reads?"""

from shared.eventlog.port import EventLog, Head
from tests.contracts.log.sample import append, draft, filled


def test_an_empty_log_has_nothing(log: EventLog) -> None:
    assert log.read() == []
    assert log.read_stream("offer-1") == []
    assert log.head() == Head(position=0, by_audience={}, incarnation=1)
    assert log.service == "marketplace"


def test_a_stream_is_read_in_order_and_alone(log: EventLog) -> None:
    filled(log, streams=3, each=3)
    assert [record.position for record in log.read_stream("offer-1")] == [2, 5, 8]
    assert {record.stream for record in log.read_stream("offer-1")} == {"offer-1"}


def test_a_stream_is_read_from_behind_a_version(log: EventLog) -> None:
    filled(log, streams=3, each=3)
    assert [record.position for record in log.read_stream("offer-1", after_version=2)] == [8]
    assert log.read_stream("offer-1", after_version=3) == []


def test_a_stream_whose_name_begins_alike_is_another(log: EventLog) -> None:
    log.append(append("offer-1"))
    log.append(append("offer-10"))
    assert [record.position for record in log.read_stream("offer-1")] == [1]


def test_records_are_read_from_behind_a_position_as_many_as_asked_for(log: EventLog) -> None:
    filled(log, streams=3, each=3)
    assert [record.position for record in log.read(after=4, limit=3)] == [5, 6, 7]
    assert log.read(after=9) == []


def test_an_audience_reads_only_its_records(log: EventLog) -> None:
    filled(log, streams=3, each=3)
    assert [record.position for record in log.read(audience="internal")] == [3, 6, 9]
    assert [record.position for record in log.read(audience="open", after=2, limit=3)] == [4, 5, 7]
    assert log.read(audience="nobody") == []


def test_all_ways_of_reading_give_the_same_bytes(log: EventLog) -> None:
    umlauts = draft(data='{"title":"Über \\"Brücken\\" & \\\\ 🚲"}'.encode())
    log.append(append("offer-1", events=[umlauts, draft(audience="internal")]))
    by_position = log.read()
    assert log.read_stream("offer-1") == by_position
    assert log.read(audience="open") == by_position[:1]
    assert '{"title":"Über \\"Brücken\\" & \\\\ 🚲"}'.encode() in by_position[0].record
    assert type(by_position[0].record) is bytes


def test_what_was_read_does_not_change_when_more_is_written(log: EventLog) -> None:
    filled(log)
    before = log.read()
    stream = log.read_stream("offer-1")
    log.append(append("offer-9"))
    assert log.read()[:-1] == before
    assert log.read_stream("offer-1") == stream
