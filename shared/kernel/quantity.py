"""Which numbers are possible? Counts, hours, terms, pay and money, each with its least and its most.

A type here is what commands, events and imported cells mean by it; the bound in it is judged wherever one of them
enters (`shared.events.bounds`).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias

from shared.kernel.sentence import Sentence

LARGEST_INTEGER = 2**31 - 1
MOST_ENTRIES = 100  # of a list that somebody sends
MOST_WEEKLY_HOURS = 60  # [h/week] ArbZG section 3: six working days of ten hours
LONGEST_TERM = 600  # [months] a working life
MOST_DECIMALS = 4  # of hours and pay per hour, so that a record stays short


@dataclass(frozen=True, slots=True)
class Whole:
    """What a whole number may be."""

    least: int = 0
    most: int = LARGEST_INTEGER

    @property
    def sentence(self) -> Sentence:
        """What is possible, as the end of a sentence."""
        return Sentence("a whole number from {least} to {most}.", least=self.least, most=self.most)

    def holds(self, value: object) -> bool:
        """Whether an event may carry this number."""
        return type(value) is int and self.least <= value <= self.most

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Amount:
    """What a decimal number may be: from `least` (or above it) to `most`, with so many decimals."""

    least: Decimal
    most: Decimal
    decimals: int = MOST_DECIMALS
    is_above: bool = False

    @property
    def sentence(self) -> Sentence:
        """What is possible, as the end of a sentence."""
        filled_in = {"least": self.least, "most": self.most, "decimals": self.decimals}
        if self.is_above:
            return Sentence(
                "more than {least} and at most {most}, with up to {decimals} decimals, such as 12.5.",
                **filled_in,
            )
        return Sentence("from {least} to {most}, with up to {decimals} decimals, such as 12.5.", **filled_in)

    def holds(self, value: object) -> bool:
        """Whether an event may carry this number: within the bounds, and written without an exponent."""
        if type(value) is not Decimal or not value.is_finite() or value.is_signed():
            return False
        exponent = value.as_tuple().exponent
        few = isinstance(exponent, int) and -self.decimals <= exponent <= 0
        return few and self.least <= value <= self.most and not (self.is_above and value == self.least)

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema, as far as a pattern can say it."""
        digits = len(str(int(self.most)))
        return {
            "type": "string",
            "pattern": rf"^[0-9]{{1,{digits}}}(\.[0-9]{{1,{self.decimals}}})?$",
            "description": str(self.sentence),
        }


@dataclass(frozen=True, slots=True)
class Entries:
    """How long a list may be."""

    most: int = MOST_ENTRIES

    @property
    def sentence(self) -> Sentence:
        """What is possible, as the end of a sentence."""
        return Sentence("at most {most} entries.", most=self.most)

    def holds(self, value: object) -> bool:
        """Whether an event may carry a list of this length."""
        return type(value) is tuple and len(value) <= self.most


COUNT: Final = Whole()
NUMBER: Final = Amount(Decimal(0), Decimal(10**12 - 1), decimals=6)
"""What a decimal number may be that no field describes."""

PLACES: Final = Whole(1, 1000)  # of one offer, or people that one need asks for; more is a typing error
USERS: Final = Whole(0, 100_000)  # of a social service in a month
TERM: Final = Whole(1, LONGEST_TERM)

AtLeastOne: TypeAlias = Annotated[int, Whole(1)]
"""A number that counts from 1, or a count of what there is."""

Places: TypeAlias = Annotated[int, PLACES]
Users: TypeAlias = Annotated[int, USERS]
Months: TypeAlias = Annotated[int, TERM]
Level: TypeAlias = Annotated[int, Whole(1, 4)]
"""The requirement level of an occupation (KldB 2010)."""

Pieces: TypeAlias = Annotated[int, Whole(1, 1_000_000)]

WeeklyHours: TypeAlias = Annotated[Decimal, Amount(Decimal(0), Decimal(MOST_WEEKLY_HOURS), is_above=True)]
HoursOfADay: TypeAlias = Annotated[Decimal, Amount(Decimal(0), Decimal(24), is_above=True)]
CorrectedHours: TypeAlias = Annotated[Decimal, Amount(Decimal(0), Decimal(24))]
"""Hours of a day as they were after all [h], 0 where nothing was worked."""

Hours: TypeAlias = Annotated[Decimal, Amount(Decimal(0), Decimal(100_000), is_above=True)]
"""Hours that somebody promises [h]; more is a typing error."""

Pay: TypeAlias = Annotated[Decimal, Amount(Decimal(0), Decimal(1_000))]
"""Pay per hour [EUR/h]; more is a typing error."""

Money: TypeAlias = Annotated[Decimal, Amount(Decimal(0), Decimal(10**12) - Decimal("0.01"), decimals=2)]
"""A sum of money [EUR], below a trillion, in cents."""

Share: TypeAlias = Annotated[Decimal, Amount(Decimal(0), Decimal(1), decimals=6)]


def has_few_decimals(number: Decimal, most: int = MOST_DECIMALS) -> bool:
    """Whether a number is finite and has at most so many decimals."""
    exponent = number.as_tuple().exponent  # a letter where it is no number
    return isinstance(exponent, int) and exponent >= -most


def are_weekly_hours(hours: Decimal) -> bool:
    """Whether somebody can work so many hours a week [h/week]: more than 0 and at most 60, with few decimals."""
    return has_few_decimals(hours) and 0 < hours <= MOST_WEEKLY_HOURS


def is_term(months: int) -> bool:
    """Whether work can be agreed for so long [months]: for 1 to 600 months."""
    return 1 <= months <= LONGEST_TERM
