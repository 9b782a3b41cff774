"""Which line of a sheet is the header, and which field does a heading mean, however the office wrote it?

A list may begin with titles, and its header may take two lines: groups above, or words broken in two. The header is the
first line that has all required columns of a kind; without such a line, the one that has most.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.kernel.text import in_one_line
from shared.tabular.fields import Field, Kind
from shared.tabular.lines import Line
from shared.tabular.marks import plain
from shared.tabular.spelling import as_heading, folded, without_remarks

N_LINES_SEARCHED = 100
N_CELLS_LOOKED_AT = 3
LONGEST = 200  # [characters] of a heading
MOST_IN_TWO_LINES = 64  # columns of a header that takes two lines
LEAST = 2  # fields that a header has, else it is found by its cells alone

_DIVIDED = re.compile(r"-\s*\n\s*(?=[a-zäöüß])")
_FOOTNOTE = re.compile(r"(?:\s*(?:[\u00b9\u00b2\u00b3\u2070-\u2079*\u2020\u2021]|\b\d\)))+\s*$")
_NUMBERING = re.compile(r"^\s*\(?(?:\d{1,2}|[a-zA-Z])[.)]\s*(?=\S)")
_UNIT = re.compile(r"\s+(?:in|\[)\s*(?:€|EUR|Euro|h|Std\.?|Stunden|Stk\.?|Stück)\]?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderColumn:
    """A column as the file calls it; `position` counts from 1."""

    name: str
    position: int
    is_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The headings of a sheet; the rows begin behind the line with the index `at`, its last one."""

    names: tuple[str, ...]
    at: int
    n_lines: int = 1


def field_of(name: str, kind: Kind) -> Field | None:
    """The field of this kind that a heading means, also with a footnote, a number or a remark."""
    for heading in _headings(name):
        field = kind.by_title.get(heading)
        if field:
            return field
    return None


def is_complete(names: Collection[str], kind: Kind) -> bool:
    """Whether these headings have all required columns of a kind."""
    present = _fields(names, kind)
    return all(field.name in present for field in kind.fields if field.required)


def may_be_a_header(line: Line, kinds: Collection[Kind]) -> bool:
    """A quick look, for lists of many lines: a row begins with a key, which has a digit, and a header with headings."""
    filled = [cell for cell in line.cells if cell.strip()][:N_CELLS_LOOKED_AT]
    if len(filled) < N_CELLS_LOOKED_AT or any(letter.isdigit() for letter in filled[0]):
        return False
    n_headings = sum(any(as_heading(cell) in kind.by_title for kind in kinds) for cell in filled)
    return n_headings >= LEAST


def names_of(line: Line) -> tuple[str, ...]:
    """The cells of a line as headings."""
    return tuple(heading_in(cell) for cell in line.cells)


def heading_in(cell: str) -> str:
    """A cell as a heading: in one line, its divided words whole."""
    return in_one_line(_DIVIDED.sub("", plain(cell)))


def _joined(above: str, below: str) -> str:
    """The heading in two lines: `Stadt-` and `teil` are `Stadtteil`, `Org.-` and `Nr.` are `Org.-Nr.`."""
    if not above.endswith("-"):
        return f"{above} {below}"
    return f"{above[:-1]}{below}" if below[:1].islower() else f"{above}{below}"


def find_header(lines: Sequence[Line], kinds: Collection[Kind]) -> Header | None:
    """The header among the first lines; None when no line has two filled cells."""
    best, most = None, LEAST - 1
    for at in range(min(len(lines), N_LINES_SEARCHED)):
        for header in _candidates(lines, at, kinds):
            n_fields = max((len(_fields(header.names, kind)) for kind in kinds), default=0)
            if n_fields > most:
                best, most = header, n_fields
        if best and at > best.at and any(is_complete(best.names, kind) for kind in kinds):
            break  # also the line behind it was looked at, which may hold the second half of the header
    if best:
        return best
    at = next((index for index, line in enumerate(lines) if line.n_filled > 1 or line.broken), len(lines))
    return Header(names=names_of(lines[at]), at=at) if at < len(lines) else None


def _candidates(lines: Sequence[Line], at: int, kinds: Collection[Kind]) -> Iterator[Header]:
    """The headings in this line alone, and together with the line above it."""
    line = lines[at]
    if line.broken or not line.n_filled:
        return
    yield Header(names=names_of(line), at=at)
    above = lines[at - 1] if at else None
    if above and not above.broken and above.n_filled > 1 and line.n_filled <= MOST_IN_TWO_LINES:
        for kind in kinds:
            yield Header(names=_in_two_lines(names_of(above), names_of(line), kind), at=at, n_lines=2)


def _in_two_lines(upper: Sequence[str], lower: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """The headings of two lines: the lower one, alone or with its group in the upper one; else the upper one."""
    width = max(len(upper), len(lower))
    upper, lower = (tuple(names) + ("",) * (width - len(names)) for names in (upper, lower))
    n_times = Counter(folded(name) for name in lower)
    names: list[str] = []
    taken: set[str] = set()
    group = ""
    for above, below in zip(upper, lower, strict=True):
        group = above or (group if below else "")
        together = (_joined(group, below), f"{below} {group}") if group and below else ()
        if not below:
            options: tuple[str, ...] = (above,)
        elif n_times[folded(below)] > 1:
            options = (*together, below)
        else:
            options = (below, *together)
        named, field = _first_free(options, kind, taken)
        taken |= {field} if field else set()
        names.append(named if field or not together else together[0])
    return tuple(names)


def _first_free(options: Sequence[str], kind: Kind, taken: Collection[str]) -> tuple[str, str | None]:
    for option in options:
        field = field_of(option, kind)
        if field and field.name not in taken:
            return option, field.name
    return options[0], None


def _fields(names: Collection[str], kind: Kind) -> set[str]:
    return {field.name for name in names if name and (field := field_of(name, kind))}


@lru_cache(maxsize=10_000)
def _headings(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(as_heading(spelling) for spelling in spellings(name)))


def spellings(name: str) -> Iterator[str]:
    """The heading as written, then ever shorter; a text that is too long for a heading only as written."""
    yield name
    if len(name) > LONGEST:
        return
    shorter = without_remarks(name)
    yield shorter
    for pattern in (_FOOTNOTE, _UNIT, _NUMBERING):
        shorter = pattern.sub("", shorter)
        yield shorter
