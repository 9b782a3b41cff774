"""Can everybody use the pages: on a telephone, with the keyboard alone, without JavaScript, in the dark?"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.seen import CONTRASTS, HAS_ITS_FONT, LEVELS, NAMELESS, OVERHANG, SMALL, Seen

pytestmark = pytest.mark.needs_browser

RATE = "/reporting/indicators/redemption_rate"
PAGES = (
    "/",
    "/?lang=en",
    "/reporting",
    "/reporting/releases",
    f"{RATE}?lang=en",
    f"{RATE}?by=month",
    "/docs/events",
)

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_for_everybody(window: Seen, path: str) -> None:
    window.open(path)
    assert window.complaints == []
    assert window.foreign == []
    assert window.ask(HAS_ITS_FONT)
    assert window.ask("() => getComputedStyle(document.body).fontSize") == "18px", "the style sheet is there"
    assert window.ask(OVERHANG) <= 0, "the page is never wider than the window"
    levels = window.ask(LEVELS)
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert window.ask(NAMELESS) == []
    assert window.ask(SMALL) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_text_stands_out_from_its_background_by_day_and_by_night(desk: Seen, path: str) -> None:
    desk.open(path)
    backgrounds = set()
    for scheme in SCHEMES:
        desk.page.emulate_media(color_scheme=scheme)
        contrasts = desk.ask(CONTRASTS)
        assert len(contrasts) > 20
        assert [contrast for contrast in contrasts if contrast["ratio"] < contrast["least"]] == []
        backgrounds.add(desk.ask("() => getComputedStyle(document.body).backgroundColor"))
    assert len(backgrounds) == 2


@pytest.mark.parametrize("path", ["/", "/reporting", RATE])
def test_the_keyboard_reaches_every_link_in_order_and_one_sees_where_one_is(window: Seen, path: str) -> None:
    window.open(path)
    first = window.tab()
    assert first["href"] == "#content", "the first is the way past the menu"
    wanted = window.ask("() => [...document.querySelectorAll('a[href], [tabindex=\"0\"]')].length")
    reached = [first, *(window.tab() for _ in range(wanted - 1))]
    assert [stop["name"] for stop in reached if not stop["outlined"] or not stop["onScreen"]] == []
    hrefs = window.ask("() => [...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href'))")
    assert [stop["href"] for stop in reached if stop["href"]] == hrefs


def test_the_skip_link_leads_past_the_menu(desk: Seen) -> None:
    desk.open("/reporting")
    desk.tab()
    desk.page.keyboard.press("Enter")
    assert desk.ask("() => document.activeElement.id") == "content"
    assert desk.tab()["href"] == "/reporting/releases", "the first link of the content"


def test_somebody_finds_a_figure_from_the_start_page_by_keyboard(desk: Seen) -> None:
    desk.open("/")
    while desk.tab()["href"] != RATE:
        pass
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(f"**{RATE}")
    assert desk.page.inner_text("h1").endswith("Einlösungsquote")
    assert desk.page.inner_text(".figure") == "75,0\u00a0%"
    table = desk.page.inner_text("table.by-year")
    assert "2018\t100,0\u00a0%\t2\t2" in table
    assert "in den öffentlichen Ereignissen nachzählen können" in desk.page.inner_text("main")


def test_the_board_and_the_key_figures_stand_on_the_start_page(desk: Seen) -> None:
    desk.open("/?lang=en")
    shown = desk.page.inner_text("main")
    assert "Werkstatt für einen Tag" in shown
    assert "Repair-Café Ölberg (made up)" in shown
    assert (
        "Redemption rate\n75.0%\n36 of 48\n2 outcomes are missing; with them the figure would be 72.0% to 76.0%."
        in shown.replace("\n\n", "\n")
    )


def test_the_language_is_changed_with_one_link_and_stays(desk: Seen) -> None:
    desk.open("/reporting")
    assert desk.page.get_attribute("html", "lang") == "de"
    desk.page.click("text=English")
    assert desk.page.inner_text("h1") == "Evaluation"
    desk.page.click("header >> text=Start")
    assert desk.page.get_attribute("html", "lang") == "en"
    assert desk.complaints == []


@pytest.fixture
def plain(browser: Browser, city_url: str) -> Iterator[Seen]:
    """A window in which JavaScript is off, half as wide as a telephone: 320 CSS pixels, as at 400 % (1.4.10)."""
    context = browser.new_context(
        base_url=city_url, viewport={"width": 320, "height": 640}, java_script_enabled=False
    )
    yield Seen(context.new_page())
    context.close()


def test_figures_are_there_without_javascript_and_at_four_hundred_percent(plain: Seen) -> None:
    plain.open("/reporting?lang=en")
    row = plain.page.locator("table.summary tr", has_text="Redemption rate").inner_text()
    assert "75.0%" in row
    assert "36 of 48" in row
    width = plain.page.locator("body").bounding_box()
    assert width is not None
    assert width["width"] <= 320


def test_a_wide_table_scrolls_by_itself_and_the_keyboard_can_move_it(window: Seen) -> None:
    window.open("/reporting?lang=en")
    regions = window.page.locator("[role=region][tabindex='0']")
    assert regions.count() >= 15
    for number in range(regions.count()):
        box = regions.nth(number).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= window.ask("() => innerWidth")
