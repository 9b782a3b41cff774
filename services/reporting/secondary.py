"""What else must be hidden, so that nobody computes a suppressed figure from the others?

Rules 4 and 5 of handbook 6.2.
"""

from collections.abc import Mapping, Sequence

from services.reporting.indicators.indicator import Case, Indicator, Measured, suppressed

WHY = "would let a suppressed figure be computed"


def results_of(one: Indicator, cases: Mapping[str, Sequence[Case]], *, full: bool) -> dict[str, Measured]:
    """The figures of a table by group, without those that are too small and those that would give them away."""
    found = {group: one.measure.result(cases[group], one.protects, full=full) for group in sorted(cases)}
    for group in hidden_in(one, cases):
        if "suppressed" not in found[group] and "withheld" not in found[group]:
            found[group] = give_away(found[group], full=full)
    return found


def give_away(result: Measured, *, full: bool) -> Measured:
    """The figure as it is shown when it would give others away; `full` shows it and says so."""
    return result | {"withheld": WHY} if full else suppressed(WHY)


def hidden_in(one: Indicator, cases: Mapping[str, Sequence[Case]]) -> set[str]:
    """The groups of a table that are hidden: the small ones, and the smallest others until those are safe.

    The sum of all groups is shown too, so what is hidden can be computed as what is missing: taken together it must be
    large enough to be shown, and more than one group.
    """
    hidden = {group for group in cases if _is_small(one, cases[group])}
    while hidden and len(hidden) < len(cases):
        together = [case for group in hidden for case in cases[group]]
        if len(hidden) > 1 and not _is_small(one, together):
            break
        others = [group for group in cases if group not in hidden]
        hidden.add(min(others, key=lambda group: (len(cases[group]), group)))
    return hidden


def _is_small(one: Indicator, cases: Sequence[Case]) -> bool:
    return one.measure.of(cases, one.protects).hidden is not None
