"""Do the documents point to what is there?"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *ROOT.glob("s*/*/README.md"),
]
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def dead_links(document: Path) -> list[str]:
    """The links of a document that lead nowhere on this disk."""
    links = LINK.findall(document.read_text(encoding="utf-8"))
    return [link for link in links if "://" not in link and not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert dead_links(document) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("[there](page.md) and [gone](missing.py) and [elsewhere](https://example.org)")
    assert dead_links(document) == ["missing.py"]


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= targets


def misnumbered(decisions: list[Path]) -> list[str]:
    """The names of decisions whose number another one has, or whose heading says a different one."""
    numbers = [path.name[:4] for path in decisions]
    return [
        path.name
        for path in decisions
        if numbers.count(path.name[:4]) > 1
        or not path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:4])}. ")
    ]


def test_each_decision_has_a_number_of_its_own_and_says_it() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert decisions
    assert misnumbered(decisions) == []


def test_two_decisions_of_one_number_and_a_wrong_heading_are_found(tmp_path: Path) -> None:
    for name, heading in (("0001-a", 1), ("0001-b", 1), ("0002-c", 3), ("0003-d", 3)):
        (tmp_path / f"{name}.md").write_text(f"# {heading}. A decision\n", encoding="utf-8")
    assert misnumbered(sorted(tmp_path.iterdir())) == ["0001-a.md", "0001-b.md", "0002-c.md"]
