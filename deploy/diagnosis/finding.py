"""What does an examination say? What was looked at, whether it is well, what was seen, and how to mend it."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One line of `kosilab doctor`; `well` is None for what could not be looked at and need not be."""

    what: str
    well: bool | None
    seen: str
    mend: str = ""


def well(what: str, seen: str) -> Finding:
    """Nothing to do."""
    return Finding(what, well=True, seen=seen)


def wrong(what: str, seen: str, mend: str) -> Finding:
    """Something to mend."""
    return Finding(what, well=False, seen=seen, mend=mend)


def unseen(what: str, why: str) -> Finding:
    """It could not be looked at, which is no fault in itself."""
    return Finding(what, well=None, seen=why)
