"""Who posts and changes a need of an organisation, or a search of a person?"""

from collections.abc import Mapping
from typing import Any

from services.marketplace.domain.need import (
    NEED,
    AmendNeed,
    AmendSearch,
    CloseSearch,
    ConfirmNeedCurrent,
    ExpireNeed,
    HoldNeed,
    ListSearch,
    MeetNeed,
    Need,
    PostNeed,
    PostSearch,
    ReleaseNeed,
    WithdrawNeed,
)
from services.marketplace.routes.callers import (
    BOARD,
    SEARCHERS,
    SERVICE_ONLY,
    own_organisation,
    own_person,
)
from services.marketplace.routes.standing import MAY_POST
from services.marketplace.views.staff import may_read_kind
from shared.events.vocabulary import OfferKind, PersonContext
from shared.service.tables import Actor, Caller, CommandRoute, organisations, persons

HALF_OF_KIND = {OfferKind.VOLUNTEERING: PersonContext.VOLUNTEERING, OfferKind.WORK: PersonContext.EMPLOYMENT}


def posting_organisation(_: Need, command: PostNeed) -> tuple[Actor, ...]:
    """The organisation in whose name the need is posted."""
    return organisations(command.organisation_id)


def posting_person(_: Need, command: PostSearch) -> tuple[Actor, ...]:
    """The person in whose name the search is posted."""
    return persons(command.person_id)


def half_that_searches(command: PostSearch) -> PersonContext | None:
    """The half that a search of this kind is of; a search of no half is refused by its own rule."""
    return HALF_OF_KIND.get(command.terms.kind)


def party_of(need: Need, _: object) -> tuple[Actor, ...]:
    """The organisation of the need, or the person of the search."""
    return persons(need.party) if need.is_search else organisations(need.party)


def deals_with_the_searchs_kind(
    caller: Caller, need: Need, command: PostSearch | AmendSearch | CloseSearch
) -> bool:
    """Leave a search for volunteering to a coordinator, one for work to a counsellor, or either to the person."""
    new_terms = None if isinstance(command, CloseSearch) else command.terms
    return all(terms is None or may_read_kind(caller, terms.kind) for terms in (new_terms, need.terms))


def need_in_force(need: Need) -> Mapping[str, Any] | None:
    """The terms of the need as they are now; a search has none of this form."""
    return None if need.is_search else {"terms": need.terms}


def search_in_force(need: Need) -> Mapping[str, Any] | None:
    """The terms of the search as they are now; an organisation's need has none of this form."""
    return {"terms": need.terms} if need.is_search else None


NEED_COMMANDS = (
    CommandRoute(
        command=PostNeed, decider=NEED, nouns="needs", roles=BOARD, starts=True,
        parties=posting_organisation, derived={"organisation_id": own_organisation}, checks=MAY_POST,
    ),
    CommandRoute(
        command=AmendNeed, decider=NEED, nouns="needs", roles=BOARD, parties=party_of, amends=need_in_force
    ),
    CommandRoute(command=ConfirmNeedCurrent, decider=NEED, nouns="needs", roles=BOARD, parties=party_of),
    CommandRoute(command=WithdrawNeed, decider=NEED, nouns="needs", roles=BOARD, parties=party_of),
    CommandRoute(
        command=PostSearch, decider=NEED, nouns="searches", roles=SEARCHERS, starts=True, parties=posting_person,
        may=deals_with_the_searchs_kind, derived={"person_id": own_person}, half=half_that_searches,
    ),
    CommandRoute(
        command=AmendSearch, decider=NEED, nouns="searches", roles=SEARCHERS, parties=party_of,
        may=deals_with_the_searchs_kind, amends=search_in_force,
    ),
    CommandRoute(
        command=CloseSearch, decider=NEED, nouns="searches", roles=SEARCHERS, parties=party_of,
        may=deals_with_the_searchs_kind,
    ),
    CommandRoute(command=ListSearch, decider=NEED, nouns="searches", roles=SERVICE_ONLY),
    CommandRoute(command=HoldNeed, decider=NEED, nouns="needs", roles=SERVICE_ONLY),
    CommandRoute(command=ReleaseNeed, decider=NEED, nouns="needs", roles=SERVICE_ONLY),
    CommandRoute(command=MeetNeed, decider=NEED, nouns="needs", roles=SERVICE_ONLY),
    CommandRoute(command=ExpireNeed, decider=NEED, nouns="needs", roles=SERVICE_ONLY),
)  # fmt: skip
