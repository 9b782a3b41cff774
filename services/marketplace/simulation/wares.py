"""What is offered and needed in the simulated city? Titles and single words, by trading corner; all invented."""

from dataclasses import dataclass

from shared.events.vocabulary import Category, WorkForm


@dataclass(frozen=True, slots=True)
class Ware:
    """Something that one side offers and another one needs; at most so many hours [h], 0 where it is goods."""

    category: Category
    offered: str
    needed: str
    skills: tuple[str, ...]
    most_hours: int = 0


HANDS, KNOW_HOW, GOODS = Category.HELPING_HANDS, Category.KNOW_HOW, Category.GOODS
SPACE, NETWORK, EVENTS = Category.SPACE_AND_EQUIPMENT, Category.NETWORK_ACCESS, Category.EVENT_SUPPORT

FROM_COMPANIES = (
    Ware(KNOW_HOW, "Beratung zur Buchhaltung", "Hilfe bei der Buchhaltung", ("Buchhaltung", "Zahlen"), 12),
    Ware(KNOW_HOW, "Durchsicht einer Webseite", "Neue Webseite für den Verein", ("Internet", "Gestaltung"), 20),
    Ware(KNOW_HOW, "Bewerbungstraining", "Bewerbungstraining für Jugendliche", ("Bewerbung", "Jugend"), 8),
    Ware(KNOW_HOW, "Gestaltung eines Faltblatts", "Faltblatt für unser Angebot", ("Gestaltung", "Druck"), 10),
    Ware(KNOW_HOW, "Beratung zum Datenschutz", "Datenschutz im Verein verstehen", ("Datenschutz", "Recht"), 6),
    Ware(HANDS, "Malertag des Teams", "Gruppenraum streichen", ("Malen", "Renovieren"), 24),
    Ware(HANDS, "Gartentag der Auszubildenden", "Hochbeete bauen", ("Garten", "Holz"), 30),
    Ware(HANDS, "Umzugshelfer für einen Tag", "Hilfe beim Umzug in neue Räume", ("Umzug", "Tragen"), 16),
    Ware(GOODS, "Gebrauchte Bürostühle", "Stühle für den Beratungsraum", ("Möbel", "Büro")),
    Ware(GOODS, "Druck von Plakaten", "Plakate für das Sommerfest", ("Druck", "Plakate")),
    Ware(GOODS, "Ausgemusterte Rechner", "Rechner für den Lerntreff", ("Rechner", "Technik")),
    Ware(SPACE, "Besprechungsraum am Abend", "Raum für die Mitgliederversammlung", ("Raum", "Abend"), 4),
    Ware(SPACE, "Transporter am Wochenende", "Fahrzeug für den Möbeltransport", ("Transport", "Fahrzeug"), 8),
    Ware(NETWORK, "Platz in unserer Kundenzeitung", "Bekannter werden bei Betrieben", ("Zeitung", "Kontakte")),
    Ware(EVENTS, "Grillmeister und Ausschank", "Verpflegung beim Nachbarschaftsfest", ("Fest", "Verpflegung"), 8),
)  # fmt: skip

FROM_OTHERS = (
    Ware(EVENTS, "Auftritt der Singgruppe", "Musik für die Betriebsfeier", ("Musik", "Feier"), 3),
    Ware(EVENTS, "Spiele für Ihr Betriebsfest", "Spiele beim Tag der offenen Tür", ("Spiele", "Fest"), 6),
    Ware(KNOW_HOW, "Workshop Leichte Sprache", "Texte, die alle verstehen", ("Sprache", "Texte"), 4),
    Ware(KNOW_HOW, "Führung durch den Naturgarten", "Ausflug für das Team", ("Garten", "Natur"), 3),
    Ware(KNOW_HOW, "Kurs Rückenschule", "Bewegungspause für die Belegschaft", ("Sport", "Gesundheit"), 6),
    Ware(HANDS, "Empfang bei Ihrer Veranstaltung", "Helfer für den Empfang", ("Empfang", "Freundlichkeit"), 8),
    Ware(SPACE, "Saal für Ihre Tagung", "Saal für eine Belegschaftsversammlung", ("Saal", "Tagung"), 6),
    Ware(NETWORK, "Nennung in unserem Stadtteilblatt", "Bekannter werden im Stadtteil", ("Stadtteil", "Zeitung")),
    Ware(GOODS, "Selbstgebackenes für Ihre Besprechung", "Gebäck für den Kundentag", ("Backen", "Gäste")),
)  # fmt: skip

TASKS = (
    ("Spaziergänge mit Rollstuhl", HANDS, ("Begleitung", "Geduld")),
    ("Pflege des Schulgartens", HANDS, ("Garten", "Pflanzen")),
    ("Sprachtreff begleiten", KNOW_HOW, ("Sprache", "Gespräch")),
    ("Hilfe am Rechner für Ältere", KNOW_HOW, ("Rechner", "Geduld")),
    ("Lebensmittel sortieren", GOODS, ("Ordnung", "Tragen")),
    ("Hilfe in der Kleiderkammer", GOODS, ("Ordnung", "Kleidung")),
    ("Fahrdienst zum Seniorentreff", SPACE, ("Fahren", "Begleitung")),
    ("Werkzeug im Reparaturcafé ausgeben", SPACE, ("Werkzeug", "Technik")),
    ("Patenschaft für Ankommende", NETWORK, ("Begleitung", "Ämter")),
    ("Besuche im Stadtteil", NETWORK, ("Gespräch", "Stadtteil")),
    ("Ausschank beim Hoffest", EVENTS, ("Fest", "Service")),
    ("Konzertabende vorbereiten", EVENTS, ("Musik", "Planung")),
)
"""Volunteering: the title, its corner, words."""

JOBS = {
    WorkForm.JOB: (
        ("Lagerhilfe", "51311", 38), ("Reinigungskraft", "54101", 25), ("Küchenhilfe", "29301", 30),
        ("Hausmeisterhilfe", "34101", 35), ("Fahrerin oder Fahrer", "52122", 38), ("Verkaufshilfe", "62101", 25),
        ("Pflegehilfe", "82101", 30), ("Helfer im Gartenbau", "12101", 38), ("Bürokraft", "71402", 30),
    ),
    WorkForm.APPRENTICESHIP: (
        ("Ausbildung Metallbau", "24412", 39), ("Ausbildung Tischlerei", "22342", 39),
        ("Ausbildung Pflege", "82102", 39), ("Ausbildung Friseurhandwerk", "82312", 39),
        ("Ausbildung Einzelhandel", "62102", 38), ("Ausbildung Fahrzeugtechnik", "25212", 39),
    ),
    WorkForm.ENTRY_QUALIFICATION: (
        ("Einstiegsqualifizierung Lager", "51312", 39), ("Einstiegsqualifizierung Malerhandwerk", "33212", 39),
        ("Einstiegsqualifizierung Verkauf", "62102", 30), ("Einstiegsqualifizierung Küche", "29302", 38),
    ),
    WorkForm.INTERNSHIP: (
        ("Praktikum Tischlerei", "22342", 35), ("Praktikum Büro", "71402", 35), ("Praktikum Pflege", "82102", 35),
        ("Praktikum Garten", "12102", 35),
    ),
    WorkForm.WORK_OPPORTUNITY: (
        ("Mitarbeit in der Fahrradwerkstatt", "25211", 20), ("Mitarbeit im Möbellager", "51311", 25),
        ("Mitarbeit in der Grünpflege", "12101", 30),
    ),
}  # fmt: skip
"""Work: the title, its KldB code (chosen by the kind of work), hours [h/week]."""

ADDITIONAL_JOBS = (
    ("Quartiershilfe", "53111", 30), ("Begleitung in Bus und Bahn", "51411", 30), ("Schulhaushilfe", "34101", 38),
    ("Grünpflege im Stadtteil", "12101", 38), ("Hilfe im Sozialkaufhaus", "62101", 30), ("Stadtteilküche", "29301", 30),
)  # fmt: skip
"""Jobs created for people who were long without one; simple tasks (requirement level 1)."""
