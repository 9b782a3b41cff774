"""Does `make demo` play the three stories on a real city, and say by name what did not happen?"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import deploy.demo.__main__ as demo
from deploy.demo import city_process, exchange
from deploy.demo.city_process import CityUnavailable, running
from deploy.demo.story import DidNotHappen, Story
from deploy.demo.stranger import NotSo, Stranger
from shared.service import telemetry

ROOT = Path(__file__).parents[2]


def test_the_demo_plays_all_three_stories_on_a_real_city_and_shows_what_became_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.demo", "--city", "dortmund"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=240,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    ends = {
        line[0]: line[2]
        for line in lines
        if len(line) > 2 and line[0] in {"exchange", "volunteering", "work"}
    }
    assert ends == {
        "exchange": "AgreementFulfilled",
        "volunteering": "VolunteerHoursConfirmed",
        "work": "PlacementStarted,",
    }
    n = {line[0]: int(line[1]) for line in lines if len(line) > 2 and line[1].isdigit()}
    assert (n["agreements"], n["engagements"], n["placements"], n["needs"]) == (1, 1, 78, 1)
    assert "1 fulfilled" in done.stdout
    assert "Start rate" in done.stdout


# --- what is said when something does not happen --------------------------------------------------
@contextmanager
def answering(status: int, answer: Any) -> Iterator[str]:
    """The address of something that answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def story(address: str) -> Story:
    """A story in a city at this address."""
    return Story("exchange", Stranger(address, lambda who: f"token of {who.actor}"), "Hörde")


def test_the_first_step_that_does_not_happen_is_named_with_the_rule_that_refused_it() -> None:
    refused = {"status": 409, "rule": "organisation_is_new", "detail": "An organisation registers once."}
    with answering(409, refused) as address, pytest.raises(DidNotHappen) as failed:
        story(address).organisation("Radwerk", "company")
    assert failed.value.step == "Radwerk registers"
    assert "409 organisation_is_new An organisation registers once." in str(failed.value)


def test_an_answer_without_the_expected_event_is_a_step_that_did_not_happen() -> None:
    quiet = {"id": "a", "position": 1, "version": 1, "events": []}
    with answering(200, quiet) as address:
        report = story(address)
        with pytest.raises(DidNotHappen, match="it led to nothing, not to OfferPosted"):
            report.checked_offer(report.organisation("Radwerk", "company"), {})


def test_an_answer_of_another_form_is_a_step_that_did_not_happen() -> None:
    with answering(200, {"result": {}}) as address, pytest.raises(DidNotHappen, match="has no 'value'"):
        exchange.tell(story(address))


def test_who_does_not_answer_at_all_is_said_so() -> None:
    with pytest.raises(NotSo, match="URLError"):
        Stranger("http://127.0.0.1:9", lambda _: "").read("/actors/organisations", None)


@pytest.mark.apart
def test_a_city_that_does_not_come_up_is_said_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city_process, "ARGUMENTS", ("-c", "import sys; sys.exit('no room left')"))
    with pytest.raises(CityUnavailable, match="no room left"), running("dortmund", tmp_path):
        pass


@pytest.fixture
def quiet_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command leaves the logging of this process as it is."""
    monkeypatch.setattr(telemetry, "configure", lambda _: None)


@pytest.mark.usefixtures("quiet_logs")
@pytest.mark.parametrize(
    ("raised", "code"),
    [(DidNotHappen("work", "a placement is proposed", "nobody knows why"), 1), (CityUnavailable("dark"), 1)],
)
def test_the_command_ends_with_a_code_that_is_not_zero_and_one_sentence(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, code: int
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(demo, "play", fail)
    ended = CliRunner().invoke(demo.main, ["--city", "dortmund"])
    assert (ended.exit_code, ended.output) == (code, f"The demo did not succeed. {raised}\n")


@pytest.mark.usefixtures("quiet_logs")
def test_a_city_that_is_not_known_is_used_wrongly() -> None:
    ended = CliRunner().invoke(demo.main, ["--city", "atlantis"])
    assert ended.exit_code == 2
    assert "There is no city file atlantis.toml" in ended.output
