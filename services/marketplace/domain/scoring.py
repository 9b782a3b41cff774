"""How well do an offer and a need fit, and why? Points of a hundred, each with a reason that a person can read.

They must be of one kind and one trading corner, and their times must meet; then district, skill words, time and
capacity decide. Source: ADR 17.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.events.marketplace.offer import MatchReason
from shared.events.vocabulary import HoursBand, ReasonPart
from shared.kernel.text import LONGEST_NAME, cut, in_one_line

CORNER, SKILLS, DISTRICT, TIME, CAPACITY = 40, 25, 15, 10, 10  # [points of 100]
HUNDRED = 100
_HUNDREDTHS = tuple(Decimal(number) / HUNDRED for number in range(HUNDRED + 1))
OPEN_BEGIN, OPEN_END = date.min, date.max
BANDS = ((5, HoursBand.UNDER_5), (15, HoursBand.FROM_5_TO_15), (30, HoursBand.FROM_15_TO_30))
KLDB_LEVEL_AT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What scoring knows of an offer or a need; `since` orders ties, `capacity` counts places or people.

    `corner` is the category, or three digits of the occupation for work. `hours` is a band and `level` the requirement
    level of work; None fits everything. `spelled` has a word as it was written for each of the `stems`.
    """

    id: str
    party: str
    kind: str
    corner: str
    district: str
    since: str
    begins: date = OPEN_BEGIN
    ends: date = OPEN_END
    capacity: int = 1
    stems: frozenset[str] = frozenset()
    hours: str | None = None
    level: int | None = None
    is_search: bool = False
    spelled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one pair, part by part."""

    district: int
    skills: int
    time: int
    capacity: int

    @property
    def total(self) -> int:
        """Points of a hundred."""
        return CORNER + self.district + self.skills + self.time + self.capacity


def points(offer: Posting, need: Posting) -> Points | None:
    """The points of a pair, or None when it can't be: another kind or corner, the same party, times that never meet."""
    is_own = not need.is_search and offer.party == need.party
    if offer.kind != need.kind or offer.corner != need.corner or is_own:
        return None
    if not (_fits(offer.hours, need.hours) and _fits(offer.level, need.level)):
        return None
    time = _time(offer, need)
    if time is None:
        return None
    return Points(
        district=DISTRICT if offer.district == need.district else 0,
        skills=skill_points(len(offer.stems & need.stems), len(need.stems)),
        time=time,
        capacity=min(CAPACITY, CAPACITY * offer.capacity // max(1, need.capacity)),
    )


@dataclass(frozen=True, slots=True)
class Pairing:
    """One posting, and how those of the other side fit it."""

    asked: Posting
    asked_is_offer: bool

    def points(self, other: Posting) -> Points | None:
        """The points of the pair, or None when it can't be."""
        return points(self.asked, other) if self.asked_is_offer else points(other, self.asked)

    def most_points(self, n_stems: int, n_shared: int, *, is_near: bool) -> int:
        """What a pair can have at most: the other has so many words, so many in common, and is of the district or not.

        Kind and corner are the same.
        """
        n_wanted = n_stems if self.asked_is_offer else len(self.asked.stems)
        district = DISTRICT if is_near else 0
        return CORNER + district + skill_points(n_shared, n_wanted) + TIME + CAPACITY


def score(total: int) -> Decimal:
    """The score in [0, 1], in hundredths."""
    return _HUNDREDTHS[total]


def reasons(offer: Posting, need: Posting, given: Points) -> tuple[MatchReason, ...]:
    """The reasons behind the points, the heaviest first."""
    shared = _shown(", ".join(sorted(need.spelled.get(stem, stem) for stem in offer.stems & need.stems)))
    parts: Sequence[tuple[ReasonPart, int, str]] = (
        (ReasonPart.CATEGORY, CORNER, f"both in the corner {offer.corner.replace('_', ' ')}"),
        (ReasonPart.SKILLS, given.skills, f"the same words: {shared}"),
        (ReasonPart.DISTRICT, given.district, f"both in {_shown(offer.district)}"),
        (ReasonPart.TIME, given.time, "the times meet"),
        (
            ReasonPart.CAPACITY,
            given.capacity,
            f"{offer.capacity} offered, {need.capacity} wanted",
        ),
    )
    return tuple(
        MatchReason(part=part, points=score(value), text=text) for part, value, text in parts if value > 0
    )


def _shown(words: str) -> str:
    """Words of a posting in a sentence: older ones are of any length, and not in the form in which texts are kept."""
    return cut(in_one_line(words), LONGEST_NAME)


def band(hours_per_week: str | None) -> HoursBand | None:
    """The band of weekly hours [h/week]; None where an offer states none."""
    if hours_per_week is None:
        return None
    hours = float(hours_per_week)
    return next((name for limit, name in BANDS if hours < limit), HoursBand.OVER_30)


def level_of(kldb: str) -> int | None:
    """The requirement level of an occupation's five digits, None where there are fewer."""
    digit = kldb[KLDB_LEVEL_AT : KLDB_LEVEL_AT + 1]
    return int(digit) if digit.isdecimal() else None


def _fits(offered: object, wanted: object) -> bool:
    return offered is None or wanted is None or offered == wanted


def skill_points(n_shared: int, n_wanted: int) -> int:
    """The points for so many of the wanted words being offered."""
    return SKILLS * n_shared // n_wanted if n_wanted else 0


def _time(offer: Posting, need: Posting) -> int | None:
    begins, ends = max(offer.begins, need.begins), min(offer.ends, need.ends)
    if begins > ends:
        return None
    if need.begins == OPEN_BEGIN or need.ends == OPEN_END:
        return TIME
    return TIME * ((ends - begins).days + 1) // ((need.ends - need.begins).days + 1)
