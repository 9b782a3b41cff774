"""What is a finding? The checked thing, whether it is well, the observed state, and how to repair it."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One line of `kosilab doctor`; `well` is None when the check was not possible and not necessary."""

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
    """The check was not possible, which is not a fault in itself."""
    return Finding(what, well=None, seen=why)
