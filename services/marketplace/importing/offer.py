"""What does a row about an offer ask for? It is posted on its day, checked where needed, and amended when corrected."""

import re
from collections.abc import Iterator

from services.marketplace.domain.offer import OFFER, AmendOffer, CheckOffer, Offer, OfferStatus, PostOffer
from services.marketplace.importing import words
from services.marketplace.importing.market_day import market_day_id_in
from shared.events.marketplace.offer import (
    OfferPosted,
    OfferSubmitted,
    OfferTerms,
    VolunteeringTerms,
    WorkTerms,
)
from shared.events.vocabulary import Category, OfferKind, VolunteeringForm, WorkForm
from shared.importing.identity import noun_id
from shared.importing.kinds import Import
from shared.importing.lookup import Lookup
from shared.importing.step import FUTURE, RowRefused, Step, needed
from shared.importing.words import HOURS_PER_WEEK, TERM
from shared.tabular import cells
from shared.tabular.cells import CellRefused, Labels, ListOf, OneOf
from shared.tabular.fields import About, Kind, key, may, must
from shared.tabular.rows import Row

WORK_FORMS: Labels = {
    WorkForm.JOB: "Stelle | Arbeitsstelle | Arbeitsplatz | Arbeitsverhältnis | sv-pflichtige Stelle | Job",
    WorkForm.APPRENTICESHIP: "Ausbildung | Ausbildungsplatz | Ausbildungsstelle | Lehre",
    WorkForm.ENTRY_QUALIFICATION: "Einstiegsqualifizierung | EQ | EQ-Platz",
    WorkForm.INTERNSHIP: "Praktikum | Praktikumsplatz | Schülerpraktikum",
    WorkForm.WORK_OPPORTUNITY: "Arbeitsgelegenheit",
}

VOLUNTEERING_FORMS: Labels = {
    VolunteeringForm.ONE_OFF: "einmalig | Tageseinsatz | punktuell",
    VolunteeringForm.REGULAR: "regelmäßig | dauerhaft | wöchentlich",
    VolunteeringForm.ONLINE: "online | von zu Hause | digital",
    VolunteeringForm.TEAM: "im Team | Team | Gruppe",
}

_KLDB = re.compile(r"[0-9]{5}")


def kldb(cell: str) -> str:
    """A KldB 2010 code of five digits; the fifth is the requirement level 1 to 4 (handbook 5.4).

    Raises: CellRefused when it is none.
    """
    code = re.sub(r"[\s-]", "", cell).upper().removeprefix("B")
    if not _KLDB.fullmatch(code) or code[4] not in "1234":
        raise CellRefused(f"'{cell.strip()}' is not a KldB code: five digits, the last from 1 to 4")
    return code


KIND = Kind(
    name="offers",
    about=About.ORGANISATION,
    fields=(
        key("Angebots-Nr. | Angebot Nr. | Stellen-Nr."),
        must(
            "organisation",
            cells.line_of_text,
            "Organisation | Org-Nr. | Organisations-Nr. | Organisation Nr. | Träger | Anbieter | Firma | Betrieb | "
            "Einrichtung | Einsatzstelle | Arbeitgeber | employer | provider",
        ),
        must("kind", OneOf(words.OFFER_KINDS), "Art | Angebotsart | Art des Angebots | Typ | type"),
        must(
            "title",
            cells.line_of_text,
            "Angebot | Titel | Bezeichnung | Tätigkeit | Stelle | Leistung | offer",
        ),
        may("description", cells.text, words.DESCRIPTION),
        must("category", OneOf(words.CATEGORIES), words.CATEGORY),
        may("district", cells.line_of_text, words.DISTRICT),
        may(
            "places",
            cells.count,
            "Plätze | Anzahl Plätze | Anzahl | Stellen | Kapazität | capacity",
            default=1,
        ),
        may("skills", ListOf(cells.line_of_text), words.SKILLS, default=()),
        may("available_from", cells.day, "verfügbar ab | frei ab | ab | von | Beginn | from"),
        may("available_until", cells.day, "verfügbar bis | bis | Ende | until"),
        must("posted_on", cells.day, words.POSTED),
        may("market_day", cells.day_or_key, words.MARKET_DAY, refers_to="market_days"),
        may(
            "work_form",
            OneOf(WORK_FORMS),
            "Stellenart | Arbeitsform | Beschäftigungsform | Form der Arbeit",
        ),
        may("hours_per_week", cells.hours, HOURS_PER_WEEK),
        may(
            "pay_per_hour",
            cells.decimal,
            "Stundenlohn | Lohn pro Stunde | Lohn/Std. | Vergütung pro Stunde | EUR/h",
        ),
        may("term_months", cells.count, TERM),
        may("kldb", kldb, "KldB 2010 | KldB-Code | Berufskennziffer | BKZ"),
        may("additional", cells.yes_or_no, "zusätzlich | zusätzliche Stelle | Zusätzlichkeit"),
        may(
            "volunteer_form",
            OneOf(VOLUNTEERING_FORMS),
            "Form | Einsatzform | Engagementform | Form des Engagements",
        ),
        may(
            "minors",
            cells.yes_or_no,
            "mit Minderjährigen | Minderjährige | Arbeit mit Kindern | Kinder/Jugendliche | Kinder und Jugendliche",
        ),
    ),
    in_order=(("available_from", "available_until"), ("posted_on", "available_until")),
    meanings={
        "key": "Nummer der Zeile in Ihrer Liste. Sie bleibt gleich, wenn die Zeile berichtigt wird.",
        "organisation": "Organisation, die anbietet: ihre Nummer oder ihr Name.",
        "kind": "Ob es um Tausch, Ehrenamt oder Arbeit geht.",
        "title": "Was angeboten wird, in einer Zeile.",
        "description": "Nähere Beschreibung, ohne Angaben zu Personen.",
        "category": "Handelsecke des Marktplatzes.",
        "district": "Stadtbezirk. Leer zählt der Stadtbezirk der Organisation.",
        "places": "Wie oft oder für wie viele Menschen es das Angebot gibt. Leer zählt als 1.",
        "skills": "Stichworte, nach denen Angebote und Gesuche zusammenpassen.",
        "available_from": "Erster Tag, an dem es das Angebot gibt; bei Arbeit der Beginn.",
        "available_until": "Letzter Tag, an dem es das Angebot gibt.",
        "posted_on": "Tag, an dem das Angebot einging.",
        "market_day": "Marktplatz, zu dem das Angebot gehört.",
        "work_form": "Nur bei Arbeit, und dort nötig: die Form der Stelle.",
        "hours_per_week": "Stunden je Woche; bei Arbeit nötig, bei Ehrenamt möglich.",
        "pay_per_hour": "Nur bei Arbeit: Lohn je Stunde in Euro.",
        "term_months": "Nur bei Arbeit: Laufzeit in Monaten. Leer heißt unbefristet.",
        "kldb": "Nur bei Arbeit: Beruf nach der KldB 2010, fünf Ziffern, die letzte von 1 bis 4.",
        "additional": "Nur bei Arbeit: ob die Stelle zusätzlich ist.",
        "volunteer_form": "Nur bei Ehrenamt, und dort nötig: die Form des Einsatzes.",
        "minors": "Nur bei Ehrenamt: ob der Einsatz mit Minderjährigen zu tun hat.",
    },
    examples=(
        (
            "BSP-A1 | BSP-O1 | Tausch | Brötchen für ein Fest (erfunden) | Erfundenes Beispiel | Sachmittel | "
            " {district} | 1 | Backen, Fest | t-70 | t+100 | t-80 | | | | | | | | |"
        ),
        (
            "BSP-A2 | BSP-O2 | Ehrenamt | Vorlesen in der Schule (erfunden) | | Know-how | {district} | 3 |"
            " Vorlesen | | | t-300 | | | 2 | | | | | regelmäßig | ja"
        ),
        (
            "BSP-A3 | BSP-O1 | Arbeit | Backhilfe (erfunden) | | Helfende Hände | {district} | 2 | | | |"
            " t-300 | | Stelle | 30 | 16,00 | 24 | 29201 | nein | |"
        ),
    ),
    after=("organisations",),
)

BY_RULE = {
    FUTURE: "posted_on",
    "organisation_is_verified": "organisation",
    "organisation_is_not_suspended": "organisation",
    "offer_has_places": "places",
    "places_cover_what_is_taken": "places",
    "dates_are_in_order": "available_until",
    "kind_stays_the_same": "kind",
}


def steps(row: Row, lookup: Lookup) -> Iterator[Step]:
    """The steps of one row."""
    offer_id = noun_id("offers", row.key)
    organisation_id = lookup.neighbours.organisation(row, "organisation")
    terms = terms_of(row, organisation_id, lookup)
    at = lookup.at(row.day("posted_on"))
    status = lookup.state(OFFER, offer_id).status
    if status in {OfferStatus.UNKNOWN, OfferStatus.RETURNED}:
        is_new = status == OfferStatus.UNKNOWN
        posted_at = at if is_new else lookup.now
        post = PostOffer(offer_id=offer_id, organisation_id=organisation_id, terms=terms, at=posted_at)
        yield Step(command=post, name="title", begins=is_new, by_rule=BY_RULE)
    else:
        fields: dict[str, tuple[type, ...]] = {"posted_on": (OfferSubmitted, OfferPosted)}
        lookup.refuse_other_days(row, OFFER, offer_id, fields)
    if lookup.state(OFFER, offer_id).status == OfferStatus.SUBMITTED:
        yield Step(command=CheckOffer(offer_id=offer_id, at=at), name="posted_on")
    if lookup.state(OFFER, offer_id).terms == terms:
        return
    amend = AmendOffer(offer_id=offer_id, terms=terms, at=lookup.now)
    yield Step(command=amend, name="title", by_rule=BY_RULE)
    if lookup.state(OFFER, offer_id).status == OfferStatus.SUBMITTED:
        # Who imports the city's own list has checked it, what changed in it as well.
        yield Step(command=CheckOffer(offer_id=offer_id, at=lookup.now), name="title")


def terms_of(row: Row, organisation_id: str, lookup: Lookup) -> OfferTerms:
    """What the row offers; without a district in the row, the organisation's own counts.

    Raises: RowRefused, for instance for a job without hours.
    """
    kind = OfferKind(needed(row.text("kind"), "kind"))
    return OfferTerms(
        kind=kind,
        title=needed(row.text("title"), "title"),
        category=Category(needed(row.text("category"), "category")),
        district=row.text("district") or lookup.neighbours.district_of(organisation_id),
        places=row.count("places") or 1,
        description=row.text("description") or "",
        skills=row.texts("skills"),
        available_from=row.day("available_from"),
        available_until=row.day("available_until"),
        market_day_id=market_day_id_in(row, lookup),
        work=_work(row) if kind == OfferKind.WORK else None,
        volunteering=_volunteering(row) if kind == OfferKind.VOLUNTEERING else None,
    )


def _work(row: Row) -> WorkTerms:
    why = "the offer is one of work"
    return WorkTerms(
        form=WorkForm(needed(row.text("work_form"), "work_form", why)),
        hours_per_week=needed(row.number("hours_per_week"), "hours_per_week", why),
        pay_per_hour=row.number("pay_per_hour"),
        term_months=row.count("term_months"),
        starts_on=row.day("available_from"),
        kldb=row.text("kldb"),
        additional=row.flag("additional") or False,
    )


def _volunteering(row: Row) -> VolunteeringTerms:
    return VolunteeringTerms(
        form=VolunteeringForm(
            needed(row.text("volunteer_form"), "volunteer_form", "the offer is one of volunteering")
        ),
        hours_per_week=row.number("hours_per_week"),
        with_minors=row.flag("minors") or False,
    )


OFFER_FILES = Import(kind=KIND, steps=steps)


# --- as the rows of other files name it -------------------------------------------------------
def offer_in(row: Row, lookup: Lookup, kind: OfferKind) -> tuple[str, Offer, OfferTerms]:
    """The offer that a row names by its key in a file or by its id: the id, its state, its terms.

    Raises: RowRefused when there is none, or one of another kind.
    """
    text = needed(row.text("offer"), "offer")
    for candidate in (each for form in row.forms("offer") for each in (noun_id("offers", form), form)):
        offer = lookup.state(OFFER, candidate)
        if offer.terms is not None:
            if offer.terms.kind != kind:
                raise RowRefused("offer", f"'{text}' is an offer of {offer.terms.kind}, not of {kind}")
            return candidate, offer, offer.terms
    raise RowRefused("offer", f"'{text}' is not a known offer; import the offers first")
