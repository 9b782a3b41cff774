"""Which city does the demo talk to? A process of its own on a free port, with imported sample files."""

import os
import re
import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.city import City
from deploy.instance import Instance
from deploy.intake.apply import import_samples
from shared.bus.memory import MemoryBus
from shared.service import clock
from shared.service.settings import Settings, environment_without_settings, load
from shared.tabular.report import Report

START_WITHIN_S = 60.0
STOP_WITHIN_S = 20.0
READ_AT_ONCE = 4096
LAST_LINES = 5
ARGUMENTS = ("-m", "deploy.cli", "up")
_ADDRESS = re.compile(rb"http://127\.0\.0\.1:\d+")


class CityUnavailable(Exception):  # noqa: N818 - says what is the case
    """The city's process does not answer; the sentence quotes its last lines."""


def settings_of(city: str, folder: Path) -> Settings:
    """Settings of an instance in this folder, whatever the environment says.

    Raises: BadSetting.
    """
    return load({"KOSILAB_CITY": city, "KOSILAB_DATA_DIR": str(folder)}, {})


def filled(city: City, settings: Settings) -> list[Report]:
    """Import the city's sample files into the folder of these settings; no instance runs there yet.

    Raises: FileRefused, LogUnavailable.
    """
    instance = Instance(city, settings, bus=MemoryBus())
    try:
        return import_samples(instance)
    finally:
        instance.close()


@contextmanager
def running(city: str, folder: Path) -> Iterator[str]:
    """The address of the city, which runs on this folder until the context ends.

    Raises: CityUnavailable.
    """
    error_log = folder / "said.log"
    command = [sys.executable, *ARGUMENTS, "--city", city, "--data", str(folder), "--port", "0"]
    with error_log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=Path(__file__).parents[2],
            env=environment_without_settings(),
        )
    try:
        yield _address(process, error_log)
    finally:
        _stop(process)


def _address(process: "subprocess.Popen[bytes]", error_log: Path) -> str:
    """The address that the process prints once it answers."""
    until, printed = clock.monotonic() + START_WITHIN_S, b""
    out = process.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(out or 0, selectors.EVENT_READ)
        while clock.monotonic() < until:
            if not selector.select(timeout=1.0):
                continue
            arrived = os.read(out.fileno() if out else 0, READ_AT_ONCE)
            if not arrived:
                break
            printed += arrived
            if address := _ADDRESS.search(printed):
                return address[0].decode()
    last = "; ".join(error_log.read_text(errors="replace").splitlines()[-LAST_LINES:])
    raise CityUnavailable(f"The city's process did not start; it printed: {last or 'nothing'}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if process.stdout:
            process.stdout.close()
