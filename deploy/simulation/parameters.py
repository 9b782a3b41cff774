"""How much happens in a city? The section [simulation] of its file, checked; numbers are per year or say otherwise."""

import difflib
from datetime import date

import msgspec

from deploy.city import City
from shared.service.settings import BadSetting


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the section; a key that it does not know is an error."""


class Organisations(Part, frozen=True):
    """How many organisations of each sector there are at the end."""

    company: int = 0
    non_profit: int = 0
    initiative: int = 0
    public_body: int = 0
    school: int = 0
    training_company: int = 0
    employment_carrier: int = 0
    research: int = 0


class MarketDay(Part, frozen=True):
    """A market day of which sources say how it went: who attended, how many agreements were sealed."""

    held_on: date
    n_attended: int
    n_agreements: int


class Market(Part, frozen=True):
    """The market days: those that sources name, then one every so many years from a year on (0: none)."""

    days: tuple[MarketDay, ...] = ()
    from_year: int = 0
    every_years: int = 2
    month: int = 9
    n_attended: int = 0
    n_agreements: int = 0


class Exchange(Part, frozen=True):
    """Exchange between the market days: offers, needs, and agreements that come of other offers and needs."""

    offers: float = 0
    needs: float = 0
    agreements: float = 0


class Volunteering(Part, frozen=True):
    """The volunteer agency: new offers of hosts, and citizens who ask for counselling."""

    offers: float = 0
    most_offers_a_month: int = 0
    counselling: float = 0


class Work(Part, frozen=True):
    """Placements to be; `additional_jobs` are created for long-term unemployed people, from a day on."""

    additional_jobs: float = 0
    additional_jobs_from: date = date.min
    jobs: float = 0
    apprenticeships: float = 0
    entry_qualifications: float = 0
    internships: float = 0
    work_opportunities: float = 0


class Parameters(Part, frozen=True):
    """The whole section."""

    organisations: Organisations = Organisations()
    market: Market = Market()
    exchange: Exchange = Exchange()
    volunteering: Volunteering = Volunteering()
    work: Work = Work()


def parameters_of(city: City) -> Parameters:
    """The section [simulation] of a city's file.

    Raises: BadSetting, with a sentence that says what is wrong in it.
    """
    try:
        return msgspec.convert(dict(city.simulation), Parameters)
    except msgspec.ValidationError as error:
        raise BadSetting(f"The section [simulation] of {city.slug}: {error}{_meant(str(error))}") from error


def _meant(message: str) -> str:
    _, unknown, rest = message.partition("unknown field `")
    close = difflib.get_close_matches(rest.partition("`")[0], _known_keys(), n=1) if unknown else []
    return f". Did you mean {close[0]}?" if close else ""


def _known_keys() -> list[str]:
    parts = (Parameters, Organisations, MarketDay, Market, Exchange, Volunteering, Work)
    return [name for part in parts for name in part.__struct_fields__]
