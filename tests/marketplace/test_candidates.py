"""Does the index give exactly what scoring every posting would give?"""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.marketplace.domain.candidates import Candidates, best_of_all
from services.marketplace.domain.scoring import Pairing, Posting
from tests.marketplace.postings import IDS, POSTINGS, anybody

TEN = 10


def index_of(postings: list[Posting]) -> Candidates:
    """All of them, in this order; a later one replaces the one with its id."""
    candidates = Candidates()
    for posting in postings:
        candidates.put(posting)
    return candidates


@given(
    st.lists(POSTINGS, max_size=60),
    st.lists(IDS, max_size=20),
    POSTINGS,
    st.booleans(),
    st.integers(0, 12),
    st.sets(IDS, max_size=10),
)
def test_the_index_gives_what_scoring_all_gives(
    put: list[Posting],
    removed: list[str],
    asked: Posting,
    asked_is_offer: bool,
    most: int,
    shut_out: set[str],
) -> None:
    candidates = index_of(put)
    open_now = {posting.id: posting for posting in put}
    for posting_id in removed:
        candidates.remove(posting_id)
        open_now.pop(posting_id, None)
    pairing = Pairing(asked, asked_is_offer)

    def allowed(posting: Posting) -> bool:
        return posting.id not in shut_out

    assert {posting.id for posting in candidates} == set(open_now)
    assert len(candidates) == len(open_now)
    expected = best_of_all(open_now.values(), pairing, allowed, most)
    assert candidates.best(pairing, allowed, most) == expected


@given(st.lists(POSTINGS, max_size=40), POSTINGS, st.randoms(use_true_random=False))
def test_the_order_in_which_postings_came_does_not_matter(
    put: list[Posting], asked: Posting, chance: object
) -> None:
    last = list({posting.id: posting for posting in put}.values())
    mixed = list(last)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    pairing = Pairing(asked, asked_is_offer=True)
    assert index_of(last).best(pairing, anybody, TEN) == index_of(mixed).best(pairing, anybody, TEN)


def test_ties_go_to_who_waited_longest_and_then_to_the_smaller_id() -> None:
    asked = Posting(id="of1", party="host", kind="work", corner="513", district="", since="2026-02-01")
    waits = replace(asked, id="s3", party="p3", since="2025-11-01")
    later = replace(asked, id="s1", party="p1", since="2025-12-01")
    also_later = replace(later, id="s2", party="p2")
    candidates = index_of([also_later, later, waits])
    best = candidates.best(Pairing(asked, asked_is_offer=True), anybody, TEN)
    assert [candidate.posting.id for candidate in best] == ["s3", "s1", "s2"]
    two = candidates.best(Pairing(asked, asked_is_offer=True), anybody, 2)
    assert [candidate.posting.id for candidate in two] == ["s3", "s1"]


def test_what_is_not_there_may_be_removed() -> None:
    candidates = Candidates()
    candidates.remove("nobody")
    assert len(candidates) == 0


def test_where_nobody_stands_nothing_is_found() -> None:
    asked = Posting(id="of1", party="host", kind="work", corner="513", district="", since="2026-02-01")
    assert Candidates().best(Pairing(asked, asked_is_offer=True), anybody, TEN) == []
