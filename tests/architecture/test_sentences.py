"""Has every sentence that refuses something a German one, as careful as the English?"""

import re
from http import HTTPStatus
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from shared.edge.problems import LOCALES
from shared.edge.problems import sentences_in as catalogues
from shared.events.registry import SERVICES
from shared.events.schema import NOT_POSSIBLE
from shared.pages.language import words_of
from tests.architecture.sentences import ROOT, STATUSES, files, folder_of, nouns, rules, sentences_in

MARSHMALLOW = {"Unknown field.", "Field may not be null.", "Invalid input type.", "is required"}
"""What the library says of a field, and what we say where one is missing."""

FOLDERS = [LOCALES, *(ROOT / "services" / name / "locales" for name in SERVICES)]
BLANK = re.compile(r"{(\w+)")


def needed() -> dict[Path, set[str]]:
    """The sentences by the folder that must hold them."""
    by_folder: dict[Path, set[str]] = {folder: set() for folder in FOLDERS}
    for folder, sentence in (*rules(), *nouns()):
        by_folder[folder].add(sentence)
    for path in files():
        by_folder[folder_of(path)] |= {
            sentence.removeprefix(NOT_POSSIBLE) for _, sentence in sentences_in(path) if sentence
        }
    by_folder[LOCALES] |= {HTTPStatus(status).phrase for status in STATUSES} | MARSHMALLOW
    return by_folder


NEEDED = needed()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_sentence_has_a_german_one_and_no_other_has(folder: Path) -> None:
    at_the_edge = NEEDED[LOCALES] if folder != LOCALES else set()
    there = set(words_of(folder / "de.po"))
    assert sorted(NEEDED[folder] - at_the_edge - there) == [], (
        f"translate these in {folder.relative_to(ROOT)}/de.po"
    )
    assert sorted(there - NEEDED[folder]) == [], "nobody says these any more"


def test_no_sentence_is_put_together_where_nobody_could_translate_it() -> None:
    together = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in files()
        for line, text in sentences_in(path)
        if text is None
    ]
    assert together == [], "write Sentence(pattern, name=value)"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_a_german_sentence_keeps_what_is_filled_in_and_is_not_doubtful(folder: Path) -> None:
    with (folder / "de.po").open("rb") as file:
        assert [message.id for message in read_po(file) if message.id and message.fuzzy] == []
    for english, german in words_of(folder / "de.po").items():
        assert sorted(set(BLANK.findall(german))) == sorted(set(BLANK.findall(english))), english


def test_the_catalogues_of_all_services_do_not_contradict_each_other() -> None:
    merged = catalogues(FOLDERS)["de"]
    for folder in FOLDERS:
        for english, german in words_of(folder / "de.po").items():
            assert merged[english] == german, english


def test_a_rule_without_a_german_sentence_is_missed() -> None:
    rule = "Give the offer a title."
    assert rule in NEEDED[ROOT / "services" / "marketplace" / "locales"]
    assert rule in words_of(ROOT / "services" / "marketplace" / "locales" / "de.po")
