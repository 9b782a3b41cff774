"""Do the parts that must not need it do without nameko and eventlet? Runs pytest where neither can be imported."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

ABSENT = ("nameko", "eventlet")


class Absent:
    """As if they were not installed."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises: ModuleNotFoundError for what is absent."""
        if name.partition(".")[0] in ABSENT:
            msg = f"No module named {name!r}"
            raise ModuleNotFoundError(msg, name=name)
        return None


sys.meta_path.insert(0, Absent())

import pytest  # noqa: E402 - nothing may be loaded before

status = pytest.main(["-q", "-p", "no:cacheprovider", "--no-header", *sys.argv[1:]])
assert not set(ABSENT) & set(sys.modules)
raise SystemExit(status)
