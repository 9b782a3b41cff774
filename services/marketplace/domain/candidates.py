"""Which ten of many thousand postings fit best? An index that gives exactly what scoring all of them would give.

Postings lie by kind and corner, there by district in the order in which they wait, and by word. District and words in
common say how many points a pair can have at most; what can't reach the best ten is never scored.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from services.marketplace.domain.scoring import Pairing, Points, Posting

Waiting = tuple[str, str]  # since when, and the id: the order in which ties are decided (rule P08)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A posting that fits, with its points."""

    posting: Posting
    points: Points


@dataclass(slots=True)
class Word:
    """The postings that have a word: all, and by how many words they have and where they are."""

    all: set[str] = field(default_factory=set)
    alike: dict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class Corner:
    """The postings of one kind and corner: those of each district in order, and those with each word."""

    districts: dict[str, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, Word] = field(default_factory=lambda: defaultdict(Word))


class Best:
    """The best so far, at most so many, by points, then by who waits longest, then by id."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: list[tuple[int, str, str, Candidate]] = []

    def offer(self, posting: Posting, points: Points) -> None:
        """Take a candidate in, and drop the one that is no longer among the best."""
        insort(self._entries, (-points.total, posting.since, posting.id, Candidate(posting, points)))
        del self._entries[self._most :]

    def beats(self, most_points: int, since: str = "", posting_id: str = "") -> bool:
        """Whether the list is full and its last entry comes before anybody with these points who waits since then."""
        if len(self._entries) < self._most:
            return False
        return self._most == 0 or self._entries[-1][:3] < (-most_points, since, posting_id)

    def candidates(self) -> list[Candidate]:
        """The candidates, the best first."""
        return [entry[3] for entry in self._entries]


class Candidates:
    """The open postings of one side (offers or needs)."""

    def __init__(self) -> None:
        self._postings: dict[str, Posting] = {}
        self._corners: dict[tuple[str, str], Corner] = defaultdict(Corner)

    def __len__(self) -> int:
        return len(self._postings)

    def __iter__(self) -> Iterator[Posting]:
        return iter(self._postings.values())

    def put(self, posting: Posting) -> None:
        """Add a posting, or replace the one with its id."""
        self.remove(posting.id)
        self._postings[posting.id] = posting
        corner = self._corners[posting.kind, posting.corner]
        insort(corner.districts[posting.district], (posting.since, posting.id))
        for name in posting.stems:
            corner.words[name].all.add(posting.id)
            corner.words[name].alike[len(posting.stems), posting.district].add(posting.id)

    def remove(self, posting_id: str) -> None:
        """Take a posting out; there need not be one."""
        posting = self._postings.pop(posting_id, None)
        if posting is None:
            return
        corner = self._corners[posting.kind, posting.corner]
        waiting = corner.districts[posting.district]
        del waiting[bisect_left(waiting, (posting.since, posting.id))]
        for name in posting.stems:
            corner.words[name].all.remove(posting_id)
            corner.words[name].alike[len(posting.stems), posting.district].remove(posting_id)

    def best(self, pairing: Pairing, allowed: Callable[[Posting], bool], most: int) -> list[Candidate]:
        """The best candidates: by points, ties to who waits longest (rule P08), then by id."""
        asked, best = pairing.asked, Best(most)
        corner = self._corners.get((asked.kind, asked.corner))
        if corner is None:
            return []
        words = [corner.words[name] for name in asked.stems if name in corner.words]
        for bound, posting_ids in self._with_words(words, pairing):
            if best.beats(bound):
                break
            self._score(posting_ids, pairing, allowed, best)
        self._score_without_words(corner, words, pairing, allowed, best)
        return best.candidates()

    def _with_words(self, words: Sequence[Word], pairing: Pairing) -> list[tuple[int, Collection[str]]]:
        """Those that share words, in groups that can have so many points at most, the most first."""
        any_word: set[str] = set()
        several: set[str] = set()
        for word in words:
            several |= any_word & word.all
            any_word |= word.all
        own, bounded = pairing.asked.district, []
        for posting_id in several:
            posting, n = self._postings[posting_id], sum(posting_id in word.all for word in words)
            bound = pairing.most_points(len(posting.stems), n, is_near=posting.district == own)
            bounded.append((bound, {posting_id}))
        for word in words:
            for (n_stems, district), posting_ids in word.alike.items():
                bound = pairing.most_points(n_stems, 1, is_near=district == own)
                bounded.append((bound, posting_ids - several))
        return sorted(bounded, key=lambda entry: -entry[0])

    def _score_without_words(
        self,
        corner: Corner,
        words: Sequence[Word],
        pairing: Pairing,
        allowed: Callable[[Posting], bool],
        best: Best,
    ) -> None:
        """Those that share no word, the own district first; who waits longest comes first, so that one may stop."""
        own = pairing.asked.district
        for district in sorted(corner.districts, key=lambda name: name != own):
            bound = pairing.most_points(0, 0, is_near=district == own)
            for since, posting_id in corner.districts[district]:
                if best.beats(bound, since, posting_id):
                    break
                if not any(posting_id in word.all for word in words):
                    self._score((posting_id,), pairing, allowed, best)

    def _score(
        self,
        posting_ids: Iterable[str],
        pairing: Pairing,
        allowed: Callable[[Posting], bool],
        best: Best,
    ) -> None:
        for posting in (self._postings[posting_id] for posting_id in posting_ids):
            points = pairing.points(posting) if allowed(posting) else None
            if points is not None:
                best.offer(posting, points)


def best_of_all(
    postings: Iterable[Posting], pairing: Pairing, allowed: Callable[[Posting], bool], most: int
) -> list[Candidate]:
    """The same answer by scoring every posting: what the index is held against."""
    scored = ((posting, pairing.points(posting)) for posting in postings if allowed(posting))
    candidates = [Candidate(posting, points) for posting, points in scored if points is not None]
    candidates.sort(key=lambda each: (-each.points.total, each.posting.since, each.posting.id))
    return candidates[:most]
