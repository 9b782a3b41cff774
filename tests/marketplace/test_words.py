"""Which words of a text count, and which are one?"""

import threading

import pytest

from services.marketplace.domain.words import spelled, stem, stems


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("Fahrrad", "Fahrräder"),
        ("Garten", "Gärten"),
        ("Altenpflegerin", "Altenpfleger"),
        ("Lehrerinnen", "Lehrer"),
        ("Buchhaltung", "Buchhalter"),
        ("Straße", "Strasse"),
        ("KOCHEN", "kochen"),
    ],
)
def test_words_of_one_stem_are_one(word: str, other: str) -> None:
    assert stem(word) == stem(other)


@pytest.mark.parametrize(("word", "other"), [("Wein", "Verein"), ("Garten", "Karten"), ("Berlin", "Berg")])
def test_other_words_stay_others(word: str, other: str) -> None:
    assert stem(word) != stem(other)


def test_words_without_content_do_not_count() -> None:
    assert stems("Wir suchen für die Werkstatt und den Garten eine Hilfe") == {"werkstatt", "gart"}
    assert stems("bei uns, für Sie; 100 x") == frozenset()


def test_short_words_count_when_they_are_written_in_capitals() -> None:
    assert stems("IT und PC") == {"it", "pc"}
    assert stems("an so es") == frozenset()


def test_each_stem_is_shown_as_it_was_written_first() -> None:
    assert spelled("Fahrräder reparieren", "Fahrrad") == {"fahrrad": "Fahrräder", "repari": "reparieren"}


def test_many_threads_stem_alike() -> None:
    words = [
        f"{begin}{end}" for begin in ("Garten", "Wagen", "Schul") for end in ("arbeit", "helfer", "kreis")
    ]
    alone = {word: stem.__wrapped__(word) for word in words}
    by_thread: list[dict[str, str]] = []

    def work() -> None:
        by_thread.append({word: stem.__wrapped__(word) for _ in range(5) for word in words})

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert by_thread == [alone] * 4
