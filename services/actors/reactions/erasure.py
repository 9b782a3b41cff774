"""What does the service do about erasures? It counts which services have reported, and ends the wait for a yes."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from services.actors.domain.erasure import WAITS, EndErasureTerm, ReportErasure
from shared.events.actors.erasure import ErasureAsked, ErasureRefused, ErasureRequested
from shared.events.process import SlotsErased
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask, events_of
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer

Waiting: TypeAlias = ErasureAsked | ErasureRequested | ErasureRefused


def report_erasure(event: Recorded[SlotsErased], _: Ask) -> Iterable[ReportErasure]:
    """A service has erased its slots: with the last one the erasure is complete."""
    yield ReportErasure(
        erasure_id=event.data.erasure_id,
        service=event.service,
        n_slots=len(event.data.slots),
        at=event.time,
    )


ERASURE_REACTIONS = (Reaction(name="report_erasure", on=(SlotsErased,), react=report_erasure),)


def waits_until(event: Recorded[Waiting]) -> datetime | None:
    """An erasure that staff ask for begins after the term, unless it has begun or was refused."""
    return event.time + WAITS if isinstance(event.data, ErasureAsked) else None


ERASURE_TIMERS = (
    Timer(
        kind="erasure_waits",
        on=events_of(Waiting),
        due=waits_until,
        command=lambda erasure_id, due_at: EndErasureTerm(erasure_id=erasure_id, at=due_at),
    ),
)
