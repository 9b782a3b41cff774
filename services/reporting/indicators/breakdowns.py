"""By what is a figure broken down? Each breakdown has a name in addresses, a label, and words for its groups."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from services.reporting.indicators.cases import Case
from services.reporting.words import Words
from shared.events.vocabulary import Category

UNKNOWN, NONE = "unknown", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A way to break a figure down. A group without words of its own, for example a district, is shown as it is.

    `of` reads the group of a case; without it, it is what the case says under the breakdown's name.
    """

    name: str
    label: Words
    words: Mapping[str, Words] = field(default_factory=dict)
    of: Callable[[Case], str] | None = None

    def group(self, case: Case) -> str:
        """The group that a case belongs to."""
        return str((self.of(case) if self.of else case.groups.get(self.name)) or UNKNOWN)

    def words_of(self, group: str) -> Words:
        """What people call a group."""
        return self.words.get(group) or COMMON_GROUPS.get(group) or Words(group, group)


COMMON_GROUPS = {UNKNOWN: Words("unknown", "unbekannt")}

YEAR = Breakdown(name="year", label=Words("Year", "Jahr"), of=lambda case: f"{case.on.year:04d}")
MONTH = Breakdown(name="month", label=Words("Month", "Monat"), of=lambda case: f"{case.on:%Y-%m}")
LAB = Breakdown(name="lab", label=Words("Lab", "Labor"), words={NONE: Words("without a lab", "ohne Labor")})
ALWAYS = (YEAR, MONTH, LAB)
"""The breakdowns of every indicator; the facts, not the cases, distinguish labs."""

CATEGORY = Breakdown(
    name="category",
    label=Words("Category", "Kategorie"),
    words={
        Category.HELPING_HANDS: Words("Helping hands", "Anpacken"),
        Category.KNOW_HOW: Words("Know-how", "Know-how"),
        Category.GOODS: Words("Goods", "Sachmittel"),
        Category.SPACE_AND_EQUIPMENT: Words("Space and equipment", "Räume und Geräte"),
        Category.NETWORK_ACCESS: Words("Access to networks", "Zugang zu Netzwerken"),
        Category.EVENT_SUPPORT: Words("Support of events", "Unterstützung von Veranstaltungen"),
    },
)
DISTRICT = Breakdown(name="district", label=Words("District", "Stadtbezirk"))
