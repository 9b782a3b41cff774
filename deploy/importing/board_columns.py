"""Which fields have the files about organisations: what they are, offer, need and agree upon?"""

from deploy.importing import labels
from shared.tabular import cells
from shared.tabular.cells import list_of, one_of
from shared.tabular.fields import About, Kind, key, may, must

HOURS_PER_WEEK = "Std./Woche | Stunden pro Woche | Wochenstunden | Stunden/Woche | h/Woche | Arbeitszeit"
TERM = "Laufzeit | Laufzeit Monate | Laufzeit in Monaten | Monate | Dauer | Dauer in Monaten | months"

_DISTRICT = "Stadtteil | Stadtbezirk | Bezirk | Ortsteil | borough"
_CATEGORY = "Kategorie | Handelsecke | Ecke | Rubrik | corner"
_DESCRIPTION = "Beschreibung | Bemerkung | Erläuterung | Details | Anmerkung | Hinweise"
_SKILLS = "Fähigkeiten | Stichworte | Kenntnisse | Schlagworte | Kompetenzen | Anforderungen"
_POSTED = "eingestellt am | Eingang | Eingang am | gemeldet am | erfasst am | Datum | date"
_MARKET_DAY = "Marktplatz | Markttag | Marktplatz am | Marktplatzveranstaltung"

ORGANISATIONS = Kind(
    name="organisations",
    about=About.ORGANISATION,
    fields=(
        key("Org-Nr. | Organisationsnummer | Kürzel"),
        must(
            "name",
            cells.line_of_text,
            "Name | Organisation | Name der Organisation | Träger | Firma | Firmenname | Vereinsname | Einrichtung | "
            "Bezeichnung | organisation name",
        ),
        must("sector", one_of(labels.SECTORS), "Sektor | Bereich | Art | Art der Organisation | Typ | type"),
        must("district", cells.line_of_text, _DISTRICT),
        may("legal_form", cells.line_of_text, "Rechtsform"),
        may("charitable", cells.yes_or_no, "gemeinnützig | Gemeinnützigkeit | non-profit"),
        may("verified", cells.yes_or_no, "geprüft | Prüfung | verifiziert", default=True),
        may(
            "registered_on",
            cells.day,
            "aufgenommen am | Aufnahme am | angemeldet am | registriert am | erfasst am | dabei seit | Datum | date",
        ),
        may(
            "attended",
            list_of(cells.market_day),
            "Teilnahme Marktplatz | Teilnahme | Marktplätze | teilgenommen an | Marktplatz | market days",
            default=(),
        ),
    ),
)

OFFERS = Kind(
    name="offers",
    about=About.ORGANISATION,
    fields=(
        key("Angebots-Nr. | Angebot Nr. | Stellen-Nr."),
        must(
            "organisation",
            cells.line_of_text,
            "Organisation | Org-Nr. | Organisation Nr. | Träger | Anbieter | Firma | Betrieb | Einrichtung | "
            "Einsatzstelle | Arbeitgeber | employer | provider",
        ),
        must("kind", one_of(labels.OFFER_KINDS), "Art | Angebotsart | Art des Angebots | Typ | type"),
        must(
            "title",
            cells.line_of_text,
            "Angebot | Titel | Bezeichnung | Tätigkeit | Stelle | Leistung | offer",
        ),
        may("description", cells.text, _DESCRIPTION),
        must("category", one_of(labels.CATEGORIES), _CATEGORY),
        may("district", cells.line_of_text, _DISTRICT),
        may(
            "places",
            cells.count,
            "Plätze | Anzahl Plätze | Anzahl | Stellen | Kapazität | capacity",
            default=1,
        ),
        may("skills", list_of(cells.line_of_text), _SKILLS, default=()),
        may("available_from", cells.day, "verfügbar ab | frei ab | ab | von | Beginn | from"),
        may("available_until", cells.day, "verfügbar bis | bis | Ende | until"),
        must("posted_on", cells.day, _POSTED),
        may("market_day", cells.market_day, _MARKET_DAY),
        may(
            "work_form",
            one_of(labels.WORK_FORMS),
            "Stellenart | Arbeitsform | Beschäftigungsform | Form der Arbeit",
        ),
        may("hours_per_week", cells.hours, HOURS_PER_WEEK),
        may(
            "pay_per_hour",
            cells.decimal,
            "Stundenlohn | Lohn pro Stunde | Lohn/Std. | Vergütung pro Stunde | EUR/h",
        ),
        may("term_months", cells.count, TERM),
        may("kldb", cells.kldb, "KldB 2010 | KldB-Code | Berufskennziffer | BKZ"),
        may("additional", cells.yes_or_no, "zusätzlich | zusätzliche Stelle | Zusätzlichkeit"),
        may(
            "volunteer_form",
            one_of(labels.VOLUNTEERING_FORMS),
            "Form | Einsatzform | Engagementform | Form des Engagements",
        ),
        may(
            "minors",
            cells.yes_or_no,
            "mit Minderjährigen | Minderjährige | Arbeit mit Kindern | Kinder/Jugendliche | Kinder und Jugendliche",
        ),
    ),
    in_order=(("available_from", "available_until"), ("posted_on", "available_until")),
)

NEEDS = Kind(
    name="needs",
    about=About.ORGANISATION,
    fields=(
        key("Gesuch-Nr. | Bedarf Nr. | Gesuch Nr."),
        must(
            "organisation",
            cells.line_of_text,
            "Organisation | Org-Nr. | Organisation Nr. | Träger | Suchende | Verein | Einrichtung | Firma | "
            "Betrieb | seeker",
        ),
        may(
            "kind",
            one_of(labels.OFFER_KINDS),
            "Art | Bedarfsart | Art des Gesuchs | Typ | type",
            default="exchange",
        ),
        must(
            "title",
            cells.line_of_text,
            "Gesuch | Bedarf | Titel | Suche | Wunsch | gesucht wird | Bezeichnung | need",
        ),
        may("description", cells.text, _DESCRIPTION),
        must("category", one_of(labels.CATEGORIES), _CATEGORY),
        may("district", cells.line_of_text, _DISTRICT),
        may("skills", list_of(cells.line_of_text), _SKILLS, default=()),
        may("wanted_from", cells.day, "gewünscht ab | gebraucht ab | ab | von | from"),
        may("wanted_until", cells.day, "gewünscht bis | gebraucht bis | bis | until"),
        must("posted_on", cells.day, _POSTED),
        may("market_day", cells.market_day, _MARKET_DAY),
        may("n_people", cells.count, "Personen | Anzahl Personen | Anzahl | people"),
    ),
    in_order=(("wanted_from", "wanted_until"), ("posted_on", "wanted_until")),
)

AGREEMENTS = Kind(
    name="agreements",
    about=About.ORGANISATION,
    fields=(
        key("Vereinbarung | Vereinbarung Nr. | Vereinbarungs-Nr."),
        may("market_day", cells.market_day, _MARKET_DAY),
        must("party_a", cells.line_of_text, "Partner A | Seite A | Organisation A | Geber"),
        must("party_b", cells.line_of_text, "Partner B | Seite B | Organisation B | Nehmer"),
        may("offer", cells.line_of_text, "Angebots-Nr. | Angebot Nr. | Angebot"),
        may("need", cells.line_of_text, "Gesuch-Nr. | Gesuch Nr. | Gesuch | Bedarf-Nr. | Bedarf Nr."),
        must("a_gives_category", one_of(labels.CATEGORIES), "Kategorie A | Kategorie Leistung"),
        must("a_gives", cells.text, "Leistung A | A gibt | Leistung"),
        may("a_hours", cells.hours, "Stunden A | Std. A | Stunden Leistung"),
        may("b_gives_category", one_of(labels.CATEGORIES), "Kategorie B | Kategorie Gegenleistung"),
        may("b_gives", cells.text, "Leistung B | B gibt | Gegenleistung"),
        may("b_hours", cells.hours, "Stunden B | Std. B | Stunden Gegenleistung"),
        may("due_on", cells.day, "einzulösen bis | zu erbringen bis | Frist | fällig am"),
        must("sealed_on", cells.day, "besiegelt am | geschlossen am | vereinbart am | Datum | date"),
        may(
            "contacted_on",
            cells.day,
            "Kontakt am | Erstkontakt | erster Kontakt | Kontaktaufnahme | Kontaktaufnahme am",
        ),
        may("outcome", one_of(labels.OUTCOMES), "Ergebnis | Stand | Status | Einlösung", default="open"),
        may(
            "outcome_on", cells.day, "Ergebnis am | Stand vom | erledigt am | eingelöst am | abgeschlossen am"
        ),
        may(
            "failure_reason",
            one_of(labels.FAILURE_REASONS),
            "Grund | Grund des Scheiterns | warum nicht | reason",
        ),
        may("broker", cells.yes_or_no, "Makler | mit Makler | durch Makler"),
    ),
    in_order=(("sealed_on", "due_on"), ("sealed_on", "contacted_on"), ("sealed_on", "outcome_on")),
)
