"""Are files known again that the version before imported with texts as they stood there?

How the city was made, and what is in its files: `tests/fixtures/before_texts/README.md`.
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.intake.apply import import_file
from shared.events.registry import SERVICES
from shared.tabular.report import Report
from tests.deploy.office import Office, counts_of

FIXTURE = Path(__file__).parent.parent / "fixtures" / "before_texts"
BEFORE: dict[str, Any] = json.loads((FIXTURE / "expected.json").read_text(encoding="utf-8"))
FILES = sorted(FIXTURE.glob("[0-9]-*"))


@pytest.fixture(scope="session")
def then(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The databases of the version before; nobody writes into them."""
    folder = tmp_path_factory.mktemp("then")
    with tarfile.open(FIXTURE / "city.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "city"


@pytest.fixture
def office(then: Path, tmp_path: Path) -> Iterator[Office]:
    """The office of that city, with today's code."""
    with Office(tmp_path, original=then) as opened:
        yield opened


def digests(office: Office) -> dict[str, str]:
    """The digest of each log."""
    return {service: hashlib.sha256(b"\n".join(office.records(service))).hexdigest() for service in SERVICES}


def corrected(office: Office, name: str, old: str, new: str) -> Report:
    """Import one of the files with a correction."""
    content = (FIXTURE / name).read_text(encoding="utf-8")
    assert content.count(old) == 1
    return office.take(content.replace(old, new))


def test_the_same_files_add_no_event(office: Office) -> None:
    assert digests(office) == BEFORE["logs"]
    for path in FILES:
        report = import_file(office.instance, path, None)
        assert (report.n_new, report.n_amended) == (0, 0), path.name
        rejected = [line.line for line in report.rejected]
        assert rejected == {"1-organisations.csv": [6], "4-needs.csv": [3]}.get(path.name, []), report
    assert digests(office) == BEFORE["logs"]


def test_a_rehearsal_of_the_same_files_says_that_nothing_would_change(office: Office) -> None:
    for path in FILES:
        report = import_file(office.instance, path, None, dry_run=True)
        assert (report.n_new, report.n_amended) == (0, 0), path.name


def test_a_correction_amends_what_is_known_under_the_key_as_it_was_read_then(office: Office) -> None:
    offer = corrected(office, "3-offers.csv", "Helfende Hände;3;", "Helfende Hände;4;")
    assert counts_of(offer) == (0, 1, 3, 0)
    terms = office.events("OfferPosted")[-1].data.terms
    assert (terms.title, terms.places, terms.description) == ("Aufbau", 4, "Tisch\n\nStuhl")
    organisation = corrected(office, "1-organisations.csv", "gemeinnützig;Elberfeld", "gemeinnützig;Barmen")
    assert counts_of(organisation) == (0, 1, 3, 1)
    (amended,) = office.events("OrganisationAmended")
    assert (amended.data.name, amended.data.district) == ("Lesebrücke e.V.", "Barmen")


def test_what_was_possible_then_may_be_said_again_and_nothing_beyond(office: Office) -> None:
    more_places = corrected(office, "3-offers.csv", "Know-how;2;./.;", "Know-how;3;./.;")
    assert counts_of(more_places) == (0, 1, 3, 0)
    assert len(office.events("OfferAmended")[-1].data.terms.skills) == 120
    more_words = corrected(office, "3-offers.csv", "Wort119", "Wort119, Wort120")
    assert [(line.line, line.column) for line in more_words.rejected] == [(3, "Fähigkeiten")]


def test_a_new_row_is_read_as_people_mean_it(office: Office) -> None:
    content = (FIXTURE / "3-offers.csv").read_text(encoding="utf-8")
    header = content.splitlines()[0]
    row = '"=""0099""";O-2\u200b;Tausch;Vor\u200blesen;Know-how;1;K.A.;su\u0308ß;;;;;;;;02.08.16'
    assert counts_of(office.take(f"{header}\n{row}\n")) == (1, 0, 0, 0)
    posted = office.events("OfferPosted")[-1]
    assert (posted.data.terms.title, posted.data.terms.description) == ("Vorlesen", "")
    assert posted.data.terms.skills == ("süß",)
    again = row.replace("su\u0308ß", "süß").replace('"=""0099"""', "0099")
    assert counts_of(office.take(f"{header}\n{again}\n")) == (0, 0, 1, 0)
