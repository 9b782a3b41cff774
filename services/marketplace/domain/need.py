"""The need: posted by an organisation, or a person's search; held for one match, met, or open again.

One stream per need guards the one scarce thing here: that it is met once. A search is judged by the same decider but
writes event types of its own, all internal (architecture 2.1). Its life is in `need_posting.py`, a search's in
`search.py`, what both have in common in `promise.py`, what the rules read in `need_state.py`.
"""

from collections.abc import Sequence
from typing import TypeAlias, assert_never

from services.marketplace.domain import need_posting, promise, search
from services.marketplace.domain.need_posting import (
    AmendNeed,
    ConfirmNeedCurrent,
    ExpireNeed,
    NeedPostingCommand,
    PostNeed,
    WithdrawNeed,
)
from services.marketplace.domain.need_state import Need, evolve
from services.marketplace.domain.promise import HoldNeed, MeetNeed, PromiseCommand, ReleaseNeed
from services.marketplace.domain.search import (
    AmendSearch,
    CloseSearch,
    ListSearch,
    PostSearch,
    SearchCommand,
)
from shared.events.marketplace.need import NeedEvent
from shared.kernel.decider import Decider

__all__ = [
    "NEED",
    "AmendNeed",
    "AmendSearch",
    "CloseSearch",
    "ConfirmNeedCurrent",
    "ExpireNeed",
    "HoldNeed",
    "ListSearch",
    "MeetNeed",
    "NeedCommand",
    "PostNeed",
    "PostSearch",
    "ReleaseNeed",
    "WithdrawNeed",
]

NeedCommand: TypeAlias = NeedPostingCommand | SearchCommand | PromiseCommand


def decide(need: Need, command: NeedCommand) -> Sequence[NeedEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case PostNeed():
            return need_posting.post(need, command)
        case AmendNeed():
            return need_posting.amend(need, command)
        case ConfirmNeedCurrent():
            return need_posting.confirm_current(need, command)
        case WithdrawNeed():
            return need_posting.withdraw(need, command)
        case ExpireNeed():
            return need_posting.expire(need, command)
        case PostSearch():
            return search.post(need, command)
        case AmendSearch():
            return search.amend(need, command)
        case ListSearch():
            return search.put_on_the_list(need, command)
        case CloseSearch():
            return search.close(need, command)
        case HoldNeed():
            return promise.hold(need, command)
        case ReleaseNeed():
            return promise.release(need, command)
        case MeetNeed():
            return promise.meet(need, command)
        case _:
            assert_never(command)


NEED = Decider(name="need", initial=Need(), decide=decide, evolve=evolve)
