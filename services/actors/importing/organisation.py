"""What does a row about an organisation ask for? Registration, verification unless the file says no, attendance."""

from collections.abc import Iterator
from functools import cached_property
from typing import TypedDict

from services.actors.domain.organisation import (
    ORGANISATION,
    AmendOrganisation,
    RegisterOrganisation,
    VerifyOrganisation,
)
from services.actors.views.organisation import ORGANISATIONS
from shared.events.actors.organisation import OrganisationRegistered
from shared.events.vocabulary import Sector
from shared.importing.identity import noun_id
from shared.importing.kinds import Import
from shared.importing.lookup import Lookup
from shared.importing.step import RowRefused, Step, needed
from shared.kernel.read_model import all_found
from shared.tabular import cells
from shared.tabular.cells import Labels, ListOf, OneOf
from shared.tabular.fields import About, Kind, key, may, must
from shared.tabular.rows import Row
from shared.tabular.spelling import folded

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

KIND = Kind(
    name="organisations",
    about=About.ORGANISATION,
    fields=(
        key("Org-Nr. | Organisations-Nr. | Kürzel"),
        must(
            "name",
            cells.line_of_text,
            "Name | Organisation | Name der Organisation | Träger | Firma | Firmenname | Vereinsname | Einrichtung | "
            "Bezeichnung | organisation name",
        ),
        must("sector", OneOf(SECTORS), "Sektor | Bereich | Art | Art der Organisation | Typ | type"),
        must("district", cells.line_of_text, "Stadtteil | Stadtbezirk | Bezirk | Ortsteil | borough"),
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
            ListOf(cells.day_or_key),
            "Teilnahme Marktplatz | Teilnahme | Marktplätze | teilgenommen an | Marktplatz | market days",
            default=(),
            refers_to="market_days",
        ),
    ),
    meanings={
        "key": "Nummer der Zeile in Ihrer Liste. Sie bleibt gleich, wenn die Zeile berichtigt wird.",
        "name": "Name der Organisation.",
        "sector": "Zu welchem Bereich die Organisation gehört.",
        "district": "Stadtbezirk, in dem die Organisation ihren Sitz hat.",
        "legal_form": "Rechtsform.",
        "charitable": "Ob die Organisation als gemeinnützig anerkannt ist.",
        "verified": "Ob die Angaben geprüft sind. Leer zählt als ja.",
        "registered_on": "Tag, an dem die Organisation aufgenommen wurde.",
        "attended": "Marktplätze der Stadt, an denen die Organisation teilgenommen hat.",
    },
    examples=(
        "BSP-O1 | Musterbäckerei GmbH (erfunden) | Unternehmen | {district} | GmbH | nein | ja | t-400 |",
        "BSP-O2 | Lesehilfe Muster e.V. (erfunden) | gemeinnützig | {district} | e.V. | ja | ja | t-390 |",
    ),
)


class _Description(TypedDict):
    name: str
    sector: Sector
    district: str
    legal_form: str | None
    charitable: bool | None


def steps(row: Row, lookup: Lookup) -> Iterator[Step]:
    """The steps of one row."""
    organisation_id = noun_id("organisations", row.key)
    at = lookup.at(row.day("registered_on"))
    if not lookup.exists(ORGANISATION, organisation_id):
        register = RegisterOrganisation(organisation_id=organisation_id, **_description(row), at=at)
        yield Step(command=register, name="registered_on", begins=True)
    else:
        if row.day("registered_on"):
            fields = {"registered_on": (OrganisationRegistered,)}
            lookup.refuse_other_days(row, ORGANISATION, organisation_id, fields)
        amend = AmendOrganisation(organisation_id=organisation_id, **_description(row), at=lookup.now)
        yield Step(command=amend, name="name")
        at = lookup.now
    if row.flag("verified"):
        yield Step(command=VerifyOrganisation(organisation_id=organisation_id, at=at), name="verified")
    yield from lookup.neighbours.attend(row, "attended", organisation_id)


def _description(row: Row) -> _Description:
    return {
        "name": needed(row.text("name"), "name"),
        "sector": Sector(needed(row.text("sector"), "sector")),
        "district": needed(row.text("district"), "district"),
        "legal_form": row.text("legal_form"),
        "charitable": row.flag("charitable"),
    }


ORGANISATION_FILES = Import(kind=KIND, steps=steps)


# --- as the rows of other files name them -----------------------------------------------------
class Organisations:
    """The organisations, by the names that files have for them."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def named(self, row: Row, name: str) -> str:
        """The id of the organisation that a row names in this field: by its key in a file, its id or its name.

        Raises: RowRefused when there is none, or more than one of this name.
        """
        text = needed(row.text(name), name)
        for form in row.forms(name):
            for candidate in (noun_id("organisations", form), form):
                if self._lookup.exists(ORGANISATION, candidate):
                    return candidate
        ids = self._ids_by_name.get(folded(text), [])
        if len(ids) > 1:
            raise RowRefused(name, f"'{text}' is the name of {len(ids)} organisations; write the key of one")
        if not ids:
            raise RowRefused(name, f"'{text}' is not a known organisation; import the organisations first")
        return ids[0]

    def district_of(self, organisation_id: str) -> str:
        """The district of an organisation."""
        description = self._lookup.state(ORGANISATION, organisation_id).description
        return description.district if description else ""

    @cached_property
    def _ids_by_name(self) -> dict[str, list[str]]:
        ids: dict[str, list[str]] = {}
        for organisation in all_found(self._lookup.ask(ORGANISATION), ORGANISATIONS):
            ids.setdefault(folded(organisation["name"]), []).append(organisation["id"])
        return ids
