"""How does `make quick` stay quick where Hypothesis looks for examples? It tries a few; `make test` tries all."""

from typing import Any

from hypothesis import settings

FEW = 10
SETTINGS = "_hypothesis_internal_use_settings"
"""Where Hypothesis keeps what `@settings` says of a test."""


def try_few_examples(test: Any) -> None:
    """Whatever a test asks for, let Hypothesis try no more than a few."""
    function = getattr(test, "__func__", test)
    asked = getattr(function, SETTINGS, None)
    if asked is not None and asked.max_examples > FEW:
        setattr(function, SETTINGS, settings(asked, max_examples=FEW))
