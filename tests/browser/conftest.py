"""What do the browser's tests share? A city with figures in a process of its own, and one Chromium."""

import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from shared.events.registry import SERVICES
from tests.browser.seen import Seen
from tests.edge.door import Door
from tests.reporting.city import history, recorded_in
from tests.reporting.publishing import publish
from tests.servers.children import Child
from tests.servers.ports import free_port
from tests.servers.waiting import until

PHONE, DESK = (390, 844), (1280, 900)


@pytest.fixture(scope="session")
def city_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a city that only answers; what it shows was written before."""
    folder = tmp_path_factory.mktemp("browsed")
    _fill(folder)
    port = free_port()
    arguments = ["-m", "deploy.cli", "serve", *SERVICES, "--roles", "edge"]
    where = ["--data", str(folder), "--port", str(port)]
    child = Child([sys.executable, *arguments, *where], folder)
    child.start()
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(url), "the city answers", within=60)
        yield url
    finally:
        child.kill()


def _fill(folder: Path) -> None:
    door = Door(folder)
    try:
        actor = door.verified_organisation("poster")
        for title in (
            "Werkstatt für einen Tag",
            "Kostenlose Erstberatung zu Vereinsrecht und Gemeinnützigkeit",
        ):
            door.posted_offer(actor, title=title)
        recorded_in(door, history())
        publish(door)
    finally:
        door.instance.close()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Chromium without a window, that speaks to nobody but the city."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def phone_window(browser: Browser, city_url: str) -> Iterator[BrowserContext]:
    """A window as small as a telephone's."""
    yield from _window(browser, city_url, PHONE)


@pytest.fixture(scope="session")
def desk_window(browser: Browser, city_url: str) -> Iterator[BrowserContext]:
    """A window on a desk."""
    yield from _window(browser, city_url, DESK)


@pytest.fixture(params=["phone", "desk"])
def window(request: pytest.FixtureRequest) -> Iterator[Seen]:
    """A page in each window in turn, that notes every complaint."""
    yield from _page(request.getfixturevalue(f"{request.param}_window"))


@pytest.fixture
def desk(desk_window: BrowserContext) -> Iterator[Seen]:
    """A page in the window on a desk."""
    yield from _page(desk_window)


def _window(browser: Browser, url: str, size: tuple[int, int]) -> Iterator[BrowserContext]:
    width, height = size
    context = browser.new_context(base_url=url, viewport={"width": width, "height": height}, locale="de-DE")
    yield context
    context.close()


def _page(window: BrowserContext) -> Iterator[Seen]:
    page = window.new_page()
    yield Seen(page)
    page.close()
