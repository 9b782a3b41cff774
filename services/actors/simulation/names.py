"""What are the simulation's organisations called? Invented, by sector; any resemblance is chance."""

from collections.abc import Mapping

from shared.events.vocabulary import Sector

PROPER = (
    "Ahornhof", "Amselgrund", "Birkenstieg", "Bachstelze", "Brombeerweg", "Distelfink", "Eibenkamp", "Eschentor",
    "Fliederhang", "Finkenschlag", "Ginsterhöhe", "Goldregen", "Haselbusch", "Heckenrose", "Holunderhof", "Immergrün",
    "Kastanienallee", "Kiebitzwiese", "Kornblume", "Lerchenfeld", "Lindenbogen", "Löwenzahn", "Mispelhof", "Mohnacker",
    "Nelkenwinkel", "Nussbaum", "Pappelreihe", "Quittengarten", "Rittersporn", "Rotkehlchen", "Salbeihang",
    "Sanddorn", "Schlehdorn", "Seidelbast", "Sonnentau", "Sperlingslust", "Steinklee", "Tannenzapfen", "Ulmenhof",
    "Veilchental", "Wacholder", "Weidenkätzchen", "Weißdorn", "Wiesenknopf", "Zaunkönig", "Zeisigweg", "Zitronenfalter",
)  # fmt: skip

KINDS: Mapping[Sector, tuple[str, ...]] = {
    Sector.COMPANY: (
        "Druckerei", "Bäckerei", "Malerbetrieb", "Gebäudedienste", "Softwarehaus", "Steuerkanzlei", "Buchhandlung",
        "Werbeagentur", "Logistik", "Elektrotechnik", "Hausverwaltung", "Gartenbau", "Architekturbüro", "Fuhrbetrieb",
    ),
    Sector.NON_PROFIT: (
        "Nachbarschaftshaus", "Seniorentreff", "Tierschutzverein", "Kulturverein", "Sportgemeinschaft", "Hospizdienst",
        "Jugendzentrum", "Naturschutzgruppe", "Integrationshilfe", "Bürgerbus", "Stadtteilbibliothek", "Musikverein",
    ),
    Sector.INITIATIVE: ("Gartengruppe", "Radlerstammtisch", "Reparaturcafé", "Nachbarn am", "Lesekreis", "Spielgruppe"),
    Sector.PUBLIC_BODY: ("Bürgerbüro", "Stadtteilbüro", "Stadtbetrieb", "Fachstelle Teilhabe", "Volkshochschule am"),
    Sector.SCHOOL: ("Gesamtschule", "Realschule", "Berufskolleg", "Hauptschule", "Förderschule"),
    Sector.TRAINING_COMPANY: ("Metallbau", "Tischlerei", "Autohaus", "Pflegedienst", "Friseursalon", "Gastwirtschaft"),
    Sector.EMPLOYMENT_CARRIER: ("Werkstatt", "Lernbetrieb", "Neue Arbeit", "Grünwerk"),
    Sector.RESEARCH: ("Institut für Stadtforschung", "Hochschule", "Forschungsstelle Arbeit"),
}  # fmt: skip

LEGAL_FORMS: Mapping[Sector, tuple[str, ...]] = {
    Sector.COMPANY: ("GmbH", "GmbH & Co. KG", "e.K."),
    Sector.NON_PROFIT: ("e.V.", "e.V.", "gGmbH"),
    Sector.INITIATIVE: ("",),
    Sector.PUBLIC_BODY: ("Eigenbetrieb", ""),
    Sector.SCHOOL: ("",),
    Sector.TRAINING_COMPANY: ("GmbH", "e.K."),
    Sector.EMPLOYMENT_CARRIER: ("gGmbH", "e.V."),
    Sector.RESEARCH: ("", "e.V."),
}

CHARITABLE = frozenset({Sector.NON_PROFIT, Sector.EMPLOYMENT_CARRIER})
