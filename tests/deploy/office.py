"""What does an office need that imports its files? A city, a day, and files in a folder."""

import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.intake.apply import import_file
from shared.events.employment.placement import PlacementNotProposed
from shared.events.process import ReactionRefused
from shared.tabular.report import Report
from tests.city import WholeCity

TODAY = datetime(2020, 1, 10, 9, 30, tzinfo=UTC)

ORGANISATIONS = """Nr.;Name;Sektor;Stadtteil;aufgenommen am;Teilnahme Marktplatz
O-1;Bäckerei Blau;Unternehmen;Barmen;01.07.2016;23.09.2016
O-2;Lesebrücke e.V.;gemeinnützig;Elberfeld;02.07.2016;23.09.2016, 28.09.2018
O-3;Grüne Pause;Initiative;Vohwinkel;03.07.2016;
"""
VOLUNTEERING = """Nr.;Organisation;Art;Angebot;Kategorie;Plätze;Einsatzform;eingestellt am
E-1;O-2;Ehrenamt;Vorlesen;Know-how;1;regelmäßig;01.08.2016
"""
ENGAGEMENTS = """Nr.;Angebot;FW-Nr.;vermittelt am;Schnuppern am;Beginn;Ende;Grund
F-1;E-1;FW-007;10.08.2016;15.08.2016;01.09.2016;;
"""
JOBS = """Nr.;Arbeitgeber;Art;Stelle;Kategorie;Plätze;Stellenart;Std./Woche;Laufzeit;KldB 2010;verfügbar ab;gemeldet am
ST-1;O-1;Arbeit;Backhilfe;Helfende Hände;2;Stelle;30;24;29201;;01.03.2018
ST-2;O-1;Arbeit;Einstieg Backstube;Know-how;2;EQ;30;10;29222;01.10.2018;01.08.2018
"""


class Office(WholeCity):
    """A city whose office imports files; nobody else is at work, and it is always the same moment."""

    def __init__(self, folder: Path, city: str = "wuppertal", *, original: Path | None = None) -> None:
        """`original` is the folder of another city, which is copied."""
        self.desk = folder
        if original:
            shutil.copytree(original, folder / "city")
        super().__init__(folder / "city", city, now=lambda: TODAY)

    def file(self, content: str | bytes) -> Path:
        """A file with this content."""
        path = self.desk / "datei.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(self, content: str | bytes, kind: str | None = None, **options: Any) -> Report:
        """Import a file with this content."""
        return import_file(self.instance, self.file(content), kind, **options)

    def take_all(self, *contents: str) -> None:
        """Import files of which no line is rejected."""
        for content in contents:
            assert self.take(content).rejected == []

    def counts(self) -> Counter[str]:
        """How often each kind of event happened."""
        return Counter(type(event.data).__name__ for event in self.events())

    def refusals(self) -> int:
        """How often a rule said no to a reaction."""
        counts = self.counts()
        return counts[ReactionRefused.__name__] + counts[PlacementNotProposed.__name__]


def counts_of(report: Report) -> tuple[int, int, int, int]:
    """How many rows are new, amended, unchanged and rejected; they are all that were read."""
    counts = (report.n_new, report.n_amended, report.n_unchanged, len(report.rejected))
    assert sum(counts) == report.n_read
    return counts
