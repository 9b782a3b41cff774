"""Which events does a command become, or which rule refuses it? First the checks of other streams, then the decider."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.eventlog.port import Refusal
from shared.events.bounds import possible
from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused, name_of, sentence_of
from shared.service.asking import AskedOnce
from shared.service.persons import may_be_named, person_is_registered_in_this_half
from shared.service.tables import Caller, CommandRoute


def refusal_before(
    app: Any, route: CommandRoute[Any, Any], state: Any, command: Any, caller: Caller | None
) -> Refusal | None:
    """The refusal by a check of other streams: of the persons whom the command names, then those of its table line."""
    if not may_be_named(app, app.tables, route, caller, command):
        return refusal_by(person_is_registered_in_this_half)
    failed = route.failed_check(state, command, AskedOnce(app.store.ask), caller)
    return None if failed is None else refusal_by(failed)


def judge(decider: Decider[Any, Any, Any], state: Any, command: Any) -> tuple[Sequence[Any], Refusal | None]:
    """The decider's events, or its refusal."""
    try:
        return possible(decider.decide(state, command), state), None
    except Refused as refused:
        return (), Refusal(rule=refused.rule, sentence=refused.sentence)


def refusal_by(rule: Callable[..., bool]) -> Refusal:
    """The outcome of a command that this rule does not allow."""
    return Refusal(rule=name_of(rule), sentence=sentence_of(rule))
