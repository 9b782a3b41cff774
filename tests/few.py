"""How does `make quick` stay quick where many examples are tried? It tries a few; `make test` tries all."""

from typing import Any

import pytest
from hypothesis import settings

FEW_EXAMPLES = "few_examples"
FEW = 10
ONE_IN = 4
"""Of seeds and addresses a first look takes one in so many."""

SETTINGS = "_hypothesis_internal_use_settings"
"""Where Hypothesis keeps what `@settings` says of a test."""


def try_few_examples(test: Any) -> None:
    """Whatever a test asks for, let Hypothesis try no more than a few."""
    function = getattr(test, "__func__", test)
    asked = getattr(function, SETTINGS, None)
    if asked is not None and asked.max_examples > FEW:
        setattr(function, SETTINGS, settings(asked, max_examples=FEW))


def one_in(config: pytest.Config) -> int:
    """Of samples other than Hypothesis's, one in so many is taken: each, or one in a few at a first look."""
    return ONE_IN if config.getoption(FEW_EXAMPLES) else 1
