"""Does a person find everything that the city keeps about them, from every service, on the page and in the download?"""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import volunteering, work
from deploy.demo.story import COORDINATOR, COUNSELLOR, Story
from deploy.demo.stranger import Document, Stranger
from services.actors.pages.person import TEMPLATES
from shared.edge.own_data import HolderElsewhere
from shared.edge.problems import Problem
from shared.events.codec import decode
from shared.events.registry import all_types
from shared.kernel.identity import noun_id_of
from shared.service import clock
from shared.service.tables import Caller, Role
from tests.edge.door import Door

HTML = {"Accept": "text/html"}


class Visitor(Stranger):
    """Who comes through this test's door; after each command everything that follows has happened."""

    def __init__(self, door: Door) -> None:
        super().__init__("", lambda caller: door.token(caller.role, caller.actor))
        self._door = door

    def _ask(
        self, method: str, where: str, by: Caller | None, body: Document | None = None
    ) -> tuple[int, Document]:
        role, actor = (by.role, by.actor) if by else (None, None)
        options = {} if body is None else {"json": body}
        answer = self._door.ask(method, where, role=role, actor=actor, **options)
        self._door.instance.settle()
        if sum(unit.ticker.step(clock.now()) for unit in self._door.units.values()):
            self._door.instance.settle()
        return answer.status_code, answer.get_json()


class Whole(Story):
    """A story that remembers its person, who also gives and withdraws a consent and corrects their data."""

    themself: Caller

    def person(self, context: str) -> Caller:
        """A person, of whom as much happens as can."""
        self.themself = super().person(context)
        path = f"/actors/persons/{self.themself.actor}"
        self.city.send(f"{path}/amend-person", self.themself, contact="erika@example.net")
        self.city.send(f"{path}/give-consent", self.themself, purpose="contact")
        self.city.send(f"{path}/give-consent", self.themself, purpose="counselling")
        self.city.send(f"{path}/withdraw-consent", self.themself, purpose="counselling")
        if context == "volunteering":
            asked = self.city.send("/marketplace/counsellings", self.themself)
            held = f"/marketplace/counsellings/{asked['id']}/hold-counselling"
            self.city.send(held, COORDINATOR, held_on=f"{clock.now():%Y-%m-%d}")
        self._changes_their_mind(context)
        return self.themself

    def _changes_their_mind(self, context: str) -> None:
        """A search that is changed and closed."""
        kind: dict[str, Any] = {"kind": "volunteering", "category": "event_support"}
        if context == "employment":
            kind = {"kind": "work", "kldb3": "999", "level": 1}
        terms = {**kind, "hours": "under_5", "distance": "city", "from_month": f"{clock.now():%Y-%m}"}
        search = self.city.send("/marketplace/searches", self.themself, terms=terms)["id"]
        path = f"/marketplace/searches/{search}"
        self.city.send(f"{path}/amend-search", self.themself, terms=terms | {"distance": "near"})
        self.city.send(f"{path}/close-search", self.themself)


@pytest.fixture(scope="module", params=["volunteering", "employment"])
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Door, str]]:
    """A city, and the id of a person with whom everything was done."""
    door = Door(tmp_path_factory.mktemp("city"))
    story = Whole(request.param, Visitor(door), door.instance.city.districts[0])
    (volunteering if request.param == "volunteering" else work).tell(story)
    staff = COORDINATOR if request.param == "volunteering" else COUNSELLOR
    looked = f"/actors/persons/{story.themself.actor}/personal-data?purpose=contact"
    assert door.get(looked, staff.role, staff.actor).status_code == 200
    yield door, story.themself.actor
    door.instance.close()


def ids_of_theirs(door: Door, person: str) -> set[str]:
    """The ids of all nouns that are about the person, as the lists show them to the person and to staff."""
    ids = {person}
    for noun in ("counsellings", "searches", "matches", "engagements"):
        items = door.get(f"/marketplace/{noun}", Role.PERSON, person).get_json()["items"]
        ids |= {item["id"] for item in items}
    placements = door.get("/employment/placements", Role.COUNSELLOR).get_json()["items"]
    return ids | {item["id"] for item in placements if item["search_id"] in ids}


def kept_events(door: Door, person: str) -> set[tuple[str, str, str]]:
    """Every event in any log that names one of these ids: type, noun and moment."""
    ids = {f'"{one_id}"'.encode() for one_id in ids_of_theirs(door, person)}
    streams = {one_id.strip(b'"') for one_id in ids}
    kept = set()
    for record in door.records("actors", "marketplace", "employment"):
        event = decode(record)
        in_stream = noun_id_of(event.stream).encode() in streams
        data = record.partition(b'"data":')[2].partition(b',"dataschema"')[0]
        if in_stream or any(one_id in data for one_id in ids):
            kept.add((type(event.data).__name__, noun_id_of(event.stream), event.time.isoformat()))
    return kept


def shown_in(data: Any, person: str) -> set[tuple[str, str, str]]:
    """What the person's data say that happened."""
    own = {(event["type"], person, event["time"]) for event in data["events"]}
    others = {
        (event["type"], event["noun_id"], event["time"])
        for events in data["elsewhere"].values()
        for event in events
    }
    return own | others


def test_everything_stands_in_the_download_and_nothing_of_others(lived: tuple[Door, str]) -> None:
    door, person = lived
    kept = kept_events(door, person)
    assert len(kept) > 15
    form = {"token": door.token(Role.PERSON, person), "action": "download"}
    downloaded = json.loads(door.ask("POST", "/actors/own-data", data=form, headers=HTML).data)
    # The three later looks at the data are the answers of this test itself.
    looks = {event for event in shown_in(downloaded, person) if event[0] == "PersonDisclosed"}
    assert shown_in(downloaded, person) - looks == {event for event in kept if event[0] != "PersonDisclosed"}
    assert (
        door.get("/actors/own-data", Role.PERSON, person).get_json()["elsewhere"] == downloaded["elsewhere"]
    )


def test_everything_stands_on_the_page_in_both_languages(lived: tuple[Door, str]) -> None:
    door, person = lived
    n_kept = len(kept_events(door, person))
    for language in ("de", "en"):
        path = f"/actors/own-data?{urllib.parse.urlencode({'lang': language})}"
        token = door.token(Role.PERSON, person)
        shown = door.ask("POST", path, data={"token": token}, headers=HTML)
        assert shown.status_code == 200, shown.text
        assert shown.text.count("<tr><td>") >= n_kept
        assert "<td></td><td><code>" not in shown.text, "an event without words"


def test_each_service_answers_to_the_person_alone(lived: tuple[Door, str]) -> None:
    door, person = lived
    for service in ("marketplace", "employment"):
        path = f"/{service}/own-data"
        for role in set(Role) - {Role.PERSON}:
            assert door.get(path, role, person).status_code == 403
        assert door.get(path).status_code == 401
        assert door.get(path, Role.PERSON, "somebody-else").get_json() == {"events": []}


def test_every_event_about_a_person_has_words() -> None:
    template = (Path(TEMPLATES) / "own_data.html").read_text(encoding="utf-8")
    about = {
        registered.cls.__name__
        for name, registered in all_types()
        if registered.clear is not None and name.split(".")[1] in {"actors", "marketplace", "employment"}
    }
    of_no_person = {"SlotsErased", "ReactionRefused", "CheckpointIssued"}
    assert {name for name in about if f'"{name}":' not in template} <= of_no_person


def test_the_sentence_about_an_erasure_follows_from_what_became_of_it(lived: tuple[Door, str]) -> None:
    door, person = lived
    form = {"token": door.token(Role.PERSON, person), "action": "erase", "key": "k1"}
    english = {**HTML, "Accept-Language": "en"}
    unsure = door.ask("POST", "/actors/own-data", data=form, headers=english).text
    assert "Nothing was erased" in unsure
    assert "Your request is recorded" not in unsure
    sure = door.ask("POST", "/actors/own-data", data=form | {"sure": "yes"}, headers=english).text
    assert "the erasure begins" in sure
    door.instance.settle()
    after = door.ask("POST", "/actors/own-data", data={"token": form["token"]}, headers=english).text
    assert "Your data were erased" in after


@contextmanager
def another_process(status: int) -> Iterator[tuple[str, list[str]]]:
    """A service at an address of its own, and with what credentials it was asked."""
    asked_with: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_with.append(self.headers["Authorization"])
            body = json.dumps({"events": [], "path": self.path}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked_with
        server.shutdown()
        serving.join()


def test_a_service_in_another_process_is_asked_with_the_persons_own_token() -> None:
    with another_process(200) as (url, asked_with):
        assert HolderElsewhere("marketplace", url).events_for("their-token") == []
    assert asked_with == ["Bearer their-token"]


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_a_service_that_does_not_answer_is_not_left_out(status: int) -> None:
    with another_process(status) as (url, _), pytest.raises(Problem) as refused:
        HolderElsewhere("marketplace", url).events_for("their-token")
    assert refused.value.status == 503


def test_a_service_without_an_address_is_not_left_out() -> None:
    with pytest.raises(Problem) as refused:
        HolderElsewhere("marketplace", "").events_for("their-token")
    assert refused.value.status == 503
