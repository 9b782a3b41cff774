"""May an organisation post? Rules that are answered from what `actors` has told."""

from typing import Any

from shared.kernel.view import Ask


def organisation_is_verified(_: Any, command: Any, ask: Ask) -> bool:
    """An organisation posts once a coordinator has verified it."""
    organisation = ask.get("organisations", command.organisation_id)
    return organisation is not None and organisation["verified"]


def organisation_is_not_suspended(_: Any, command: Any, ask: Ask) -> bool:
    """A suspended organisation posts nothing until it is reinstated."""
    organisation = ask.get("organisations", command.organisation_id)
    return organisation is not None and not organisation["suspended"]
