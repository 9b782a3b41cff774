"""How does `make quick` stay quick where many examples are tried? It tries a few; `make test` tries all."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings

FEW_EXAMPLES = "few_examples"
FEW = 10
ONE_IN = 4
"""Of seeds, addresses and cases of large tables a first look takes one in so many."""

SAMPLED = "sampled"

SETTINGS = "_hypothesis_internal_use_settings"
"""Where Hypothesis keeps what `@settings` says of a test."""


def try_few_examples(test: Any) -> None:
    """Whatever a test asks for, let Hypothesis try no more than a few."""
    function = getattr(test, "__func__", test)
    asked = getattr(function, SETTINGS, None)
    if asked is not None and asked.max_examples > FEW:
        setattr(function, SETTINGS, settings(asked, max_examples=FEW))


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The cases of large tables that a first look leaves out; of every table it takes some."""
    tables: Counter[str] = Counter()
    left: list[pytest.Item] = []
    for item in items:
        if item.get_closest_marker(SAMPLED):
            table = item.nodeid.partition("[")[0]
            if tables[table] % ONE_IN:
                left.append(item)
            tables[table] += 1
    return left


def one_in(config: pytest.Config) -> int:
    """Of samples other than Hypothesis's, one in so many is taken: each, or one in a few at a first look."""
    return ONE_IN if config.getoption(FEW_EXAMPLES) else 1
