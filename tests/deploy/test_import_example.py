"""Does the example of every kind explain its columns, say that it is invented, and work as it was written?"""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from deploy.columns import IMPORTING, with_columns
from deploy.intake.apply import import_file
from deploy.intake.example import EXPLANATION, LIST, example_rows, write_example
from deploy.intake.kinds import KINDS
from shared.tabular.cells import ListOf, OneOf
from shared.tabular.fields import Kind
from shared.tabular.meaning import allowed_values
from tests.deploy.desk import Desk
from tests.deploy.office import TODAY, Office, counts_of


def written(kind: Kind, folder: Path, district: str = "Barmen") -> Path:
    """The example of a kind."""
    path = folder / f"{kind.name}.xlsx"
    write_example(kind, path, today=TODAY.date(), district=district)
    return path


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_has_a_meaning_and_every_example_a_cell_for_each(kind: Kind) -> None:
    assert list(kind.meanings) == [field.name for field in kind.fields]
    assert all(meaning.endswith(".") for meaning in kind.meanings.values())
    rows = list(example_rows(kind, today=date(2024, 2, 29), district="Barmen"))
    assert rows
    assert set(kind.after) <= set(KINDS)
    empty = {field.name for at, field in enumerate(kind.fields) if all(row[at] is None for row in rows)}
    # A market day belongs to one city; of the others, one excludes the other.
    assert empty <= {"market_day", "attended", "retention_12", "converted_on", "offer", "need"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_a_cell_may_hold_is_said_of_every_field(kind: Kind) -> None:
    for field in kind.fields:
        words = allowed_values(field.parse)
        assert words
        assert words != "siehe Bedeutung" or field.name == "kldb"
        if isinstance(field.parse, OneOf):
            assert words == ", ".join(field.parse.shown)
        if isinstance(field.parse, ListOf):
            assert words.startswith("mehrere, mit Komma getrennt: ")


@pytest.mark.parametrize("city", ["wuppertal", "dortmund"])
def test_all_examples_are_imported_in_their_order_and_once(tmp_path: Path, city: str) -> None:
    with Office(tmp_path, city) as office:
        district = office.instance.city.districts[0]
        for kind in KINDS.values():
            assert all(list(KINDS).index(name) < list(KINDS).index(kind.name) for name in kind.after)
            path = written(kind, tmp_path, district)
            report = import_file(office.instance, path, None)
            assert (report.kind, report.rejected, report.unread) == (kind.name, [], [])
            assert counts_of(report) == (len(kind.examples), 0, 0, 0)
            assert counts_of(import_file(office.instance, path, kind.name)) == (0, 0, len(kind.examples), 0)
        assert office.refusals() == 0


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_example_says_that_it_is_invented_and_explains_every_column(kind: Kind, tmp_path: Path) -> None:
    book = load_workbook(written(kind, tmp_path))
    title, header, *rows = list(book[LIST].values)
    assert "Erfundenes Beispiel" in str(title[0])
    assert header == tuple(field.titles[0] for field in kind.fields)
    assert all(str(row[0]).startswith("BSP-") for row in rows)
    explained = {line[1]: line for line in list(book[EXPLANATION].values)[1:] if line[1]}
    assert list(explained) == [field.name for field in kind.fields]
    for field in kind.fields:
        heading, _, needed, meaning, allowed, _ = explained[field.name]
        assert (heading, needed) == (field.titles[0], "ja" if field.required else "nein")
        assert (meaning, allowed) == (kind.meanings[field.name], allowed_values(field.parse))


def test_an_example_is_written_beside_no_instance_and_over_no_file(bare_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "angebote.xlsx"
    printed = bare_desk.call("import", "--example", "offers", str(path))
    assert (printed.code, printed.err) == (0, "")
    assert "invented example of offers" in printed.out
    assert "Import organisations first." in printed.out
    assert not bare_desk.folder.exists()
    before = path.read_bytes()
    again = bare_desk.call("import", "--example", "offers", str(path))
    assert (again.code, "exists already" in again.err, path.read_bytes()) == (1, True, before)
    nowhere = bare_desk.call("import", "--example", "offers", str(tmp_path / "missing" / "a.xlsx"))
    assert (nowhere.code, "can't be written: No such file" in nowhere.err) == (1, True)
    mistyped = bare_desk.call("import", "--example", "ofers")
    assert (mistyped.code, "did you mean 'offers'" in mistyped.err) == (
        2,
        True,
    )
    text = bare_desk.call("import", "--example", "offers", str(tmp_path / "angebote.csv"))
    assert (text.code, "name a file that ends in .xlsx" in text.err) == (2, True)
    later = bare_desk.call("import", "--example", "participants")
    assert (later.code, "'participants' are not yet importable" in later.err) == (1, True)
    nothing = bare_desk.call("import")
    assert (nothing.code, "--example KIND" in nothing.err) == (2, True)


def test_a_dry_run_shows_the_first_rows_as_they_are_understood(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        "Kürzel;Träger;Art;Bezirk;gemeinnützig;dabei seit;Teilnahme\n"
        "O-1;Ein Verein, dessen Name länger als eine Spalte ist;npo;Barmen;x;1.7.16;23.09.2016, 28.9.2018\n"
        "O-2;Zwei;Firma;Barmen;;;\nO-3;Drei;Firma;Mars;;;\nO-4;Vier;Firma;Barmen;;;\n",
        encoding="utf-8",
    )
    printed = desk.call("import", str(path), "--dry-run")
    preview = printed.out.partition("The first rows, as they are understood:")[2].strip().splitlines()
    assert [line.split("  ")[0] for line in preview] == [
        "column",
        "Kürzel",
        "Träger",
        "Art",
        "Bezirk",
        "gemeinnützig",
        "dabei seit",
        "Teilnahme",
    ]
    assert preview[0].endswith("line 4")
    assert "Ein Verein, dessen Name länger …" in preview[2]
    assert preview[3].split() == ["Art", "sector", "gemeinnützig", "Unternehmen", "Unternehmen"]
    assert preview[5].split() == ["gemeinnützig", "charitable", "ja"]
    assert preview[6].split()[-1] == "01.07.2016"
    assert preview[7].split()[2:] == ["2016-09-23,", "2018-09-28"]
    assert desk.call("import", str(path), "--dry-run", "--json").data["preview"][2] == {
        "column": "Art",
        "is read as": "sector",
        "line 2": "gemeinnützig",
        "line 3": "Unternehmen",
        "line 4": "Unternehmen",
    }
    assert "as they are understood" not in desk.call("import", str(path)).out


def test_the_headings_in_the_documentation_are_those_of_the_kinds() -> None:
    text = IMPORTING.read_text(encoding="utf-8")
    assert text == with_columns(text), "run `make catalogue`"
