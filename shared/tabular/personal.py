"""Which columns does an import refuse? Those that say who a person is, how to reach them or what funds their work.

Source: issue 2 (imported files with name, birth-date, contact or instrument columns are refused, naming the column);
rules D01 and P02 of the handbook.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.tabular.fields import About, Kind
from shared.tabular.headings import field_of, spellings
from shared.tabular.lines import FileRefused
from shared.tabular.spelling import folded, listed, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forbidden:
    """Headings that mean personal data: by the whole heading, by its beginning, or by a part of it."""

    meaning: str
    whole: str = ""
    begins: str = ""
    part: str = ""

    def holds(self, word: str) -> bool:
        """Whether a folded heading is among them."""
        return (
            word in _folded(self.whole)
            or any(word.startswith(begin) for begin in _folded(self.begins))
            or any(part in word for part in _folded(self.part))
        )


def _folded(row: str) -> list[str]:
    return [folded(word) for word in words_of(row) if word]


_NAME = "the name of a person"
_REACH = "how to reach a person"
_FORBIDDEN = (
    _Forbidden(
        meaning=_NAME,
        whole=(
            "Herr | Frau | Anrede | Person | Vertreter | Vertreterin | vertreten durch | Vorstand | Leitung | "
            "Leiter | Leiterin | Kontakt | Kontakte | contact | Unterschrift | salutation"
        ),
        part=(
            "Vorname | Nachname | Familienname | Zuname | Rufname | Geburtsname | first name | last name | "
            "given name | family name | surname | full name | Ansprech | Kontaktperson | contact person | "
            "Kontaktdaten | contact details | Geschäftsführ | Vorsitzend"
        ),
    ),
    _Forbidden(
        meaning="a birth date or an age",
        whole="geb | geb. am | geb.-Datum | Alter | age | dob",
        part="Geburt | birth | Jahrgang",
    ),
    _Forbidden(
        meaning=_REACH,
        whole="Tel. | Tel.-Nr. | Telnummer | Fon | mobil | mobile | Mobilnummer | mail | Mailadresse",
        begins="Fax",
        part=(
            "E-Mail | Telefon | telephone | phone | Handy | Mobilfunk | Rufnummer | Durchwahl | WhatsApp | Wohnort | "
            "Wohnanschrift | Wohnadresse | Privatadresse | Privatanschrift | home address"
        ),
    ),
    _Forbidden(
        meaning="the funding or benefits behind a person",
        begins="TAAM | AGH | EVL | EGZ | 16i | 16e | 16d | 54a | ALG I | ALG 1 | ALG 2 | Förderung | BG-Nr | BG-Nummer",
        part=(
            "Instrument | SGB | Ein-Euro-Job | Förderart | Fördercode | Förderfall | Förderprogramm | Hartz | "
            "Leistungsbezug | Leistungsempf | Leistungsart | Bedarfsgemeinschaft | Kundennummer | Kunden-Nr | "
            "Lohnkosten | Zuschuss | Arbeitslosengeld | benefit | subsid | funding | Teilhabechancen"
        ),
    ),
    _Forbidden(
        meaning="what is private to a person",
        whole="sex | Herkunft | SV-Nr | SV-Nummer",
        part=(
            "Geschlecht | gender | Nationalität | nationality | Staatsangehör | Religion | Konfession | Migration | "
            "Behinderung | disability | Gesundheit | health | Führungszeugnis | Familienstand | "
            "Versicherungsnummer | IBAN | Bankverbindung"
        ),
    ),
)
_ADDRESS = _Forbidden(
    meaning=_REACH,
    whole="Str. | PLZ | Hausnr.",
    begins="address | street | zip | postcode | postal code",
    part="Anschrift | Adresse | Straße | Hausnummer | Postleitzahl",
)
_NAMED_THINGS = (
    "Firma | Firmen | Unternehmen | Betrieb | Verein | Organisation | organization | company | Einrichtung | "
    "Träger | Projekt | project | Angebot | Straße | Datei"
)


def refuse_personal_columns(titles: Iterable[str], kinds: Iterable[Kind]) -> None:
    """Refuse the file when one of its columns is about a person; headings of these kinds are allowed.

    An address is refused where rows are about persons; elsewhere it is an organisation's, and no field reads it.
    Raises: FileRefused, naming each such column.
    """
    chosen = tuple(kinds)
    refused: dict[str, list[str]] = {}
    for title in titles:
        meaning = _meaning(title, chosen)
        if meaning:
            refused.setdefault(meaning, []).append(title)
    if refused:
        named = "; ".join(f"{listed(columns)} ({meaning})" for meaning, columns in refused.items())
        raise FileRefused(
            f"The file has columns about persons, which an import does not store: {named}. "
            "Delete them and import again; nothing was read.",
            columns=tuple(column for columns in refused.values() for column in columns),
        )


def _meaning(title: str, kinds: tuple[Kind, ...]) -> str | None:
    words = {folded(spelling) for spelling in spellings(title)} - {""}
    if any(field_of(title, kind) for kind in kinds):
        return None
    forbidden: tuple[_Forbidden, ...] = _FORBIDDEN
    if any(kind.about is About.PERSON for kind in kinds):
        forbidden = (*_FORBIDDEN, _ADDRESS)
    for group in forbidden:
        if any(group.holds(word) for word in words):
            return group.meaning
    return _NAME if any(_is_a_name(word) for word in words) else None


def _is_a_name(word: str) -> bool:
    """Whether a heading begins or ends with `name`, and names no other thing than a person."""
    is_name = word.startswith("name") or word.endswith(("name", "namen"))
    return is_name and not any(thing in word for thing in _folded(_NAMED_THINGS))
