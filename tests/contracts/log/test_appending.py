"""What does a log promise to the one who appends?"""

from datetime import datetime, timedelta

import pytest

from shared.eventlog.port import CommandIdReused, Conflict, Done, EventLog, RecordTooLarge, Refusal
from shared.events.codec import MAX_RECORD_BYTES, decode_envelope
from tests.contracts.log.sample import NINE, OFFER_POSTED, SetClock, append, draft, filled

NO_PLACE = Refusal(rule="offer_has_a_place_left", sentence="The offer still has a place.")


def test_the_outcome_names_stream_position_version_and_types(log: EventLog) -> None:
    log.append(append("offer-0"))
    outcome = log.append(append("offer-1", events=[draft(), draft()]))
    assert outcome == Done(stream="offer-1", position=3, version=2, types=(OFFER_POSTED, OFFER_POSTED))


def test_positions_are_gapless_from_1(log: EventLog) -> None:
    filled(log, streams=3, each=4)
    assert [record.position for record in log.read()] == list(range(1, 13))
    assert log.head().position == 12


def test_events_of_one_command_are_contiguous_and_in_order(log: EventLog) -> None:
    log.append(append("offer-1", events=[draft("a"), draft("b", audience="internal"), draft("c")]))
    assert [decode_envelope(record.record).id for record in log.read()] == ["a", "b", "c"]


def test_each_record_names_the_preceding_position_of_its_audience(log: EventLog) -> None:
    audiences = ["open", "internal", "open", "open", "internal"]
    log.append(append("offer-1", events=[draft(audience=audience) for audience in audiences[:3]]))
    log.append(append("offer-2", events=[draft(audience=audience) for audience in audiences[3:]]))
    assert [int(decode_envelope(record.record).previous) for record in log.read()] == [0, 0, 1, 3, 2]
    assert log.head().by_audience == {"open": 4, "internal": 5}


def test_the_record_says_where_it_lies_and_what_the_draft_brought(log: EventLog) -> None:
    brought = {"authid": "org-7", "correlationid": "k", "causationid": "c", "lab": "l", "synthetic": True}
    log.append(append(command_id="command", events=[draft("event", attributes=brought)]))
    (stored,) = log.read()
    assert (
        stored.record
        == (
            '{"audience":"open","authid":"org-7","causationid":"c","commandid":"command","correlationid":"k",'
            '"data":{"places":2,"title":"Fahrräder"},"dataschema":"urn:kosilab:schema:kosilab.marketplace.OfferPosted:1",'
            '"id":"event","lab":"l","previous":"00000000000000000000","recordedtime":"2026-11-23T09:00:00Z",'
            '"sequence":"00000000000000000001","source":"urn:kosilab:wuppertal:marketplace:1","specversion":"1.0",'
            '"streamversion":1,"subject":"offer-1","synthetic":true,"time":"2026-11-23T09:00:00Z",'
            '"type":"kosilab.marketplace.OfferPosted.v1"}'
        ).encode()
    )


def test_digests_of_sealed_slots_stand_in_the_record(log: EventLog) -> None:
    log.append(append(events=[draft(attributes={"sealed": '{"contact":"sha256:00"}'})]))
    assert b'"sealed":{"contact":"sha256:00"},"sequence"' in log.read()[0].record


def test_a_draft_may_not_say_what_the_log_says(log: EventLog) -> None:
    with pytest.raises(ValueError, match="sequence"):
        log.append(append(events=[draft(attributes={"sequence": "7"})]))
    assert log.read() == []


def test_who_decided_on_an_old_version_must_decide_again(log: EventLog) -> None:
    log.append(append("offer-1"))
    with pytest.raises(Conflict):
        log.append(append("offer-1", 0))
    with pytest.raises(Conflict):
        log.append(append("offer-1", 2))
    assert log.head().position == 1


def test_a_command_that_met_a_conflict_may_come_again(log: EventLog) -> None:
    log.append(append("offer-1"))
    with pytest.raises(Conflict):
        log.append(append("offer-1", 0, command_id="mine"))
    assert log.append(append("offer-1", 1, command_id="mine")) == Done(
        stream="offer-1", position=2, version=2, types=(OFFER_POSTED,)
    )


def test_the_same_command_again_has_the_same_outcome_and_writes_nothing(log: EventLog) -> None:
    first = log.append(append("offer-1", command_id="mine"))
    log.append(append("offer-1", 1))
    assert log.append(append("offer-1", 0, command_id="mine")) == first
    assert log.append(append("offer-1", 2, command_id="mine")) == first
    assert log.outcome("mine", "digest") == first
    assert log.head().position == 2


def test_the_same_command_id_with_another_request_is_an_error(log: EventLog) -> None:
    log.append(append(command_id="mine"))
    with pytest.raises(CommandIdReused):
        log.append(append("offer-1", 1, command_id="mine", request_digest="another"))
    with pytest.raises(CommandIdReused):
        log.outcome("mine", "another")
    assert log.head().position == 1


def test_a_known_command_id_is_judged_before_the_version(log: EventLog) -> None:
    log.append(append(command_id="mine"))
    with pytest.raises(CommandIdReused):
        log.append(append("offer-1", 0, command_id="mine", request_digest="another"))


def test_a_command_that_never_came_has_no_outcome(log: EventLog) -> None:
    assert log.outcome("never", "digest") is None


def test_a_refusal_is_remembered(log: EventLog) -> None:
    assert log.append(append(command_id="mine", events=[], refusal=NO_PLACE)) == NO_PLACE
    assert log.append(append(command_id="mine")) == NO_PLACE
    assert log.outcome("mine", "digest") == NO_PLACE
    assert log.read() == []


def test_a_refusal_decided_on_an_old_version_is_decided_again(log: EventLog) -> None:
    log.append(append("offer-1"))
    with pytest.raises(Conflict):
        log.append(append("offer-1", 0, command_id="mine", events=[], refusal=NO_PLACE))
    assert log.outcome("mine", "digest") is None


def test_a_refusal_brings_no_events(log: EventLog) -> None:
    with pytest.raises(ValueError, match="refusal and events"):
        log.append(append(refusal=NO_PLACE))
    assert log.read() == []


def test_a_quiet_repeat_is_done_where_the_log_ends(log: EventLog) -> None:
    filled(log, streams=2, each=2)
    quiet = log.append(append("offer-0", 2, command_id="quiet", events=[]))
    assert quiet == Done(stream="offer-0", position=4, version=2, types=())
    log.append(append("offer-0", 2))
    assert log.append(append("offer-0", 2, command_id="quiet", events=[])) == quiet


def test_when_it_was_recorded_never_runs_backwards(log: EventLog, clock: SetClock) -> None:
    log.append(append("offer-1"))
    clock.goes_on(-3600)
    log.append(append("offer-2"))
    clock.goes_on(2 * 3600)
    log.append(append("offer-3"))
    recorded = [decode_envelope(record.record).recordedtime for record in log.read()]
    assert recorded == [NINE, NINE, NINE + timedelta(hours=1)]


def test_times_are_written_in_utc(log: EventLog) -> None:
    berlin = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
    log.append(append(events=[draft(time=berlin)]))
    assert b'"time":"2026-11-23T09:00:00Z"' in log.read()[0].record


def test_a_time_without_offset_is_no_time(log: EventLog) -> None:
    with pytest.raises(ValueError, match="no offset"):
        log.append(append(events=[draft(time=NINE.replace(tzinfo=None))]))
    assert log.read() == []


def test_a_record_of_60000_bytes_is_taken_and_one_byte_more_is_not(log: EventLog) -> None:
    log.append(append("offer-1", events=[draft("a", data=b'""')]))
    rest = MAX_RECORD_BYTES - len(log.read()[0].record)
    whole = draft("b", data=b'"' + b"x" * rest + b'"')
    log.append(append("offer-2", events=[whole]))
    assert len(log.read(after=1)[0].record) == MAX_RECORD_BYTES
    with pytest.raises(RecordTooLarge):
        log.append(append("offer-3", events=[draft(), draft("c", data=b'"' + b"x" * (rest + 1) + b'"')]))
    assert log.head().position == 2
    assert log.append(append("offer-4")) == Done(
        stream="offer-4", position=3, version=1, types=(OFFER_POSTED,)
    )


def test_an_event_id_is_given_once(log: EventLog) -> None:
    log.append(append("offer-1", events=[draft("once")]))
    with pytest.raises(Exception, match="event"):
        log.append(append("offer-2", events=[draft("once")]))
    assert log.append(append("offer-2", events=[draft("twice")])) == Done(
        stream="offer-2", position=2, version=1, types=(OFFER_POSTED,)
    )
