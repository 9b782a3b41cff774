"""What is a published state? The figures of every calendar cell as of the end of a month, and their digest."""

import hashlib
from collections.abc import Mapping
from datetime import date

import msgspec

from services.reporting.disclosure.cells import ALL, CellKey, periods_of
from services.reporting.indicators.measure import Measured

__all__ = ["ALL", "CellKey", "State", "digest_of", "periods_of"]

_encode = msgspec.json.Encoder(order="sorted", decimal_format="string").encode


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The figures as published for the end of a month; `since` says of which state a cell's figure is."""

    on: date
    policy: str
    cells: Mapping[CellKey, Measured]
    since: Mapping[CellKey, date]


def digest_of(state: State) -> str:
    """SHA-256 over date, policy and every cell with its date, in the order of their keys."""
    hashed = hashlib.sha256(_encode((state.on, state.policy)) + b"\n")
    for line in sorted(_encode((key, state.since[key], measured)) for key, measured in state.cells.items()):
        hashed.update(line + b"\n")
    return hashed.hexdigest()
