"""Which headings and words do several of the marketplace's files share?

Which word means which value was chosen for this project; a city's other words are added here.
"""

from shared.events.vocabulary import Category, OfferKind
from shared.tabular.cells import Labels

DISTRICT = "Stadtteil | Stadtbezirk | Bezirk | Ortsteil | borough"
CATEGORY = "Kategorie | Handelsecke | Ecke | Rubrik | corner"
DESCRIPTION = "Beschreibung | Bemerkung | Erläuterung | Details | Anmerkung | Hinweise"
SKILLS = "Fähigkeiten | Stichworte | Kenntnisse | Schlagworte | Kompetenzen | Anforderungen"
POSTED = "eingestellt am | Eingang | Eingang am | gemeldet am | erfasst am | Datum | date"
MARKET_DAY = "Marktplatz | Markttag | Marktplatz am | Marktplatzveranstaltung"

CATEGORIES: Labels = {
    Category.HELPING_HANDS: "Helfende Hände | Anpacken | Arbeitskraft | Mitarbeitereinsatz | tatkräftige Hilfe",
    Category.KNOW_HOW: "Know-how | Wissen | Beratung | Fachwissen | Konzeption/Beratung | Wissen und Können",
    Category.GOODS: "Sachmittel | Sachspende | Sachspenden | Material | Waren | Güter | Mittel und Material",
    Category.SPACE_AND_EQUIPMENT: (
        "Räume und Geräte | Infrastruktur | Räume | Raum | Geräte | Räumlichkeiten | Räume/Geräte | Technik | Fahrzeuge"
    ),
    Category.NETWORK_ACCESS: "Netzwerke | Netzwerk | Kontakte | Zugang zu Netzwerken | Zugang",
    Category.EVENT_SUPPORT: "Veranstaltungen | Veranstaltung | Events | Event | Feste",
}

OFFER_KINDS: Labels = {
    OfferKind.EXCHANGE: "Tausch | Marktplatz | Austausch | Leistung | Gegenseitigkeit",
    OfferKind.VOLUNTEERING: "Ehrenamt | Engagement | freiwillig | Freiwilligenarbeit | bürgerschaftliches Engagement",
    OfferKind.WORK: "Arbeit | Arbeitsstelle | Beschäftigung | Arbeitsplatz",
}
