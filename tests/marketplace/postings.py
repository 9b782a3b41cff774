"""Postings for hypothesis: of few kinds, corners, districts and words, so that many of them fit and tie."""

from datetime import date

from hypothesis import strategies as st

from services.marketplace.domain.scoring import OPEN_BEGIN, OPEN_END, Posting

BEGINS = st.sampled_from([OPEN_BEGIN, date(2026, 3, 1), date(2026, 3, 20), date(2026, 6, 1)])
ENDS = st.sampled_from([OPEN_END, date(2026, 3, 31), date(2026, 7, 1)])
IDS = st.integers(0, 60).map(lambda number: f"p{number:02d}")
POSTINGS = st.builds(
    Posting,
    id=IDS,
    party=st.sampled_from(["a", "b", "c"]),
    kind=st.just("exchange"),
    corner=st.sampled_from(["goods", "goods", "know_how"]),
    district=st.sampled_from(["Barmen", "Elberfeld", "Ronsdorf"]),
    since=st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"]),
    begins=BEGINS,
    ends=ENDS,
    capacity=st.integers(1, 4),
    stems=st.frozensets(st.sampled_from(["rad", "gart", "buch", "licht"]), max_size=4),
    level=st.sampled_from([None, None, 1, 2]),
)


def anybody(_: Posting) -> bool:
    """Nobody is left out."""
    return True
