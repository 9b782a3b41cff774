"""What does a service do to erase a person? It destroys the keys, records which slots go, and deletes them."""

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection

from shared.eventlog.slots import Slots
from shared.events.actors.erasure import ErasureRequested
from shared.events.process import ErasedSlot, SlotsErased
from shared.kernel.recorded import Recorded
from shared.service.app import App
from shared.service.origin import caused_by
from shared.service.tables import Effect
from shared.vault.erasures import subject_of


@runtime_checkable
class SlotStore(Protocol):
    """A service's store that keeps slots beside the log."""

    slots: Slots

    def transaction(self) -> AbstractContextManager[Connection]:
        """A transaction of the store."""
        ...


def store_with_slots(app: App) -> SlotStore:
    """The service's store.

    Raises: TypeError when it keeps no slots: then the service holds nothing personal.
    """
    if not isinstance(app.store, SlotStore):
        msg = f"the store of {app.tables.name} keeps no slots"
        raise TypeError(msg)
    return app.store


def erase_slots(event: Recorded[ErasureRequested], app: App) -> None:
    """Erase this service's data of the requested person; every step may be repeated.

    The keys go first: from then on nobody can read the data, even if the rest is interrupted. Then the log records the
    erased slots, and only then they are deleted, so that a verifier never finds a slot missing without a reason.
    Raises: LogUnavailable; then the request comes again.
    """
    request = event.data
    erasure_id = event.noun_id
    subject = subject_of(app.vault, erasure_id)
    if subject is None:
        return
    app.vault.destroy(subject, request.retentions, erasure_id)
    store = store_with_slots(app)
    erased = tuple(
        ErasedSlot(position=position, name=name)
        for position, name in store.slots.places(subject, request.retentions)
    )
    happened = SlotsErased(erasure_id=erasure_id, slots=erased)
    app.note(happened, stream=f"erased-{erasure_id}", at=event.time, origin=caused_by(event))
    with store.transaction() as tx:
        store.slots.forget(tx, subject, request.retentions)


ERASE_SLOTS = Effect(on=(ErasureRequested,), run=erase_slots)
"""The effect of every service that may hold slots: erase a person on request."""
