"""Which settings does an instance have, and where does each value come from? `kosilab config show | schema`."""

from collections.abc import Iterator
from typing import NamedTuple

import click

from deploy.cli.options import city_of, command
from deploy.cli.printing import json_option, print_json, print_table
from shared.service.settings import SETTINGS, Settings

WIDTH = 60
HIDDEN = "(set, not shown)"


class Row(NamedTuple):
    """One setting; `value` of a secret is never shown."""

    name: str
    value: str
    origin: str
    purpose: str


@click.group()
def config() -> None:
    """The configuration: defaults < city file < environment < command line."""


@command("show", example="kosilab config show --origin")
@click.option("--origin", is_flag=True, help="Also show the origin and the purpose of each value.")
@json_option
def show_config(settings: Settings, origin: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """The values in force; secrets are not shown."""
    rows = list(_rows(settings))
    if as_json:
        print_json([row._asdict() for row in rows])
        return
    n_columns = 4 if origin else 2
    print_table(Row._fields[:n_columns], [row._replace(value=_short(row.value))[:n_columns] for row in rows])


@command("schema", example="kosilab config schema > city.schema.json")
def config_schema(_settings: Settings) -> None:
    """The JSON Schema of a city file, for editors that check it."""
    from deploy.city_schema import city_schema

    print_json(city_schema())


def _short(value: str) -> str:
    return value if len(value) <= WIDTH else f"{value[: WIDTH - 1]}…"


def _rows(settings: Settings) -> Iterator[Row]:
    for name, setting in SETTINGS.items():
        value = str(settings.data_dir()) if name == "KOSILAB_DATA_DIR" else settings.get(name)
        shown = HIDDEN if setting.secret and value and value != setting.default else value
        yield Row(name, shown, settings.origins.get(name, "default"), setting.purpose)
    city = city_of(settings)
    for name in ("key", "slug", "name", "timezone"):
        yield Row(f"city.{name}", str(getattr(city, name)), "city file", "")
    yield Row("city.districts", ", ".join(city.districts), "city file", "")


for _command in (show_config, config_schema):
    config.add_command(_command)
