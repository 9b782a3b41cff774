"""What does employment keep about a person? The placements that their searches led to."""

from collections.abc import Iterator

from services.employment.domain.placement import PLACEMENT
from services.employment.views.placement import PLACEMENTS
from services.employment.views.search import SEARCHES
from shared.kernel.read_model import all_found
from shared.service.app import App
from shared.service.tables import About


def about_person(app: App, person_id: str) -> Iterator[About]:
    """The streams of the placements."""
    ask = app.store.ask
    for search in all_found(ask, SEARCHES, person_id=person_id):
        for placement in all_found(ask, PLACEMENTS, search_id=search["id"]):
            yield About(stream=PLACEMENT.stream(placement["id"]))
