"""Which fields of events about people stand in the clear, and why? What is not listed here is sealed, or is not kept.

The default is sealed. An event is about a person when it lies in a person's stream, names a person's random id, or
tells of the search, the match or the work of one. A new field wants a line here, with its reason.
Source: GDPR Art. 5 (1) (c), Art. 25; docs/adr/0020.
"""

from collections.abc import Mapping

from shared.events.actors import erasure, person
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementConverted,
    PlacementDeclined,
    PlacementEnded,
    PlacementNeverStarted,
    PlacementNotProposed,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.events.marketplace import engagement, need, offer

RANDOM = "a random id: whose it is, only the vault can say"
OFFERED = "says of the offer what the board says of it"
ROLE = "a role or a service, no name"
DECIDES = "a closed list that a rule decides by"
COARSE = "a class or band, coarse by design (rule P03)"
DUE = "a day by which something falls due or is counted"
COUNTED = "a number that a figure counts"
RULE = "a rule's name and sentence, as the code has them"

Fields = Mapping[str, str]
_MATCH: Fields = {"match_id": RANDOM, "offer_id": RANDOM, "search_id": RANDOM}
_SEARCH_TERMS: Fields = {
    "terms.kind": DECIDES,
    "terms.hours": COARSE,
    "terms.distance": COARSE,
    "terms.from_month": COARSE,
    "terms.kldb3": COARSE,
    "terms.level": COARSE,
    "terms.category": COARSE,
}

CLEAR: Mapping[type, Fields] = {
    # --- actors: who a person is
    person.PersonRegistered: {"context": DECIDES},
    person.PersonAmended: {},
    person.ConsentGiven: {"purpose": DECIDES},
    person.ConsentWithdrawn: {"purpose": DECIDES},
    person.PersonDisclosed: {"purpose": DECIDES, "role": ROLE},
    erasure.ErasureRequested: {"basis": DECIDES, "retentions": DECIDES},
    erasure.ErasureBlocked: {"retention": DECIDES, "until": DUE},
    erasure.ErasureRefused: {"reason": DECIDES},
    erasure.ErasureReported: {"service": ROLE, "n_slots": COUNTED},
    erasure.ErasureCompleted: {"n_slots": COUNTED},
    # --- marketplace: what a person looks for and does
    need.SearchPosted: {"person_id": RANDOM, **_SEARCH_TERMS},
    need.SearchAmended: {"person_id": RANDOM, **_SEARCH_TERMS},
    need.SearchHeld: {"match_id": RANDOM, "offer_id": RANDOM},
    need.SearchReleased: {"match_id": RANDOM},
    need.SearchMet: {"match_id": RANDOM},
    need.SearchListed: {"waiting_since": DUE},
    need.SearchClosed: {"closed_on": DUE},
    offer.MatchProposed: {
        **dict.fromkeys(("match_id", "need_id", "need_party", "offer_party"), RANDOM),
        **dict.fromkeys(("is_search", "kind"), DECIDES),
        "proposed_by": ROLE,
        **dict.fromkeys(
            ("score", "reasons.part", "reasons.points", "reasons.text"), "left out for a search (rule P01)"
        ),
    },
    offer.MatchAccepted: {"match_id": RANDOM, "by": ROLE},
    offer.MatchDeclined: {"match_id": RANDOM, "by": ROLE, "reason": "left out for a person (rule P02)"},
    offer.MatchLapsed: {"match_id": RANDOM, "reason": DECIDES, "was_held": DECIDES},
    offer.PlaceHeld: {"match_id": RANDOM, "need_id": RANDOM, "is_search": DECIDES},
    offer.MatchConfirmed: {
        **dict.fromkeys(("match_id", "offer_id", "need_id", "need_party", "offer_party"), RANDOM),
        "is_search": DECIDES,
        "terms": OFFERED,
    },
    offer.PlaceReopenAsked: {"match_id": RANDOM, "cause": DECIDES},
    offer.PlaceReopened: {"free_places": OFFERED},
    engagement.CounsellingRequested: {"person_id": RANDOM},
    engagement.CounsellingHeld: {"person_id": RANDOM, "held_on": DUE},
    engagement.VolunteerReferred: {**_MATCH, "person_id": RANDOM, "host_id": RANDOM, "form": DECIDES},
    engagement.ReferralDeclined: {**_MATCH, "reason": DECIDES},
    engagement.TrialStarted: {"started_on": DUE},
    engagement.TrialEnded: {**_MATCH, "ended_on": DUE, "reason": DECIDES},
    engagement.EngagementStarted: {**_MATCH, "host_id": RANDOM, "started_on": DUE},
    engagement.VolunteerHoursLogged: {
        "entry_id": RANDOM,
        "worked_on": DUE,
        "hours": COUNTED,
        "civic": DECIDES,
    },
    engagement.VolunteerHoursConfirmed: {
        "entry_id": RANDOM,
        "worked_on": DUE,
        "hours": COUNTED,
        "civic": DECIDES,
        "host_id": RANDOM,
    },
    engagement.VolunteerHoursDisputed: {"entry_id": RANDOM},
    engagement.EngagementEnded: {**_MATCH, "ended_on": DUE, "reason": DECIDES},
    # --- employment: the way into work that lasts
    PlacementProposed: {
        **_MATCH,
        "employer_id": RANDOM,
        **dict.fromkeys(("form", "additional", "hours_per_week", "term_months", "kldb"), OFFERED),
    },
    PlacementNotProposed: {**_MATCH, "rule": RULE, "sentence": RULE},
    PlacementDeclined: {**_MATCH, "reason": DECIDES},
    PlacementContracted: {
        "contracted_on": DUE,
        "starts_on": DUE,
        "hours_per_week": COUNTED,
        "term_months": DECIDES,
    },
    PlacementStarted: {
        **_MATCH,
        "employer_id": RANDOM,
        "form": OFFERED,
        "additional": OFFERED,
        "started_on": DUE,
    },
    PlacementNeverStarted: {**_MATCH, "reason": DECIDES},
    RetentionCheckFellDue: {"milestone": COUNTED, "due_on": DUE},
    PlacementRetentionConfirmed: {"milestone": COUNTED, "same_employer": COUNTED},
    PlacementRetentionDenied: {"milestone": COUNTED},
    PlacementRetentionUnknown: {"milestone": COUNTED},
    PlacementConverted: {"converted_on": DUE, "to_form": DECIDES},
    PlacementEnded: {"ended_on": DUE, "reason": DECIDES, "early": COUNTED},
}
"""Event type -> field (of a part: `part.field`) -> why it may be read by whoever may read the log."""
