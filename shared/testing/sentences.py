"""How does a test of a rule read? `given(OFFER, *events).when(command).then(*events)`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused, name_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decider's answer: events, or the refusal."""

    events: Sequence[Any]
    refused: Refused | None

    def then(self, *events: Any) -> None:
        """The answer is exactly these events."""
        assert self.refused is None, f"refused by {self.refused}"
        assert list(self.events) == list(events)

    def then_nothing_happened(self) -> None:
        """The answer is no event: a repeat changes nothing."""
        self.then()

    def then_refused_by(self, rule: Any) -> None:
        """This rule (the function or its name) refused the command."""
        assert self.refused is not None, f"not refused, but: {self.events}"
        assert self.refused.rule == (rule if isinstance(rule, str) else name_of(rule))


@dataclass(frozen=True, slots=True)
class Given:
    """A decider with a history."""

    decider: Decider[Any, Any, Any]
    events: Sequence[Any]

    def when(self, command: Any) -> Outcome:
        """The decider judges the command on that history."""
        state = self.decider.fold(self.events)
        try:
            return Outcome(self.decider.decide(state, command), None)
        except Refused as refused:
            return Outcome((), refused)


def given(decider: Decider[Any, Any, Any], *events: Any) -> Given:
    """Begin a sentence with what has happened."""
    return Given(decider, events)
