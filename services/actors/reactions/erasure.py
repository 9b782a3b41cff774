"""What does the service do when a service has erased its slots? It counts which of them have reported."""

from collections.abc import Iterable

from services.actors.domain.erasure import ReportErasure
from shared.events.process import SlotsErased
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask
from shared.kernel.recorded import Recorded


def report_erasure(event: Recorded[SlotsErased], _: Ask) -> Iterable[ReportErasure]:
    """A service has erased its slots: with the last one the erasure is complete."""
    yield ReportErasure(
        erasure_id=event.data.erasure_id,
        service=event.service,
        n_slots=len(event.data.slots),
        at=event.time,
    )


ERASURE_REACTIONS = (Reaction(name="report_erasure", on=(SlotsErased,), react=report_erasure),)
