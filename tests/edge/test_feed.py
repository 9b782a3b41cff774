"""Does the feed give back the log: byte for byte, from any position on, in three forms, to those who may read it?"""

import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from shared.edge.feed import BATCH, LINES, STREAM
from shared.service.tables import Role
from tests.edge.door import AN_ORGANISATION, Door

LOG = "/actors/log"
N_EACH = 6


@pytest.fixture(scope="module", autouse=True)
def some_history(door: Door) -> None:
    """Open and internal events in turn; the last is internal."""
    for number in range(N_EACH):
        door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, f"o-{number}")
        door.send("/actors/persons", {"context": "volunteering"}, Role.PERSON, f"p-{number}")


def read(
    door: Door, query: str = "", role: Role = Role.SERVICE, form: str | None = None, **options: Any
) -> TestResponse:
    headers = {"Accept": form} if form else {}
    return door.get(LOG + query, role, headers=headers, **options)


def audience_of(record: bytes) -> str:
    return str(json.loads(record)["audience"])


def test_as_lines_it_is_the_log_byte_for_byte(door: Door) -> None:
    answer = read(door, form=LINES)
    assert (answer.status_code, answer.mimetype) == (200, LINES)
    assert answer.data == b"".join(record + b"\n" for record in door.records("actors"))


def test_as_a_batch_it_is_the_log_byte_for_byte(door: Door) -> None:
    answer = read(door, form=BATCH)
    assert answer.mimetype == BATCH
    assert answer.data == b"[" + b",".join(door.records("actors")) + b"]"
    assert [event["sequence"] for event in answer.get_json(force=True)] == sorted(
        event["sequence"] for event in answer.get_json(force=True)
    )


def test_as_a_stream_each_records_bytes_are_one_event_with_its_position(door: Door) -> None:
    answer = read(door, "?limit=500", form=STREAM)
    assert answer.mimetype == STREAM
    assert answer.headers["X-Accel-Buffering"] == "no"
    parts = answer.iter_encoded()
    assert next(parts).startswith(b":")
    for position, record in enumerate(door.records("actors"), start=1):
        type_name = json.loads(record)["type"].encode()
        assert next(parts) == b"id: %d\nevent: %s\ndata: %s\n\n" % (position, type_name, record)
    answer.close()


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, BATCH),
        ("*/*", BATCH),
        ("application/json", BATCH),
        (BATCH, BATCH),
        (LINES, LINES),
        (f"{LINES};q=0.5, {BATCH};q=0.9", BATCH),
        (f"text/html, {LINES}", LINES),
    ],
)
def test_the_form_is_what_the_caller_accepts(door: Door, accept: str | None, form: str) -> None:
    answer = read(door, form=accept)
    assert (answer.status_code, answer.mimetype) == (200, form)


def test_a_form_that_there_is_not_is_said(door: Door) -> None:
    answer = read(door, form="application/xml")
    assert answer.status_code == 406
    assert LINES in answer.get_json()["detail"]


def test_page_by_page_following_the_link_nothing_is_missed_or_told_twice(door: Door) -> None:
    pages = list(follow(door, f"{LOG}?limit=5", Role.SERVICE))
    assert b"".join(pages) == b"".join(record + b"\n" for record in door.records("actors"))
    assert len(pages) == 3


def test_the_link_keeps_what_was_asked_for(door: Door) -> None:
    wanted = "kosilab.actors.PersonRegistered.v1"
    pages = follow(door, f"{LOG}?limit=5&type={wanted}&audience=internal", Role.SERVICE)
    records = [json.loads(line) for page in pages for line in page.splitlines()]
    assert [record["type"] for record in records] == [wanted] * N_EACH


def follow(door: Door, path: str, role: Role) -> Iterator[bytes]:
    """The pages as lines, until one is empty and its link leads back to itself."""
    while True:
        answer = door.get(path, role, headers={"Accept": LINES})
        following = following_of(answer)
        if following == path:
            assert answer.data == b""
            return
        if answer.data:
            yield answer.data
        path = following


def following_of(answer: TestResponse) -> str:
    address, _, relation = answer.headers["Link"].partition(">")
    assert relation == '; rel="next"'
    return address.removeprefix("<")


def test_the_link_is_an_address_whatever_was_asked_for(door: Door) -> None:
    strange = 'a b"<>&=#%ü\r\n'
    following = following_of(read(door, query_string={"limit": "1", "subject": strange}))
    assert following.isascii()
    assert urlsplit(following).path == LOG
    assert parse_qs(urlsplit(following).query) == {"after": ["1"], "limit": ["1"], "subject": [strange]}
    assert door.get(following, Role.SERVICE).status_code == 200


def test_the_head_is_the_last_position(door: Door) -> None:
    assert read(door, "?limit=1").headers["Event-Position-Head"] == str(len(door.records("actors")))


def test_nobody_keeps_a_copy_of_a_page_on_the_way(door: Door) -> None:
    assert read(door).headers["Cache-Control"] == "no-store"
    assert read(door, form=STREAM).headers["Cache-Control"] == "no-store"


def test_beyond_the_end_there_is_nothing_and_the_link_stays(door: Door) -> None:
    answer = read(door, "?after=1000000", form=LINES)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "after=1000000" in answer.headers["Link"]
    assert read(door, "?after=1000000", form=BATCH).get_json(force=True) == []


def test_one_subject_is_one_stream(door: Door) -> None:
    records = read(door, "?subject=person-p-3").get_json(force=True)
    assert [record["subject"] for record in records] == ["person-p-3"]


def test_an_audience_is_read_by_its_own_positions(door: Door) -> None:
    answer = read(door, "?audience=open", form=LINES)
    assert answer.data.splitlines() == [r for r in door.records("actors") if audience_of(r) == "open"]
    last = json.loads(answer.data.splitlines()[-1])
    assert answer.headers["Event-Position-Head"] == str(int(last["sequence"]))


def test_a_downstream_system_reads_what_is_open_and_nothing_else(door: Door) -> None:
    answer = read(door, role=Role.DOWNSTREAM, form=LINES)
    assert {audience_of(record) for record in answer.data.splitlines()} == {"open"}
    assert len(answer.data.splitlines()) == N_EACH
    assert answer.data == read(door, "?audience=open", role=Role.DOWNSTREAM, form=LINES).data
    assert read(door, "?audience=internal", role=Role.DOWNSTREAM).status_code == 403


def test_a_downstream_system_sees_by_previous_that_it_missed_nothing(door: Door) -> None:
    records = [json.loads(line) for line in read(door, role=Role.DOWNSTREAM, form=LINES).data.splitlines()]
    positions = [0, *(int(record["sequence"]) for record in records)]
    assert [int(record["previous"]) for record in records] == positions[:-1]


def test_a_downstream_system_is_not_told_how_far_the_whole_log_has_come(door: Door) -> None:
    answer = read(door, role=Role.DOWNSTREAM)
    last_open = max(int(record["sequence"]) for record in answer.get_json(force=True))
    assert last_open < len(door.records("actors"))
    assert answer.headers["Event-Position-Head"] == str(last_open)
    assert f"after={last_open}" in answer.headers["Link"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?after=-1", 422),
        ("?after=x", 400),
        ("?after=", 400),
        ("?after=1.5", 400),
        ("?after=%EF%BC%91", 400),
        ("?after=" + "9" * 18, 422),
        ("?after=" + "9" * 400, 400),
        ("?after=1&after=2", 400),
        ("?after=1&lastEventId=1", 400),
        ("?limit=0", 422),
        ("?limit=501", 422),
        ("?timeout=30001", 422),
        ("?timeout=-1", 422),
        ("?audience=public", 400),
        ("?audience=", 400),
        ("?aftr=1", 400),
        ("?%00=1", 400),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(door: Door, query: str, status: int) -> None:
    assert read(door, query).status_code == status


@pytest.mark.parametrize(
    ("query", "header"),
    [("?lastEventId=7", {}), ("", {"Last-Event-ID": "7"}), ("?after=2", {"Last-Event-ID": "7"})],
)
def test_a_reader_that_lost_its_stream_goes_on_where_it_was(
    door: Door, query: str, header: dict[str, str]
) -> None:
    answer = door.get(LOG + query, Role.SERVICE, headers={"Accept": STREAM, **header})
    parts = answer.iter_encoded()
    next(parts)
    assert next(parts).startswith(b"id: 8\n")
    answer.close()


def test_whoever_waits_gets_the_next_event_when_it_comes(door: Door) -> None:
    after = len(door.records("actors"))
    answers: list[TestResponse] = []
    waiting = threading.Thread(
        target=lambda: answers.append(read(door, f"?after={after}&timeout=20000", form=LINES))
    )
    waiting.start()
    door.send("/actors/persons", {"context": "employment"}, Role.PERSON, "late")
    waiting.join()
    assert answers[0].data == door.records("actors")[-1] + b"\n"


def test_whoever_waits_for_open_events_is_not_woken_by_internal_ones(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log ends in internal records: it is looked at again only when it has grown, not over and over."""
    log = door.instance.units["actors"].store.log
    last_open, n_looks, read_log = log.head().by_audience["open"], 0, log.read

    def counted(**selection: Any) -> Any:
        nonlocal n_looks
        n_looks += 1
        return read_log(**selection)

    monkeypatch.setattr(log, "read", counted)
    answer = read(door, f"?after={last_open}&timeout=200", role=Role.DOWNSTREAM, form=LINES)
    assert answer.data == b""
    assert n_looks == 2
    assert f"after={last_open}&" in answer.headers["Link"]


def test_a_stream_that_ends_in_internal_records_is_quiet(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.edge.feed.STREAM_QUIET_S", 0.01)
    answer = read(door, role=Role.DOWNSTREAM, form=STREAM)
    parts = answer.iter_encoded()
    parts_read = [next(parts) for _ in range(N_EACH + 3)]
    answer.close()
    assert [part[:2] for part in parts_read] == [b": "] + [b"id"] * N_EACH + [b": "] * 2


def test_an_auditors_access_is_an_event_once_per_token_and_log(door: Door) -> None:
    def opened(service: str) -> list[dict[str, Any]]:
        events = [json.loads(record) for record in door.records(service)]
        return [event["data"] for event in events if event["type"].endswith("AuditAccessOpened.v1")]

    signed = {"Authorization": f"Bearer {door.token(Role.AUDITOR, 'an-auditor')}"}
    before = {service: len(opened(service)) for service in ("actors", "marketplace")}
    for _ in range(3):
        assert door.get(LOG, headers=signed).status_code == 200
    assert len(opened("actors")) == before["actors"] + 1
    assert len(opened("marketplace")) == before["marketplace"]
    door.get("/marketplace/log", headers=signed)
    assert len(opened("marketplace")) == before["marketplace"] + 1
    assert opened("marketplace")[-1] == opened("actors")[-1]
    door.get(LOG, Role.AUDITOR, "an-auditor")
    assert len(opened("actors")) == before["actors"] + 2


def test_the_auditor_reads_of_the_access_in_the_very_page_it_opened(door: Door) -> None:
    last = json.loads(read(door, role=Role.AUDITOR, form=LINES).data.splitlines()[-1])
    assert last["type"] == "kosilab.actors.AuditAccessOpened.v1"
    assert "auditor-1" not in json.dumps(last)
