"""What happens to the searches of a person who is to be erased? They are closed."""

from services.marketplace.domain.need import CloseSearch
from services.marketplace.views.search import SEARCHES, SearchStatus
from shared.events.actors.erasure import ErasureRequested
from shared.kernel.recorded import Recorded
from shared.kernel.sealed import Retention
from shared.service import ids
from shared.service.app import App
from shared.service.erasing import ERASE_SLOTS
from shared.service.origin import caused_by
from shared.service.tables import Effect
from shared.vault.erasures import subject_of

PAGE = 500


def close_searches(event: Recorded[ErasureRequested], app: App) -> None:
    """The open searches of a person whose profile goes are closed; a repeat finds them closed."""
    if Retention.PROFILE not in event.data.retentions:
        return  # the term of another class is over, the person is still known
    person_id = subject_of(app.vault, event.noun_id)
    if person_id is None:
        return
    for search in app.store.ask.find(SEARCHES, person_id=person_id, status=SearchStatus.OPEN, limit=PAGE):
        close = CloseSearch(need_id=search["id"], at=event.time)
        # The id names neither person nor request: the search's record holds it for ever.
        command_id = ids.derived("erasure", event.id, search["id"])
        app.handle(
            close, command_id=command_id, request_digest=command_id, origin=caused_by(event).without_cause()
        )


SEARCH_EFFECTS = (
    Effect(on=(ErasureRequested,), run=close_searches),
    ERASE_SLOTS,
)
