"""What does the service do when a match is confirmed?"""

from collections.abc import Iterable

from services.employment.domain.placement import ProposePlacementOfMatch, placement_id_of
from shared.events.marketplace.offer import MatchConfirmed
from shared.events.vocabulary import OfferKind
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask
from shared.kernel.recorded import Recorded


def propose_placement(event: Recorded[MatchConfirmed], _: Ask) -> Iterable[ProposePlacementOfMatch]:
    """A confirmed match of a work offer becomes a placement; the person stays with the search that they posted."""
    match = event.data
    work = match.terms.work
    if match.terms.kind != OfferKind.WORK or work is None:
        return
    yield ProposePlacementOfMatch(
        placement_id=placement_id_of(match.match_id),
        match_id=match.match_id,
        offer_id=match.offer_id,
        search_id=match.need_id,
        employer_id=match.offer_party,
        form=work.form,
        hours_per_week=work.hours_per_week,
        term_months=work.term_months,
        kldb=work.kldb,
        additional=work.additional,
        at=event.time,
    )


PLACEMENT_REACTIONS = (Reaction(name="propose_placement", on=(MatchConfirmed,), react=propose_placement),)
