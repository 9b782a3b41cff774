"""What does a row about an organisation's need ask for? It is posted on its day, and amended when corrected."""

from collections.abc import Iterator

from services.marketplace.domain.need import NEED, AmendNeed, Need, PostNeed
from services.marketplace.importing import words
from services.marketplace.importing.market_day import market_day_id_in
from shared.events.marketplace.need import NeedPosted, NeedTerms
from shared.events.vocabulary import Category, OfferKind
from shared.importing.identity import noun_id
from shared.importing.kinds import Import
from shared.importing.lookup import Lookup
from shared.importing.step import FUTURE, RowRefused, Step, needed
from shared.tabular import cells
from shared.tabular.cells import ListOf, OneOf
from shared.tabular.fields import About, Kind, key, may, must
from shared.tabular.rows import Row

KIND = Kind(
    name="needs",
    about=About.ORGANISATION,
    fields=(
        key("Gesuch-Nr. | Bedarf Nr. | Gesuch Nr."),
        must(
            "organisation",
            cells.line_of_text,
            "Organisation | Org-Nr. | Organisations-Nr. | Organisation Nr. | Träger | Suchende | Verein | "
            "Einrichtung | Firma | Betrieb | seeker",
        ),
        may(
            "kind",
            OneOf(words.OFFER_KINDS),
            "Art | Bedarfsart | Art des Gesuchs | Typ | type",
            default="exchange",
        ),
        must(
            "title",
            cells.line_of_text,
            "Gesuch | Bedarf | Titel | Suche | Wunsch | gesucht wird | Bezeichnung | need",
        ),
        may("description", cells.text, words.DESCRIPTION),
        must("category", OneOf(words.CATEGORIES), words.CATEGORY),
        may("district", cells.line_of_text, words.DISTRICT),
        may("skills", ListOf(cells.line_of_text), words.SKILLS, default=()),
        may("wanted_from", cells.day, "gewünscht ab | gebraucht ab | ab | von | from"),
        may("wanted_until", cells.day, "gewünscht bis | gebraucht bis | bis | until"),
        must("posted_on", cells.day, words.POSTED),
        may("market_day", cells.day_or_key, words.MARKET_DAY, refers_to="market_days"),
        may("n_people", cells.count, "Personen | Anzahl Personen | Anzahl | people"),
    ),
    in_order=(("wanted_from", "wanted_until"), ("posted_on", "wanted_until")),
    meanings={
        "key": "Nummer der Zeile in Ihrer Liste. Sie bleibt gleich, wenn die Zeile berichtigt wird.",
        "organisation": "Organisation, die sucht: ihre Nummer oder ihr Name.",
        "kind": "Ob es um Tausch, Ehrenamt oder Arbeit geht. Leer zählt als Tausch.",
        "title": "Was gesucht wird, in einer Zeile.",
        "description": "Nähere Beschreibung, ohne Angaben zu Personen.",
        "category": "Handelsecke des Marktplatzes.",
        "district": "Stadtbezirk. Leer zählt der Stadtbezirk der Organisation.",
        "skills": "Stichworte, nach denen Angebote und Gesuche zusammenpassen.",
        "wanted_from": "Erster Tag, an dem es gebraucht wird.",
        "wanted_until": "Letzter Tag, an dem es gebraucht wird.",
        "posted_on": "Tag, an dem das Gesuch einging.",
        "market_day": "Marktplatz, zu dem das Gesuch gehört.",
        "n_people": "Wie viele Menschen gesucht werden.",
    },
    examples=(
        (
            "BSP-G1 | BSP-O2 | Tausch | Tische für ein Fest (erfunden) | Erfundenes Beispiel | Räume und Geräte | "
            " {district} | Fest | t-60 | t+60 | t-75 | | 2"
        ),
    ),
    after=("organisations",),
)

BY_RULE = {
    FUTURE: "posted_on",
    "organisation_is_verified": "organisation",
    "organisation_is_not_suspended": "organisation",
    "need_asks_for_people_within_reason": "n_people",
    "dates_are_in_order": "wanted_until",
}


def steps(row: Row, lookup: Lookup) -> Iterator[Step]:
    """The steps of one row."""
    need_id = noun_id("needs", row.key)
    organisation_id = lookup.neighbours.organisation(row, "organisation")
    terms = terms_of(row, organisation_id, lookup)
    if not lookup.exists(NEED, need_id):
        at = lookup.at(row.day("posted_on"))
        post = PostNeed(need_id=need_id, organisation_id=organisation_id, terms=terms, at=at)
        yield Step(command=post, name="title", begins=True, by_rule=BY_RULE)
        return
    lookup.refuse_other_days(row, NEED, need_id, {"posted_on": (NeedPosted,)})
    if lookup.state(NEED, need_id).terms != terms:
        amend = AmendNeed(need_id=need_id, terms=terms, at=lookup.now)
        yield Step(command=amend, name="title", by_rule=BY_RULE)


def terms_of(row: Row, organisation_id: str, lookup: Lookup) -> NeedTerms:
    """What the row asks for; without a district in the row, the organisation's own counts.

    Raises: RowRefused.
    """
    return NeedTerms(
        kind=OfferKind(needed(row.text("kind"), "kind")),
        title=needed(row.text("title"), "title"),
        category=Category(needed(row.text("category"), "category")),
        district=row.text("district") or lookup.neighbours.district_of(organisation_id),
        description=row.text("description") or "",
        skills=row.texts("skills"),
        wanted_from=row.day("wanted_from"),
        wanted_until=row.day("wanted_until"),
        n_people=row.count("n_people") or 1,
        market_day_id=market_day_id_in(row, lookup),
    )


NEED_FILES = Import(kind=KIND, steps=steps)


# --- as the rows of other files name it -------------------------------------------------------
def need_in(row: Row, lookup: Lookup) -> tuple[str, Need]:
    """The organisation's need that a row names by its key in a file or by its id, and its state.

    Raises: RowRefused when there is none.
    """
    text = needed(row.text("need"), "need")
    for candidate in (each for form in row.forms("need") for each in (noun_id("needs", form), form)):
        need = lookup.state(NEED, candidate)
        if need.terms is not None and not need.is_search:
            return candidate, need
    raise RowRefused("need", f"'{text}' is not a known need; import the needs first")
