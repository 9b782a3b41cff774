"""What is written to the log, and what is not?"""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.service import telemetry


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def test_a_line_is_json_with_what_was_bound(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("INFO")
    telemetry.logger("test").info("relay_waits", pause_s=0.5)
    telemetry.logger("test").debug("not_shown")
    (line,) = capsys.readouterr().err.splitlines()
    written = json.loads(line)
    assert (written["event"], written["pause_s"], written["level"]) == ("relay_waits", 0.5, "info")
    assert written["timestamp"].endswith("Z")


def test_libraries_are_heard_from_a_warning_on_whatever_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("DEBUG")
    telemetry.configure("DEBUG")  # again: each line once all the same
    logging.getLogger("kombu").info("amqp://user:secret@host")
    logging.getLogger("kombu").warning("a word")
    logging.getLogger("pika.adapters").error("a page")
    (line,) = capsys.readouterr().err.splitlines()
    assert (json.loads(line)["event"], json.loads(line)["logger"]) == ("a word", "kombu")


def test_only_known_levels_are_taken_and_debugging_is_known() -> None:
    telemetry.configure("debug")
    debugging = [telemetry.is_debugging()]
    telemetry.configure("WARNING")
    debugging.append(telemetry.is_debugging())
    assert debugging == [True, False]
    with pytest.raises(ValueError, match="LOUD is no log level"):
        telemetry.configure("LOUD")
