"""By which German and English words does a file name the values of the closed lists?

Every value may also be written as it stands in the events (`helping_hands`); case, umlauts, blanks and signs don't
matter. Which word means which value was chosen for this project; a city's other words are added here.
"""

from enum import StrEnum

from shared.events.vocabulary import (
    Category,
    EndReason,
    FailureReason,
    NeverStartedReason,
    OfferKind,
    Sector,
    VolunteeringForm,
    WorkForm,
)
from shared.tabular.cells import Labels


class Outcome(StrEnum):
    """What became of an agreement, as a list keeps it; `open` is not known yet."""

    FULFILLED = "fulfilled"
    PARTLY_FULFILLED = "partly_fulfilled"
    FAILED = "failed"
    OPEN = "open"


class Retention(StrEnum):
    """The answer to a retention check (rule E11)."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    UNKNOWN = "unknown"


SECTORS: Labels = {
    Sector.COMPANY: "Unternehmen | Firma | Betrieb | Wirtschaft | Wirtschaftsunternehmen | business",
    Sector.NON_PROFIT: (
        "gemeinnützig | Gemeinnützige | gemeinnützige Organisation | Verein | NPO | Verband | soziale Organisation | "
        "Stiftung | Wohlfahrtsverband | charity"
    ),
    Sector.INITIATIVE: "Initiative | Bürgerinitiative | Gruppe",
    Sector.PUBLIC_BODY: "öffentliche Einrichtung | Behörde | Verwaltung | Stadt | Kommune | öffentlich | Amt",
    Sector.SCHOOL: "Schule",
    Sector.TRAINING_COMPANY: "Ausbildungsbetrieb | Ausbildungsunternehmen",
    Sector.EMPLOYMENT_CARRIER: "Beschäftigungsträger | Träger | Bildungsträger | Maßnahmeträger",
    Sector.RESEARCH: "Forschung | Wissenschaft | Hochschule | Universität | Institut",
}

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

OUTCOMES: Labels = {
    Outcome.FULFILLED: "erfüllt | eingelöst | erledigt | umgesetzt | ja",
    Outcome.PARTLY_FULFILLED: "teilweise erfüllt | teilweise | teils | zum Teil | teilweise eingelöst",
    Outcome.FAILED: "gescheitert | nicht erfüllt | nicht eingelöst | nicht umgesetzt | geplatzt | nein",
    Outcome.OPEN: "offen | läuft | in Arbeit | laufend",
}

FAILURE_REASONS: Labels = {
    FailureReason.NO_RESPONSE: "keine Rückmeldung | keine Reaktion | nicht erreicht | kein Kontakt",
    FailureReason.CAPACITY_GONE: "keine Kapazität | Kapazität fehlt | keine Zeit | Personalmangel",
    FailureReason.NEED_GONE: "Bedarf entfallen | kein Bedarf mehr | hat sich erledigt",
    FailureReason.PARTNER_CHANGED: "Wechsel beim Partner | Partner gewechselt | Zuständigkeit gewechselt",
    FailureReason.QUALITY: "Qualität | mangelnde Qualität",
    FailureReason.OTHER: "Sonstiges | anderer Grund | sonstiger Grund",
}

END_REASONS: Labels = {
    EndReason.TERM_OVER: "Zeit abgelaufen | befristet | Fristende | Projektende | planmäßig",
    EndReason.BY_PERSON: "durch Person | auf eigenen Wunsch | eigene Kündigung",
    EndReason.BY_HOST: "durch Einsatzstelle | durch Betrieb | durch Arbeitgeber | Kündigung durch Betrieb",
    EndReason.MOVED_ON: "Wechsel | neue Stelle | Anschluss gefunden | weitergezogen",
    EndReason.DID_NOT_FIT: "passte nicht | nicht passend | Passung",
    EndReason.OTHER: "Sonstiges | anderer Grund | sonstiger Grund",
}

NEVER_STARTED_REASONS: Labels = {
    NeverStartedReason.PERSON_DID_NOT_APPEAR: "nicht erschienen | nicht angetreten",
    NeverStartedReason.OTHER_PLACE_FOUND: "andere Stelle | anderen Platz gefunden | andere Stelle gefunden",
    NeverStartedReason.EMPLOYER_WITHDREW: "Absage Betrieb | Betrieb zurückgetreten | Absage Arbeitgeber",
    NeverStartedReason.OTHER: "Sonstiges | anderer Grund | sonstiger Grund",
}

RETENTIONS: Labels = {
    Retention.CONFIRMED: "ja | beschäftigt | bestätigt | yes | x",
    Retention.DENIED: "nein | nicht beschäftigt | nicht mehr | no",
    Retention.UNKNOWN: "unbekannt | nicht bekannt | nicht erreicht | ? | ungeklärt",
}
