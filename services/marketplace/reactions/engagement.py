"""What follows a confirmed match of volunteering? A referral of the volunteer to the host."""

from collections.abc import Iterable

from services.marketplace.domain.engagement import ReferVolunteer, engagement_id_of
from shared.events.marketplace.offer import MatchConfirmed
from shared.events.vocabulary import OfferKind
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask
from shared.kernel.recorded import Recorded


def refer_volunteer(event: Recorded[MatchConfirmed], _: Ask) -> Iterable[ReferVolunteer]:
    """A confirmed match of volunteering becomes a referral."""
    match = event.data
    volunteering = match.terms.volunteering
    if match.terms.kind == OfferKind.VOLUNTEERING and match.is_search and volunteering is not None:
        yield ReferVolunteer(
            engagement_id=engagement_id_of(match.match_id),
            match_id=match.match_id,
            offer_id=match.offer_id,
            search_id=match.need_id,
            person_id=match.need_party,
            host_id=match.offer_party,
            form=volunteering.form,
            at=event.time,
        )


ENGAGEMENT_REACTIONS = (Reaction(name="refer_volunteer", on=(MatchConfirmed,), react=refer_volunteer),)
