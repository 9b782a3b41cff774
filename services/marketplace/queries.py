"""Who sees what of the marketplace? The board is open; matches, searches and cases are shown to those they concern."""

from services.marketplace.authority import may_read_kind
from services.marketplace.views.agreements import AGREEMENTS
from services.marketplace.views.engagements import COUNSELLINGS, ENGAGEMENTS
from services.marketplace.views.market_days import MARKET_DAYS
from services.marketplace.views.matches import MATCHES
from services.marketplace.views.needs import NEEDS, SEARCHES
from services.marketplace.views.offers import OFFERS, n_free
from services.marketplace.views.organisations import ORGANISATIONS
from shared.events.vocabulary import Side
from shared.kernel.read_model import Ask, Document
from shared.service.tables import Caller, Query, Role

VIEWS = (
    OFFERS,
    NEEDS,
    SEARCHES,
    MATCHES,
    AGREEMENTS,
    ENGAGEMENTS,
    COUNSELLINGS,
    MARKET_DAYS,
    ORGANISATIONS,
)
ON_THE_BOARD = {"posted", "exhausted", "open", "held", "met"}
BEHIND_THE_BOARD = {"taken", "reopen_asked"}
SEEN_OF_A_PERSONS_MATCH = (
    "id",
    "offer_id",
    "kind",
    "status",
    "proposed_at",
    "accepted_by",
    "lapse_reason",
    "declined_by",
)


# --- what a caller sees of a document -------------------------------------------------------------
def board_entry_shown(caller: Caller | None, document: Document, ask: Ask) -> Document | None:
    """The board shows what is posted by organisations in good standing; its owner and the coordinator see the rest."""
    entry = {name: value for name, value in document.items() if name not in BEHIND_THE_BOARD}
    if "taken" in document:
        entry |= {"free_places": n_free(document), "reopen_asked": len(document["reopen_asked"])}
    if caller is not None and (
        caller.role == Role.COORDINATOR or caller.actor == document.get("organisation_id")
    ):
        return entry
    organisation = ask.get(ORGANISATIONS, document.get("organisation_id", "")) or {}
    hidden = organisation.get("suspended") or document.get("status") not in ON_THE_BOARD
    return None if hidden else entry


def match_shown(caller: Caller | None, match: Document, _: Ask) -> Document | None:
    """A party sees its matches; of a person's, an organisation sees only that requirements are met.

    And that only after the person has agreed (rules P01, P02). No role reads both volunteering and employment.
    """
    if caller is None or not may_read_kind(caller, match["kind"]):
        return None
    if caller.role == Role.PERSON:
        return {name: value for name, value in match.items() if name != "decline_reason"}
    if not match["is_search"] or caller.role != Role.ORGANISATION:
        return match
    if Side.NEED not in match["accepted_by"]:
        return None
    seen = {name: match[name] for name in SEEN_OF_A_PERSONS_MATCH if name in match}
    stood = match["status"] in {"confirmed", "reopen_asked"}
    return seen | {"requirements_met": True} | ({"need_party": match["need_party"]} if stood else {})


def search_shown(caller: Caller | None, search: Document, _: Ask) -> Document | None:
    """Work searches are the counsellor's, volunteering searches the coordinator's, each person's their own."""
    return search if caller is not None and may_read_kind(caller, search["terms"]["kind"]) else None


def engagement_shown(caller: Caller | None, engagement: Document, _: Ask) -> Document | None:
    """The host sees the engagement, not the search that led to it."""
    if caller is None or caller.role != Role.ORGANISATION:
        return engagement if caller is not None else None
    return {name: value for name, value in engagement.items() if name != "search_id"}


# --- the tables -------------------------------------------------------------------------------
QUERIES = (
    Query(
        nouns="offers",
        view=OFFERS,
        filters=("organisation_id", "status", "kind", "category", "district"),
        shown=board_entry_shown,
    ),
    Query(
        nouns="needs",
        view=NEEDS,
        filters=("organisation_id", "status", "kind", "category", "district"),
        shown=board_entry_shown,
    ),
    Query(
        nouns="searches",
        view=SEARCHES,
        roles=frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.PERSON}),
        filters=("status", "kind", "listed"),
        own=("person_id",),
        shown=search_shown,
    ),
    Query(
        nouns="matches",
        view=MATCHES,
        roles=frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.BROKER, Role.ORGANISATION, Role.PERSON}),
        filters=("offer_id", "need_id", "status", "kind"),
        own=("offer_party", "need_party"),
        shown=match_shown,
    ),
    Query(
        nouns="agreements",
        view=AGREEMENTS,
        roles=frozenset({Role.COORDINATOR, Role.BROKER, Role.NOTARY, Role.ORGANISATION}),
        filters=("status", "match_id", "market_day_id", "contact"),
        own=("party_a", "party_b"),
    ),
    Query(
        nouns="engagements",
        view=ENGAGEMENTS,
        roles=frozenset({Role.COORDINATOR, Role.ORGANISATION, Role.PERSON}),
        filters=("status", "match_id"),
        own=("person_id", "host_id"),
        shown=engagement_shown,
    ),
    Query(
        nouns="counsellings",
        view=COUNSELLINGS,
        roles=frozenset({Role.COORDINATOR, Role.PERSON}),
        filters=("status",),
        own=("person_id",),
    ),
    Query(nouns="market-days", view=MARKET_DAYS, filters=("status",)),
)
