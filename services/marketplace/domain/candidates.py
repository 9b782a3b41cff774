"""Which ten of many thousand postings fit best? An index that gives exactly what scoring all of them would give.

Postings lie by kind, corner and district. Those that share a word with the one that is asked for are always scored;
the rest of a district can have no points for skills, and is looked at only while it could still reach the best ten.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from services.marketplace.domain.scoring import (
    CAPACITY,
    CORNER,
    DISTRICT,
    HUNDRED,
    TIME,
    Points,
    Posting,
    points,
)

MOST_PROPOSALS = 10  # a posting is answered with at most ten proposals (architecture 7)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A posting that fits, with its points."""

    posting: Posting
    points: Points


class Candidates:
    """The open postings of one side (offers or needs)."""

    def __init__(self) -> None:
        self._postings: dict[str, Posting] = {}
        self._districts: dict[tuple[str, str], dict[str, dict[str, Posting]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        self._words: dict[tuple[str, str, str], dict[str, Posting]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._postings)

    def put(self, posting: Posting) -> None:
        """Add a posting, or replace the one with its id."""
        self.remove(posting.id)
        self._postings[posting.id] = posting
        self._districts[posting.kind, posting.corner][posting.district][posting.id] = posting
        for word in posting.stems:
            self._words[posting.kind, posting.corner, word][posting.id] = posting

    def remove(self, posting_id: str) -> None:
        """Take a posting out; there need not be one."""
        posting = self._postings.pop(posting_id, None)
        if posting is None:
            return
        del self._districts[posting.kind, posting.corner][posting.district][posting_id]
        for word in posting.stems:
            del self._words[posting.kind, posting.corner, word][posting_id]

    def best(
        self, asked: Posting, fit: Callable[[Posting], Points | None], most: int = MOST_PROPOSALS
    ) -> list[Candidate]:
        """The best candidates by points, ties to who waited longest (rule P08), then by id.

        `fit` gives the points of the pair; it must not give more for skills than shared words allow.
        """
        found: list[tuple[int, str, str, Candidate]] = []
        seen: set[str] = set()
        for bound, postings in self._in_order(asked):
            if len(found) >= most and heapq.nsmallest(most, (entry[0] for entry in found))[-1] < -bound:
                break
            for posting in postings:
                if posting.id not in seen:
                    seen.add(posting.id)
                    fits = fit(posting)
                    if fits is not None:
                        found.append((-fits.total, posting.since, posting.id, Candidate(posting, fits)))
        return [entry[3] for entry in heapq.nsmallest(most, found, key=lambda entry: entry[:3])]

    def _in_order(self, asked: Posting) -> Iterator[tuple[int, Iterable[Posting]]]:
        """Groups of postings, each with the most points that one of it or of a later group can have."""
        sharing: dict[str, Posting] = {}
        for word in asked.stems:
            sharing |= self._words.get((asked.kind, asked.corner, word), {})
        yield HUNDRED, sharing.values()
        districts = self._districts.get((asked.kind, asked.corner), {})
        yield CORNER + DISTRICT + TIME + CAPACITY, districts.get(asked.district, {}).values()
        for district, postings in districts.items():
            if district != asked.district:
                yield CORNER + TIME + CAPACITY, postings.values()


def best_of_all(
    postings: Iterable[Posting], fit: Callable[[Posting], Points | None], most: int = MOST_PROPOSALS
) -> list[Candidate]:
    """The same answer by scoring every posting: what the index is held against."""
    fitting = ((posting, fit(posting)) for posting in postings)
    found = [Candidate(posting, fits) for posting, fits in fitting if fits is not None]
    found.sort(key=lambda one: (-one.points.total, one.posting.since, one.posting.id))
    return found[:most]


def for_offer(offer: Posting) -> Callable[[Posting], Points | None]:
    """How a need fits an offer."""
    return lambda need: points(offer, need)


def for_need(need: Posting) -> Callable[[Posting], Points | None]:
    """How an offer fits a need."""
    return lambda offer: points(offer, need)
