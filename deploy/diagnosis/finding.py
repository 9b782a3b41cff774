"""What is a finding? What was checked, whether it is well, what was seen, and how to repair it."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One line of `kosilab doctor`; `well` is None for what could not be checked and need not be."""

    what: str
    well: bool | None
    seen: str
    mend: str = ""


def well(what: str, observed: str) -> Finding:
    """Nothing to do."""
    return Finding(what, well=True, seen=observed)


def wrong(what: str, observed: str, mend: str) -> Finding:
    """Something to repair."""
    return Finding(what, well=False, seen=observed, mend=mend)


def unseen(what: str, why: str) -> Finding:
    """It could not be checked, which is not a fault in itself."""
    return Finding(what, well=None, seen=why)
