"""How is a plausible history made? `kosilab simulate` writes one with the real deciders, marked as synthetic."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from deploy.cli.options import city_of, command, opened
from deploy.cli.printing import json_option, print_json, print_table, progress
from shared.kernel.city_day import day_in
from shared.service.settings import BadSetting, Settings

DAY = click.DateTime(formats=["%Y-%m-%d"])


@command("simulate", example="kosilab simulate --city dortmund --from 2016-06-01 --to 2019-05-31 --seed 7")
@click.option("--from", "begins", type=DAY, required=True, help="The first day, YYYY-MM-DD.")
@click.option("--to", "ends", type=DAY, required=True, help="The last day.")
@click.option("--seed", type=int, required=True, help="The same seed gives the same history.")
@click.option(
    "--scale",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="The amount of activity.",
)
@click.option(
    "--files-follow/--no-files",
    default=True,
    show_default=True,
    help="Leave out the market days of the city's sample files, because these are imported afterwards.",
)
@json_option
def simulate(settings: Settings, begins: datetime, ends: datetime, as_json: bool, **how: Any) -> None:  # noqa: FBT001 - click's flag
    """Write a synthetic history into empty logs."""
    from deploy.playing import run

    days = (begins.date(), ends.date())
    _refuse_impossible(*days, city_of(settings).timezone)
    with opened(settings, there=False) as instance, progress("simulating") as show:
        played = run.simulate(instance, begins=days[0], ends=days[1], progress=show, **how)
    if as_json:
        print_json(asdict(played))
    else:
        print_table(("what", "how much"), list(_lines(asdict(played))))


def _lines(summary: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in summary.items():
        if isinstance(value, Mapping):
            yield from ((f"{name} {inner}", n) for inner, n in value.items())
        else:
            yield name, value


def _refuse_impossible(begins: date, ends: date, zone: ZoneInfo) -> None:
    from shared.service import clock

    if ends < begins:
        msg = "--to lies before --from; give the earlier day first"
        raise BadSetting(msg)
    if ends >= day_in(zone, clock.now()):
        msg = "--to lies in the future; simulate up to yesterday at most"
        raise BadSetting(msg)
