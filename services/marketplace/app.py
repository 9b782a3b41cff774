"""What is the service marketplace? Its three tables: commands, reactions, views; and its timers."""

from services.marketplace.authority import (
    agreement_parties,
    both_parties,
    deals_with_the_offers_kind,
    deals_with_the_searchs_kind,
    drafting_parties,
    giver,
    host,
    match_side_of,
    own_organisation,
    own_person,
    party_of,
    posting_organisation,
    posting_person,
    receiver,
    requesting_person,
    role_of,
    side_of_match,
    volunteer,
    whoever_seals,
)
from services.marketplace.domain.agreement import (
    AGREEMENT,
    DraftAgreement,
    RefuseSeal,
    ReviseDraft,
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
)
from services.marketplace.domain.commitments import (
    COMMITMENTS,
    CloseAgreement,
    ConfirmDelivery,
    DisputeDelivery,
    RecordContact,
    ReportDelivery,
    ReportFailure,
)
from services.marketplace.domain.counselling import COUNSELLING, HoldCounselling, RequestCounselling
from services.marketplace.domain.engagement import (
    ENGAGEMENT,
    ConfirmHours,
    DeclineReferral,
    DisputeHours,
    EndEngagement,
    EndTrial,
    LogHours,
    ReferVolunteer,
    StartEngagement,
    StartTrial,
)
from services.marketplace.domain.market_day import (
    MARKET_DAY,
    CompleteMarketDay,
    RecordAttendance,
    ScheduleMarketDay,
)
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
    PostNeed,
    PostSearch,
    ReleaseNeed,
    WithdrawNeed,
)
from services.marketplace.domain.offer import (
    OFFER,
    AmendOffer,
    CheckOffer,
    ConfirmOfferCurrent,
    ExpireOffer,
    PostOffer,
    ReturnOffer,
    WithdrawOffer,
)
from services.marketplace.domain.places import (
    PLACES,
    AcceptMatch,
    AskReopen,
    ConfirmMatch,
    DeclineMatch,
    LapseMatches,
    ProposeMatches,
    ReopenPlace,
)
from services.marketplace.erasing import EFFECTS
from services.marketplace.importing.agreement import AGREEMENT_FILES
from services.marketplace.importing.engagement import ENGAGEMENT_FILES
from services.marketplace.importing.hours import HOURS_FILES
from services.marketplace.importing.need import NEED_FILES
from services.marketplace.importing.offer import OFFER_FILES
from services.marketplace.proposing import PROPOSING
from services.marketplace.queries import QUERIES, VIEWS
from services.marketplace.reactions import REACTIONS
from services.marketplace.simulation.board import BOARD_STORIES
from services.marketplace.simulation.counselling import VOLUNTEERING_STORIES
from services.marketplace.simulation.market_day import MARKET_DAY_STORIES
from services.marketplace.simulation.work_search import WORK_STORIES
from services.marketplace.standing import (
    no_side_is_suspended,
    organisation_is_not_suspended,
    organisation_is_verified,
    parties_are_known_and_not_suspended,
    proposals_say_what_is_known,
    seal_falls_between_the_gongs,
)
from services.marketplace.timers import TIMERS
from shared.service.tables import CommandRoute, Role, ServiceTables

BOARD = frozenset({Role.COORDINATOR, Role.ORGANISATION})
CHECKERS = frozenset({Role.COORDINATOR})
MATCHERS = frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.BROKER})
SIDES = MATCHERS | {Role.ORGANISATION, Role.PERSON}
SEARCHERS = frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.PERSON})
NOTARIES = frozenset({Role.NOTARY})
TRADERS = frozenset({Role.COORDINATOR, Role.BROKER, Role.ORGANISATION})
HOSTS = frozenset({Role.COORDINATOR, Role.ORGANISATION})
VOLUNTEERS = frozenset({Role.COORDINATOR, Role.PERSON})
SERVICE_ONLY: frozenset[Role] = frozenset()
MAY_POST = (organisation_is_verified, organisation_is_not_suspended)

OFFERS = (
    CommandRoute(
        command=PostOffer, decider=OFFER, nouns="offers", roles=BOARD, starts=True,
        parties=posting_organisation, derived={"organisation_id": own_organisation}, checks=MAY_POST,
    ),
    CommandRoute(command=CheckOffer, decider=OFFER, nouns="offers", roles=CHECKERS),
    CommandRoute(command=ReturnOffer, decider=OFFER, nouns="offers", roles=CHECKERS),
    CommandRoute(command=AmendOffer, decider=OFFER, nouns="offers", roles=BOARD, parties=host),
    CommandRoute(command=ConfirmOfferCurrent, decider=OFFER, nouns="offers", roles=BOARD, parties=host),
    CommandRoute(command=WithdrawOffer, decider=OFFER, nouns="offers", roles=BOARD, parties=host),
    CommandRoute(command=ReopenPlace, decider=PLACES, nouns="offers", roles=BOARD, parties=host),
    CommandRoute(
        command=ProposeMatches, decider=PLACES, nouns="offers", roles=MATCHERS,
        may=deals_with_the_offers_kind, derived={"proposed_by": role_of}, checks=(proposals_say_what_is_known,),
    ),
    CommandRoute(
        command=AcceptMatch, decider=PLACES, nouns="offers", roles=SIDES, parties=side_of_match,
        may=deals_with_the_offers_kind, derived={"by": match_side_of}, checks=(no_side_is_suspended,),
    ),
    CommandRoute(
        command=DeclineMatch, decider=PLACES, nouns="offers", roles=SIDES, parties=side_of_match,
        may=deals_with_the_offers_kind, derived={"by": match_side_of},
    ),
    CommandRoute(
        command=LapseMatches, decider=PLACES, nouns="offers", roles=MATCHERS, may=deals_with_the_offers_kind,
    ),
    CommandRoute(command=ConfirmMatch, decider=PLACES, nouns="offers", roles=SERVICE_ONLY),
    CommandRoute(command=AskReopen, decider=PLACES, nouns="offers", roles=SERVICE_ONLY),
    CommandRoute(command=ExpireOffer, decider=OFFER, nouns="offers", roles=SERVICE_ONLY),
)  # fmt: skip

NEEDS = (
    CommandRoute(
        command=PostNeed, decider=NEED, nouns="needs", roles=BOARD, starts=True,
        parties=posting_organisation, derived={"organisation_id": own_organisation}, checks=MAY_POST,
    ),
    CommandRoute(command=AmendNeed, decider=NEED, nouns="needs", roles=BOARD, parties=party_of),
    CommandRoute(command=ConfirmNeedCurrent, decider=NEED, nouns="needs", roles=BOARD, parties=party_of),
    CommandRoute(command=WithdrawNeed, decider=NEED, nouns="needs", roles=BOARD, parties=party_of),
    CommandRoute(
        command=PostSearch, decider=NEED, nouns="searches", roles=SEARCHERS, starts=True, parties=posting_person,
        may=deals_with_the_searchs_kind, derived={"person_id": own_person},
    ),
    CommandRoute(
        command=AmendSearch, decider=NEED, nouns="searches", roles=SEARCHERS, parties=party_of,
        may=deals_with_the_searchs_kind,
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

AGREEMENTS = (
    CommandRoute(
        command=DraftAgreement, decider=AGREEMENT, nouns="agreements", roles=TRADERS, starts=True,
        parties=drafting_parties, checks=(parties_are_known_and_not_suspended,),
    ),
    CommandRoute(command=ReviseDraft, decider=AGREEMENT, nouns="agreements", roles=TRADERS, parties=both_parties),
    CommandRoute(
        command=SignAgreement, decider=AGREEMENT, nouns="agreements", roles=TRADERS,
        parties=both_parties, derived={"by": agreement_parties},
    ),
    CommandRoute(
        command=SealAgreement, decider=AGREEMENT, nouns="agreements", roles=NOTARIES,
        derived={"notary": whoever_seals}, checks=(seal_falls_between_the_gongs,),
    ),
    CommandRoute(command=RefuseSeal, decider=AGREEMENT, nouns="agreements", roles=NOTARIES),
    CommandRoute(command=RecordContact, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=both_parties),
    CommandRoute(command=ReportDelivery, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=giver),
    CommandRoute(command=ConfirmDelivery, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=receiver),
    CommandRoute(command=DisputeDelivery, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=receiver),
    CommandRoute(command=CloseAgreement, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=both_parties),
    CommandRoute(command=ReportFailure, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=both_parties),
    CommandRoute(
        command=WithdrawAgreement, decider=AGREEMENT, nouns="agreements", roles=TRADERS,
        parties=both_parties, derived={"by": agreement_parties},
    ),
)  # fmt: skip

ENGAGEMENTS = (
    CommandRoute(
        command=RequestCounselling, decider=COUNSELLING, nouns="counsellings", roles=VOLUNTEERS, starts=True,
        parties=requesting_person, derived={"person_id": own_person},
    ),
    CommandRoute(command=HoldCounselling, decider=COUNSELLING, nouns="counsellings", roles=CHECKERS),
    CommandRoute(command=ReferVolunteer, decider=ENGAGEMENT, nouns="engagements", roles=SERVICE_ONLY),
    CommandRoute(command=DeclineReferral, decider=ENGAGEMENT, nouns="engagements", roles=VOLUNTEERS, parties=volunteer),
    CommandRoute(command=StartTrial, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=EndTrial, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=StartEngagement, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=LogHours, decider=ENGAGEMENT, nouns="engagements", roles=VOLUNTEERS, parties=volunteer),
    CommandRoute(command=ConfirmHours, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=DisputeHours, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
    CommandRoute(command=EndEngagement, decider=ENGAGEMENT, nouns="engagements", roles=HOSTS, parties=host),
)  # fmt: skip

MARKET_DAYS = (
    CommandRoute(
        command=ScheduleMarketDay, decider=MARKET_DAY, nouns="market-days", roles=CHECKERS, starts=True
    ),
    CommandRoute(
        command=RecordAttendance, decider=MARKET_DAY, nouns="market-days", roles=CHECKERS | {Role.BROKER}
    ),
    CommandRoute(command=CompleteMarketDay, decider=MARKET_DAY, nouns="market-days", roles=CHECKERS),
)

MARKETPLACE = ServiceTables(
    name="marketplace",
    commands=(*OFFERS, *NEEDS, *AGREEMENTS, *ENGAGEMENTS, *MARKET_DAYS),
    reactions=(*PROPOSING, *REACTIONS),
    views=VIEWS,
    queries=QUERIES,
    effects=EFFECTS,
    timers=TIMERS,
    follows=("actors", "employment"),
)

FILES = (OFFER_FILES, NEED_FILES, AGREEMENT_FILES, ENGAGEMENT_FILES, HOURS_FILES)
"""The kinds of file that hold nouns of this service."""

STORIES = (MARKET_DAY_STORIES, BOARD_STORIES, VOLUNTEERING_STORIES, WORK_STORIES)
"""What a simulated city tells of the nouns of this service."""
