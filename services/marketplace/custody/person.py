"""What does the marketplace keep about a person? Counsellings, searches, matches and engagements with their hours."""

from collections.abc import Collection, Iterator
from functools import partial
from typing import Any

from services.marketplace.domain.counselling import COUNSELLING
from services.marketplace.domain.engagement import ENGAGEMENT
from services.marketplace.domain.need import NEED
from services.marketplace.domain.places import PLACES
from services.marketplace.views.counselling import COUNSELLINGS
from services.marketplace.views.engagement import ENGAGEMENTS
from services.marketplace.views.match import MATCHES
from services.marketplace.views.search import SEARCHES
from shared.events.marketplace.offer import MatchDeclined
from shared.events.vocabulary import Side
from shared.kernel.read_model import all_found
from shared.kernel.recorded import Recorded
from shared.service.app import App
from shared.service.tables import About


def about_person(app: App, person_id: str) -> Iterator[About]:
    """The streams of the person's own nouns, and of each offer what happened to their matches."""
    ask = app.store.ask
    for counselling in all_found(ask, COUNSELLINGS, person_id=person_id):
        yield About(stream=COUNSELLING.stream(counselling["id"]))
    searches = [search["id"] for search in all_found(ask, SEARCHES, person_id=person_id)]
    for search_id in searches:
        yield About(stream=NEED.stream(search_id))
    matches: dict[str, set[str]] = {}
    for match in all_found(ask, MATCHES, need_party=person_id):
        if match["is_search"]:
            matches.setdefault(match["offer_id"], set()).add(match["id"])
    for offer_id, match_ids in sorted(matches.items()):
        yield About(
            stream=PLACES.stream(offer_id), belongs=partial(_is_of_match, match_ids), hidden=_of_the_host
        )
    for engagement in all_found(ask, ENGAGEMENTS, person_id=person_id):
        yield About(stream=ENGAGEMENT.stream(engagement["id"]))


def _is_of_match(match_ids: Collection[str], event: Recorded[Any]) -> bool:
    return getattr(event.data, "match_id", None) in match_ids


def _of_the_host(event: Recorded[Any]) -> Collection[str]:
    """Why the host declined is the host's; the person sees that it did, as in the list of matches."""
    is_the_hosts = isinstance(event.data, MatchDeclined) and event.data.by == Side.OFFER
    return ("reason",) if is_the_hosts else ()
