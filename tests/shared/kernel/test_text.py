"""Is a text kept in one form, whatever looks alike, and is what shows nothing empty?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.text import Words, cut, in_lines, in_one_line, is_visible

ALIKE = [
    "Café Ölberg",
    "Cafe\u0301 O\u0308lberg",
    " Café\u00a0 Ölberg\t",
    "Ca\u00adfé\u200b Öl\u2060berg\ufeff",
    "Café\nÖlberg",
]


@pytest.mark.parametrize("text", ALIKE)
def test_texts_that_look_alike_are_alike(text: str) -> None:
    assert in_one_line(text) == "Café Ölberg"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("eins\r\nzwei\rdrei", "eins\nzwei\ndrei"),
        ("eins\u2028zwei\u2029drei\x85vier", "eins\nzwei\ndrei\nvier"),
        ("\n\n  eins  \n\n\tzwei \x00\n", "eins\n\nzwei"),
        ("\u202eabc\u202c", "abc"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_a_text_in_lines_keeps_its_lines_and_nothing_that_nobody_sees(text: str, kept: str) -> None:
    assert in_lines(text) == kept


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\u200b", "\u3164", "\u2800", "\u00ad\u2060", "\u115f", "\u0301", "\x07"]
)
def test_what_shows_nothing_is_no_name(text: str) -> None:
    assert not is_visible(in_one_line(text))
    assert not Words(200).holds(in_one_line(text))


@pytest.mark.parametrize("text", ["a", "1", "-", "é", "中", "👩", "\U0001fae8"])
def test_what_shows_anything_is_visible(text: str) -> None:
    assert is_visible(text)


@given(st.text())
def test_the_form_is_kept_and_always_the_same(text: str) -> None:
    for form, words in ((in_one_line, Words(10_000)), (in_lines, Words(10_000, has_lines=True))):
        kept = form(text)
        assert form(kept) == kept
        assert unicodedata.is_normalized("NFC", kept)
        assert kept == kept.strip()
        has_half = any("\ud800" <= each <= "\udfff" for each in kept)
        assert words.holds(kept) is (is_visible(kept) and not has_half)


def test_a_text_that_is_too_long_is_cut_where_one_sees_it() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("ab cd ef", 6) == "ab c …"
    assert len(cut("x" * 5_000, 2_000)) == 2_000
