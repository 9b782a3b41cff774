"""What does a browser make of a page: its complaints, its headings and names, its colours, its width?"""

from typing import Any

from playwright.sync_api import Page, Request

# Walks every piece of text that is shown and compares its colour with what lies behind it (WCAG 2.2, 1.4.3).
CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (!walker.currentNode.data.trim() || style.visibility === 'hidden' || box.width < 2) continue;
    const [a, b] = [luminance(rgba(style.color)), luminance(behind(element))];
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    found.push({
      text: walker.currentNode.data.trim().slice(0, 40),
      ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
      least: large ? 3 : 4.5,
    });
  }
  return found;
}"""

# What stands without a name for those who do not see it (4.1.2), and which targets are smaller than 24 pixels (2.5.8)
# although they do not stand within a sentence.
NAMELESS = """() => [...document.querySelectorAll('a, button, nav, section[aria-labelledby], [role=region], table')]
  .filter(one => {
    const by = one.getAttribute('aria-labelledby');
    const named = one.getAttribute('aria-label') || (by && document.getElementById(by)?.innerText)
      || (one.tagName === 'TABLE' ? one.caption?.innerText : ['A', 'BUTTON'].includes(one.tagName) && one.textContent);
    return !named?.trim();
  }).map(one => one.outerHTML.slice(0, 80))"""
SMALL = """() => [...document.querySelectorAll('a')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.height < 24 && !one.closest('p, td, th, dd, .skip');
  }).map(one => `${one.textContent.trim()} ${one.getBoundingClientRect().height}`)"""
HAS_ITS_FONT = (
    "async () => { await document.fonts.ready; return document.fonts.check('18px \"Fira Sans\"'); }"
)
OVERHANG = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LEVELS = "() => [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => Number(one.tagName[1]))"
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {
    name: (one.getAttribute('aria-labelledby') || one.textContent).trim().slice(0, 60),
    href: one.getAttribute('href'),
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    onScreen: box.width > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


class Seen:
    """A window, and what was said of the pages that it showed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.on("request", self._note)

    def open(self, path: str) -> None:
        """Show a page; its style sheets and fonts too."""
        answer = self.page.goto(path, wait_until="load")
        assert answer is not None
        assert answer.ok, answer.status

    def ask(self, question: str) -> Any:
        """What the page answers to a question in JavaScript, which is the test's and not the page's."""
        return self.page.evaluate(question)

    def tab(self) -> dict[str, Any]:
        """Go on with the Tab key: what has the focus now."""
        self.page.keyboard.press("Tab")
        focus: dict[str, Any] = self.ask(FOCUS)
        return focus

    def _note(self, request: Request) -> None:
        if not request.url.startswith("http://127.0.0.1:"):
            self.foreign.append(request.url)
