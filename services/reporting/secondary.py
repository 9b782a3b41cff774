"""What else must be hidden, so that nobody computes a suppressed figure from the others?

Rules 4 and 5 of handbook 6.2. A table shows the sum of all its groups, so anybody can compute the sum of the hidden
ones. That sum must be large enough to be shown, and more than one group must be hidden.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from services.reporting.indicators.cases import Case
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured, Tally, any_small, shown, suppressed, without
from services.reporting.suppression import GIVES_AWAY

Parts: TypeAlias = Mapping[str, tuple[Sequence[Case], ...]]


def results_of(
    indicator: Indicator, cases: Mapping[str, Sequence[Case]], *, full: bool
) -> dict[str, Measured]:
    """The figures of a table by group, without those that are too small or would reveal a small one."""
    tallies = {group: indicator.measure.of(cases[group], indicator.protects) for group in sorted(cases)}
    results = {group: shown(tally, indicator.protects, full=full) for group, tally in tallies.items()}
    hidden = _hidden(indicator, cases, tallies)
    for group in hidden:
        if tallies[group].hidden is None:
            results[group] = give_away(results[group], full=full)
    if not full:
        _hide_parts(indicator, tallies, results, hidden)
    return results


def give_away(result: Measured, *, full: bool) -> Measured:
    """The visible part of a figure that would reveal others; `full` shows all and the reason."""
    return result | {"withheld": GIVES_AWAY.en} if full else suppressed(GIVES_AWAY)


def hidden_in(indicator: Indicator, cases: Mapping[str, Sequence[Case]]) -> set[str]:
    """The hidden groups of a table: the small ones, and the smallest others until those are protected."""
    return _hidden(
        indicator, cases, {group: indicator.measure.of(cases[group], indicator.protects) for group in cases}
    )


def _hidden(
    indicator: Indicator, cases: Mapping[str, Sequence[Case]], tallies: Mapping[str, Tally]
) -> set[str]:
    def are_small(groups: Collection[str]) -> bool:
        together = [case for group in sorted(groups) for case in cases[group]]
        return indicator.measure.of(together, indicator.protects).hidden is not None

    small = {group for group, tally in tallies.items() if tally.hidden is not None}
    return _widened(small, {group: len(cases[group]) for group in cases}, are_small)


def _hide_parts(
    indicator: Indicator, tallies: Mapping[str, Tally], results: dict[str, Measured], hidden: set[str]
) -> None:
    """Hide small parts, and others until those are protected; a hidden figure hides its parts."""
    for name in sorted({name for tally in tallies.values() for name in tally.parts}):
        behind = {group: tally.parts[name] for group, tally in tallies.items() if name in tally.parts}

        def are_small(groups: Collection[str], behind: Parts = behind) -> bool:
            kinds = zip(*(behind[group] for group in sorted(groups)), strict=True)
            return any_small(
                ([case for cases in kind for case in cases] for kind in kinds), indicator.protects
            )

        small = {group for group in behind if group in hidden or any_small(behind[group], indicator.protects)}
        sizes = {group: sum(map(len, kinds)) for group, kinds in behind.items()}
        for group in _widened(small, sizes, are_small) - hidden:
            results[group] = without(results[group], [name])


def _widened(
    hidden: set[str], sizes: Mapping[str, int], are_small: Callable[[Collection[str]], bool]
) -> set[str]:
    """The hidden groups, and the smallest others until all of them together are protected."""
    while hidden and len(hidden) < len(sizes) and (len(hidden) == 1 or are_small(hidden)):
        hidden = hidden | {min(sizes.keys() - hidden, key=lambda group: (sizes[group], group))}
    return hidden
