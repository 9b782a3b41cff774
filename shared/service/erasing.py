"""What does a service do when a person is to be erased? Destroy the keys, say which slots go, delete them, report."""

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
    """Erase what this service holds of the person whom the request means; every step may be done twice.

    The key goes first: from then on nothing can be read, whatever stops the rest. Then the log says which slots are
    missing by right, and only then they are deleted, so that a verifier never meets one missing without a reason.
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
"""What every service that may hold slots does when a person is to be erased."""
