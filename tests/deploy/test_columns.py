"""Is a column known by its heading however it is spelled, and is a file with personal columns turned away?"""

from enum import StrEnum

import pytest

from deploy.intake.kinds import KINDS, NOT_YET_IMPORTABLE, kind_named
from services.actors.importing import organisation
from services.employment.importing import placement, retention
from services.marketplace.importing import agreement, offer, words
from shared.events import vocabulary
from shared.importing import words as shared_words
from shared.tabular.cells import CellRefused, Labels, OneOf
from shared.tabular.fields import Kind
from shared.tabular.header import guess_kind, ignored_columns, match_header
from shared.tabular.headings import HeaderColumn
from shared.tabular.lines import FileRefused
from shared.tabular.personal import refuse_personal_columns
from shared.tabular.spelling import as_heading
from shared.tabular.tables import Table

LISTS: dict[type[StrEnum], Labels] = {
    vocabulary.Sector: organisation.SECTORS,
    vocabulary.Category: words.CATEGORIES,
    vocabulary.OfferKind: words.OFFER_KINDS,
    vocabulary.WorkForm: offer.WORK_FORMS,
    vocabulary.VolunteeringForm: offer.VOLUNTEERING_FORMS,
    vocabulary.FailureReason: agreement.FAILURE_REASONS,
    vocabulary.EndReason: shared_words.END_REASONS,
    vocabulary.NeverStartedReason: placement.NEVER_STARTED_REASONS,
    agreement.Outcome: agreement.OUTCOMES,
    retention.Retention: retention.RETENTIONS,
}
OFFER = ["Nr.", "Organisation", "Art", "Angebot", "Kategorie", "eingestellt am"]


def table(*headings: str) -> Table:
    """A table with these columns and no rows."""
    header = tuple(
        HeaderColumn(name=heading, position=position) for position, heading in enumerate(headings, start=1)
    )
    return Table(header=header, rows=(), rejected=(), form="CSV")


def first_titles(kind: Kind) -> list[str]:
    """The heading shown for each required field."""
    return [field.titles[0] for field in kind.fields if field.required]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_heading_means_two_fields_of_a_kind(kind: Kind) -> None:
    titles = [
        (as_heading(title), field.name) for field in kind.fields for title in (field.name, *field.titles)
    ]
    meanings = {title: {name for other, name in titles if other == title} for title, _ in titles}
    assert {title: names for title, names in meanings.items() if len(names) > 1 or not title} == {}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_dates_in_order_name_fields_that_exist(kind: Kind) -> None:
    assert {name for pair in kind.in_order for name in pair} <= {field.name for field in kind.fields}


@pytest.mark.parametrize(
    "heading",
    ["Träger", "TRAEGER", " trager ", "Tra\u0308ger", "Träger (e.V.)", "Name", "Organisation", "name"],
)
def test_a_heading_counts_however_it_is_spelled(heading: str) -> None:
    matched = match_header(table("ID", heading, "Sektor", "Stadtteil"), KINDS["organisations"])
    assert matched.columns["name"].position == 2


@pytest.mark.parametrize(
    "heading", ["Std./Woche", "Stunden pro Woche", "hours_per_week", "Hours per week", "Wochenstunden (max.)"]
)
def test_a_field_is_found_by_its_german_headings_and_by_its_own_name(heading: str) -> None:
    assert "hours_per_week" in match_header(table(*OFFER, heading), KINDS["offers"]).columns


@pytest.mark.parametrize(
    "heading",
    ["Organisations-Nr.", "Organisationsnummer", "Org.-Nummer", "ORGANISATIONS NR", "Org.Nr. (neu)"],
)
def test_the_number_of_an_organisation_is_its_key_and_in_other_lists_names_it(heading: str) -> None:
    own = match_header(table(heading, "Name", "Sektor", "Stadtteil"), KINDS["organisations"])
    assert own.columns["key"].name == heading
    for kind in ("offers", "needs", "social_services"):
        titles = [
            heading if title in {"Organisation", "Träger"} else title for title in first_titles(KINDS[kind])
        ]
        assert heading in {
            column.name for column in match_header(table(*titles), KINDS[kind]).columns.values()
        }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_kind_is_guessed_from_the_header(kind: Kind) -> None:
    own_headings = [field.titles[0] for field in kind.fields]
    assert guess_kind(table(*own_headings), KINDS.values()) is kind


def test_a_header_that_fits_two_kinds_alike_is_refused_naming_both() -> None:
    with pytest.raises(FileRefused, match="may hold offers or needs; say which with --kind"):
        guess_kind(table("Nr.", "Organisation", "Art", "Bezeichnung", "Kategorie", "Datum"), KINDS.values())


def test_a_header_of_no_kind_is_refused_with_what_is_missing_and_what_may_have_been_meant() -> None:
    with pytest.raises(FileRefused) as refused:
        guess_kind(
            table("Nr.", "Partner A", "Partnerin B", "Leistung A", "Kategorie A", "Wetter"), KINDS.values()
        )
    assert refused.value.sentence == (
        "The file is of no known kind. It is nearest to agreements: missing are the columns "
        "'Partner B' (perhaps 'Partnerin B'?), 'besiegelt am'. Add or rename columns; "
        "`kosilab import --example agreements` writes a list to compare with."
    )


def test_a_missing_column_of_a_given_kind_is_named_with_a_suggestion() -> None:
    with pytest.raises(FileRefused, match=r"'Kategorie' \(perhaps 'Kategorei'\?\)"):
        match_header(table("Nr.", "Organisation", "Art", "Angebot", "Kategorei", "Datum"), KINDS["offers"])


def test_two_columns_for_one_field_are_refused_naming_both() -> None:
    with pytest.raises(FileRefused, match="'Angebot', 'Titel'") as refused:
        match_header(table(*OFFER, "Titel"), KINDS["offers"])
    assert refused.value.columns == ("Angebot", "Titel")


def test_unknown_columns_are_a_warning_with_what_may_have_been_meant() -> None:
    assert ignored_columns(table(*OFFER, "Wetter", "Plaetzze", "", "Ort"), KINDS["offers"]) == [
        "Column 7 'Wetter' is not read.",
        "Column 8 'Plaetzze' is not read; did you mean 'Plätze'?",
        "Column 9 without a heading is not read.",
        "Column 10 'Ort' is not read.",
    ]


PERSONAL = """Vorname; Nachname; NAME; Name, Vorname; Teilnehmername; Name des Teilnehmers; Familienname; first
name; Surname; Ansprechpartner; Ansprechpartnerin (Träger); Kontaktperson; contact person;
Vorsitzende; Geschäftsführer; Geschaeftsfuehrung; Geburtsdatum; geb. am; Geb.-Datum; date of birth;
Geburtsjahr; Alter; E-Mail; Email-Adresse; e mail; Mail; Telefon; Tel.; Telefonnummer; phone; Phone
number; Handy; Mobilnummer; Fax; Wohnort; Privatanschrift; Instrument; Förderinstrument;
FOERDERINSTRUMENT; TAAM; AGH (MAE); § 16i SGB II; §16i; 16e; EVL; Förderung; Leistungsbezug;
Kundennummer; Bedarfsgemeinschaft; Lohnkostenzuschuss; funding; Geschlecht; Staatsangehörigkeit;
erw. Führungszeugnis; Schwerbehinderung; Migrationshintergrund; IBAN"""
HARMLESS = """Partner B; Projektname; Firmenname; Dateiname; Name der Organisation; Vereinsname; Marktplatz 2016;
Ort; Wetter; Stand; Maßnahme; Allgemeines; Quelle; Ergänzung; Algen; Benachrichtigung; Faktor"""


@pytest.mark.sampled
@pytest.mark.parametrize("heading", [heading.strip() for heading in PERSONAL.split(";")])
@pytest.mark.parametrize("kind", [name for name in KINDS if name != "organisations"])
def test_a_column_about_a_person_turns_the_whole_file_away_and_is_named(heading: str, kind: str) -> None:
    with pytest.raises(FileRefused, match="which an import does not store") as refused:
        match_header(table(*first_titles(KINDS[kind]), heading), KINDS[kind])
    assert refused.value.columns == (heading,)
    assert heading in refused.value.sentence


@pytest.mark.sampled
@pytest.mark.parametrize("heading", [heading.strip() for heading in HARMLESS.split(";")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_harmless_unknown_column_turns_no_file_away(heading: str, kind: str) -> None:
    refuse_personal_columns([heading], [KINDS[kind]])


def test_an_organisation_has_a_name_and_still_no_contact_person() -> None:
    match_header(table("Nr.", "Name", "Sektor", "Stadtteil", "Straße", "PLZ"), KINDS["organisations"])
    with pytest.raises(FileRefused) as refused:
        match_header(
            table("Nr.", "Name", "Sektor", "Stadtteil", "Ansprechpartner", "Telefon"), KINDS["organisations"]
        )
    assert refused.value.columns == ("Ansprechpartner", "Telefon")


def test_an_address_is_refused_where_rows_are_about_persons() -> None:
    match_header(table(*OFFER, "Adresse"), KINDS["offers"])
    with pytest.raises(FileRefused, match="how to reach a person"):
        match_header(table("Nr.", "Stelle", "TN-Nr.", "Vorschlag am", "Adresse"), KINDS["placements"])


def test_a_personal_column_is_named_even_when_the_kind_cannot_be_guessed() -> None:
    with pytest.raises(FileRefused, match="'Vorname'"):
        guess_kind(table("Vorname", "Wetter"), KINDS.values())


@pytest.mark.parametrize("name", NOT_YET_IMPORTABLE)
def test_kinds_of_later_issues_are_not_yet_importable(name: str) -> None:
    with pytest.raises(FileRefused, match="not yet importable"):
        kind_named(name)


def test_an_unknown_kind_is_refused_with_a_suggestion() -> None:
    assert kind_named("offers") is KINDS["offers"]
    with pytest.raises(FileRefused, match="did you mean 'offers'"):
        kind_named("offer")
    with pytest.raises(FileRefused, match="known are 'organisations', "):
        kind_named("wetter")


@pytest.mark.parametrize("values", LISTS, ids=lambda values: values.__name__)
def test_every_value_of_a_closed_list_has_words_and_no_word_has_two_values(values: type[StrEnum]) -> None:
    words = LISTS[values]
    assert list(words) == list(values)
    parse = OneOf(words)
    for value, row in words.items():
        assert {parse(word.strip()) for word in (value, value.upper(), *row.split("|"))} == {value}


def test_a_word_outside_a_closed_list_is_refused_with_the_likeliest_or_with_all() -> None:
    parse = OneOf(words.CATEGORIES)
    with pytest.raises(CellRefused, match="did you mean 'Sachmittel'"):
        parse("Sachmitel")
    with pytest.raises(CellRefused, match="it may be 'Helfende Hände', 'Know-how'"):
        parse("42")
