"""What the tests of the published language begin with: every event registered, and a registry that may be spoilt."""

import pytest

import shared.events.all  # noqa: F401 - registers every event
from shared.events import registry, upcasts


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registry and upcasts of the test's own: what it registers is gone afterwards."""
    monkeypatch.setattr(registry, "_by_wire_name", dict(registry._by_wire_name))
    monkeypatch.setattr(registry, "_by_class", dict(registry._by_class))
    monkeypatch.setattr(upcasts, "_steps", dict(upcasts._steps))
