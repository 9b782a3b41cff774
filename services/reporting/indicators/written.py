"""How is a number written? As one of a closed list of quantities, each with its unit, its words and its decimals."""

from dataclasses import dataclass
from enum import StrEnum

from services.reporting.words import Words

PLAIN = Words("{n}", "{n}")
EMPTY = Words("", "")


class Written(StrEnum):
    """What kind of quantity a number is; that decides how people read it."""

    NUMBER = "number"
    RATE = "rate"
    DECIMAL = "decimal"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """How a number of this kind is written, with its unit in brackets.

    `name` is the head of a column, `after` follows "between 2 and 5"; `singular` and `plural` write the number in a
    sentence. `is_headed`: in a table the unit stands in the head, and the decimals below each other.
    """

    unit: str = "[1]"
    name: Words
    after: Words = EMPTY
    singular: Words = PLAIN
    plural: Words = PLAIN
    decimals: int = 0
    is_headed: bool = False


QUANTITIES = {
    Written.NUMBER: Quantity(name=Words("number", "Anzahl")),
    Written.RATE: Quantity(name=Words("share", "Anteil"), decimals=1),
    Written.DECIMAL: Quantity(name=Words("number", "Zahl"), decimals=2),
    Written.HOURS: Quantity(
        unit="[h]",
        name=Words("hours", "Stunden"),
        after=Words(" hours", " Stunden"),
        singular=Words("{n} h", "{n} Std."),
        plural=Words("{n} h", "{n} Std."),
        decimals=1,
        is_headed=True,
    ),
    Written.DAYS: Quantity(
        unit="[d]",
        name=Words("days", "Tage"),
        after=Words(" days", " Tagen"),
        singular=Words("{n} day", "{n} Tag"),
        plural=Words("{n} days", "{n} Tage"),
        decimals=1,
        is_headed=True,
    ),
    Written.MONTHS: Quantity(
        unit="[mo]",
        name=Words("months", "Monate"),
        after=Words(" months", " Monaten"),
        singular=Words("{n} month", "{n} Monat"),
        plural=Words("{n} months", "{n} Monate"),
        decimals=1,
        is_headed=True,
    ),
}
