"""Which city is this? One TOML file per city, checked; unknown keys are errors with a suggestion."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from shared.kernel.text import in_one_line
from shared.service.settings import BadSetting

ZONE_NAME = re.compile(r"[A-Za-z0-9_+-]+")
NO_ZONE = "There is no such time zone; write one as Europe/Berlin."
CITIES = Path(__file__).parent / "cities"


class _TimeZone(fields.String):
    """The name of a time zone, read as the zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return zone_named(super()._deserialize(value, attr, data, **kwargs))


class _CitySection(Schema):
    key = fields.String(required=True, validate=validate.Regexp(r"^\d{8}(\d{4})?$"))
    slug = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9-]*$"))
    name = fields.String(required=True)
    languages = fields.List(fields.String(), load_default=["de", "en"])
    timezone = _TimeZone(load_default=lambda: zone_named("Europe/Berlin"))
    districts = fields.List(fields.String(), load_default=list)


class _WebSection(Schema):
    base_url = fields.String(load_default="")


class _SamplesSection(Schema):
    folder = fields.String(load_default="")
    files = fields.List(fields.String(), load_default=list)


class _Open(Schema):
    class Meta:
        unknown = INCLUDE


class CityFile(Schema):
    """The form of a city file."""

    city = fields.Nested(_CitySection, required=True)
    web = fields.Nested(_WebSection, load_default=dict)
    samples = fields.Nested(_SamplesSection, load_default=dict)
    lab = fields.Nested(_Open, load_default=dict)
    simulation = fields.Nested(_Open, load_default=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city as its file describes it; `key` is the official municipality key (AGS)."""

    key: str
    slug: str
    name: str
    timezone: ZoneInfo
    districts: tuple[str, ...]
    lab: Mapping[str, Any]
    simulation: Mapping[str, Any]
    samples: tuple[Path, ...]


def zone_named(name: str) -> ZoneInfo:
    """A time zone from the data that the product's lock pins, whatever the machine has.

    Raises: ValidationError for none that there is, and for one behind UTC: there, a deadline at midnight in UTC would
    come before the city's day is over, and would not ring again.
    """
    folders = name.split("/")
    if not all(ZONE_NAME.fullmatch(part) for part in folders):
        raise ValidationError(NO_ZONE)
    return _zone(name)


@cache
def _zone(name: str) -> ZoneInfo:
    file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    if not file.is_file():
        raise ValidationError(NO_ZONE)
    with file.open("rb") as data:
        zone = ZoneInfo.from_file(data, key=name)
    if any(behind_utc(zone, month) for month in (1, 7)):
        raise ValidationError(f"{name} is behind UTC; the time zone of a city may not be.")
    return zone


def behind_utc(zone: ZoneInfo, month: int) -> bool:
    """Whether the zone's clocks show less than those of UTC at the beginning of a month."""
    ahead = datetime(2026, month, 1, tzinfo=zone).utcoffset()
    return ahead is None or ahead < timedelta()


def load_city(named: str) -> City:
    """The city with this slug, or the one described in this file.

    Raises: BadSetting, with a sentence that says what is wrong with the file.
    """
    path = Path(named) if named.endswith(".toml") else CITIES / f"{named}.toml"
    if not path.is_file():
        slugs = ", ".join(sorted(file.stem for file in CITIES.glob("*.toml")))
        msg = f"There is no city file {path.name}; known cities: {slugs}. Give one of them or a path to a .toml file."
        raise BadSetting(msg)
    try:
        loaded = CityFile().load(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        msg = f"{path.name} is no TOML: {error}"
        raise BadSetting(msg) from error
    except ValidationError as error:
        raise BadSetting(f"{path.name}: {_sentence(error.messages)}") from error
    return _city(loaded, path)


def _city(loaded: Mapping[str, Any], path: Path) -> City:
    section, samples = loaded["city"], loaded["samples"]
    folder = path.parent / (samples.get("folder") or section["slug"])
    return City(
        key=section["key"],
        slug=section["slug"],
        name=section["name"],
        timezone=section["timezone"],
        districts=tuple(map(in_one_line, section["districts"])),
        lab=loaded["lab"],
        simulation=loaded["simulation"],
        samples=tuple(folder / name for name in samples.get("files", ())),
    )


def _sentence(messages: Any, where: str = "") -> str:
    if not isinstance(messages, Mapping):
        words = " ".join(str(message) for message in messages)
        close = (
            difflib.get_close_matches(where.rpartition(".")[2], _known_keys(), n=1)
            if "Unknown" in words
            else []
        )
        return f"{where}: {words}" + (f" Did you mean {close[0]}?" if close else "")
    return "; ".join(_sentence(inner, f"{where}.{key}".strip(".")) for key, inner in messages.items())


def _known_keys() -> list[str]:
    sections = (_CitySection, _WebSection, _SamplesSection, CityFile)
    return [name for section in sections for name in section._declared_fields]  # noqa: SLF001 - its documented registry
