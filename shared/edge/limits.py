"""How much may one caller ask for? Each has a bucket of requests that refills steadily; an empty bucket means 429.

So one caller, such as a script in a loop, can't take the time of all others. Each process counts for itself.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from werkzeug.wrappers import Request

from shared.edge.addresses import household
from shared.edge.problems import Problem
from shared.service import clock
from shared.service.settings import BadSetting, Settings
from shared.service.tables import Caller, Role

SETTING = "KOSILAB_REQUESTS_PER_S"
BURST_S = 10.0
"""A bucket holds the requests that flow into it in this time [s]."""

MAX_CALLERS = 10_000
"""How many buckets are kept; the least recently used one is forgotten, and thus full again."""


class Limits:
    """The buckets of all callers, by role and id, or by address for callers who did not sign in."""

    def __init__(self, per_s: float, now: Callable[[], float] = clock.monotonic) -> None:
        """`per_s` is how many requests flow into a bucket [1/s]; 0 is no limit."""
        self._per_s = per_s
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str) -> float:
        """Take one request out of the bucket; returns 0, or how long to wait for the next one [s]."""
        if not self._per_s:
            return 0.0
        with self._lock:
            now = self._now()
            full = self._per_s * BURST_S
            left, then = self._buckets.pop(who, (full, now))
            left = min(full, left + (now - then) * self._per_s)
            wait_s = 0.0 if left >= 1 else (1 - left) / self._per_s
            self._buckets[who] = (left if wait_s else left - 1, now)
            if len(self._buckets) > MAX_CALLERS:
                self._buckets.popitem(last=False)
            return wait_s


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings describe.

    Raises: BadSetting.
    """
    text = settings.get(SETTING)
    if not text.isdecimal():
        msg = f"{SETTING} is {text!r}; give a whole number, 0 for no limit"
        raise BadSetting(msg)
    return Limits(float(text))


def hold_to_limit(limits: Limits, request: Request, caller: Caller | None) -> None:
    """Let the request pass within the limit; services always pass.

    Raises: Problem 429.
    """
    if caller is not None and caller.role == Role.SERVICE:
        return
    who = f"{caller.role}:{caller.actor}" if caller else f"address:{household(request.remote_addr or '')}"
    wait_s = limits.take(who)
    if wait_s:
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "You send too many requests; wait, then send the same request again.",
            headers={"Retry-After": str(int(wait_s) + 1)},
        )
