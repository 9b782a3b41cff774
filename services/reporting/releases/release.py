"""What is kept of a published state? Its cells, and what is needed to compute them again."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import msgspec

from services.reporting.disclosure.state import CellKey, State, digest_of
from services.reporting.indicators.measure import Measured
from shared.events.reporting.release import CutOff, ReportReleased, UsedDefinition


class About(msgspec.Struct, frozen=True, kw_only=True):
    """A published state without its cells: positions by service, versions of definitions by indicator.

    `synthetic` names the indicators that count something simulated.
    """

    on: date
    policy: str
    digest: str
    n_cells: int
    positions: Mapping[str, int]
    definitions: Mapping[str, int]
    synthetic: tuple[str, ...] = ()

    def announced(self) -> ReportReleased:
        """The event that publishes it."""
        return ReportReleased(
            on=self.on,
            positions=tuple(CutOff(service=name, position=at) for name, at in sorted(self.positions.items())),
            definitions=tuple(
                UsedDefinition(indicator=name, version=version)
                for name, version in sorted(self.definitions.items())
            ),
            policy=self.policy,
            n_cells=self.n_cells,
            digest=self.digest,
        )


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A published state."""

    about: About
    state: State


class Published(Protocol):
    """The published states."""

    def days(self) -> Sequence[date]:
        """The date of each, the oldest first."""
        ...

    def of(self, on: date) -> Release | None:
        """The state of a date, if it is one."""
        ...

    def listed(self) -> Sequence[About]:
        """Every state without its cells, the oldest first."""
        ...


class _Line(msgspec.Struct, frozen=True, array_like=True):
    key: CellKey
    since: date
    measured: dict[str, Any]


_encode = msgspec.json.Encoder(order="sorted", decimal_format="string").encode
_lines = msgspec.json.Decoder(list[_Line]).decode
about_of = msgspec.json.Decoder(About).decode


def packed(release: Release) -> tuple[str, bytes]:
    """What is kept in a row: what the state is about, and its cells."""
    since = release.state.since
    lines = [_Line(key, since[key], measured) for key, measured in release.state.cells.items()]
    return _encode(release.about).decode(), zlib.compress(_encode(lines))


def unpacked(about: str, document: bytes, before: State | None = None) -> Release:
    """The state of a row. Cells that did not change since the state `before` are shared with it, to save memory.

    Raises: ValueError when the cells are not those that were published.
    """
    described = about_of(about)
    cells: dict[CellKey, Measured] = {}
    since: dict[CellKey, date] = {}
    earlier = {} if before is None else before.cells
    for line in _lines(zlib.decompress(document)):
        kept = earlier.get(line.key)
        cells[line.key] = kept if kept == line.measured and kept is not None else line.measured
        since[line.key] = line.since
    state = State(on=described.on, policy=described.policy, cells=cells, since=since)
    if digest_of(state) != described.digest:
        msg = f"The state of {described.on} is not the published one: its digest differs."
        raise ValueError(msg)
    return Release(about=described, state=state)
