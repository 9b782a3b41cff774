"""Why may a field of an event about people stand in the clear? A field without a reason is sealed or not kept.

The default is sealed. An event is about a person when it is in a person's stream, names a person's random id, or
concerns a person's search, match or work. Such an event is declared with `clear`, which gives each field (of a part:
`part.field`) the reason why readers of the log may read it. An event about organisations needs no reasons.
Source: GDPR Art. 5 (1) (c), Art. 25; docs/adr/0020.
"""

from collections.abc import Mapping

RANDOM = "a random id: whose it is, only the vault can say"
OFFERED = "says of the offer what the board says of it"
ROLE = "a role or a service, no name"
DECIDES = "a closed list that a rule decides by"
COARSE = "a class or band, coarse by design (rule P03)"
DUE = "a day by which something falls due or is counted"
COUNTED = "a number that a figure counts"
RULE = "a rule's name and sentence, as the code has them"
LEFT_OUT_FOR_A_PERSON = "left out for a person (rule P02)"
LEFT_OUT_FOR_A_SEARCH = "left out for a search (rule P01)"

Fields = Mapping[str, str]
MATCH: Fields = {"match_id": RANDOM, "offer_id": RANDOM, "search_id": RANDOM}
SEARCH_TERMS: Fields = {
    "terms.kind": DECIDES,
    "terms.hours": COARSE,
    "terms.distance": COARSE,
    "terms.from_month": COARSE,
    "terms.kldb3": COARSE,
    "terms.level": COARSE,
    "terms.category": COARSE,
}
