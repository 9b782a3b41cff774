"""Are the read models correct, and how are they rebuilt? `kosilab views list | rebuild NAME | verify`."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from deploy.cli.options import command, opened
from deploy.cli.printing import json_option, print_json, print_table, progress
from deploy.failed import FAILED, UsedWrongly
from shared.service.settings import Settings
from shared.tabular.spelling import listed, nearest


class Row(NamedTuple):
    """One read model: `n` documents (or rows), `behind` events that it has not passed."""

    view: str
    version: int
    table: str
    n: int
    behind: int


@click.group()
def views() -> None:
    """Read models: list them, rebuild them, compare them with the logs."""


@command("list", example="kosilab views list")
@json_option
def list_views(settings: Settings, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """List the read models, their sizes, and how far behind they are."""
    with opened(settings) as instance:
        rows = list(_rows(instance))
    if as_json:
        print_json([row._asdict() for row in rows])
    else:
        print_table(Row._fields, rows)


@command("rebuild", example="kosilab views rebuild marketplace.offers")
@click.argument("name")
def rebuild_view(settings: Settings, name: str) -> None:
    """Build a new read model beside the old one, then switch: NAME from the list, or `all`.

    The instance may keep running; readers notice nothing.
    """
    with opened(settings) as instance, progress("rebuilding") as report:
        named = {_name(service, model): (each, model) for service, each, model in _models(instance)}
        if name not in {*named, "all"}:
            likely = nearest(name, named)
            hint = f"did you mean {listed(likely)}?" if likely else "`kosilab views list` names them."
            raise UsedWrongly(f"There is no read model '{name}'; {hint}")
        wanted = list(named) if name == "all" else [name]
        for n_done, each in enumerate(wanted):
            if report:
                report(n_done, len(wanted))
            projection, model = named[each]
            projection.rebuild([model])
            click.echo(f"rebuilding {each}")


@command("verify", example="kosilab views verify")
@json_option
def verify_views(settings: Settings, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """Replay the logs from the beginning and compare; exit code 1 when a read model differs from them."""
    from deploy.verification import verified

    with opened(settings) as instance:
        results = list(verified(instance))
    if as_json:
        print_json(dict(results))
    else:
        words = [
            (name, f"{n} differ: kosilab views rebuild {name}" if n else "agrees with the logs")
            for name, n in results
        ]
        print_table(("view", "found"), words)
    if any(differing for _, differing in results):
        raise click.exceptions.Exit(FAILED)


def _models(instance: Any) -> Iterator[tuple[str, Any, Any]]:
    for service, unit in instance.units.items():
        for projection in unit.projections:
            for model in projection.models:
                yield service, projection, model


def _name(service: str, model: Any) -> str:
    return f"{service}.{model.name}"


def _rows(instance: Any) -> Iterator[Row]:
    from deploy.positions import views_lag

    for service, unit in instance.units.items():
        for projection, behind in zip(unit.projections, views_lag(unit).values(), strict=True):
            for model in projection.models:
                n = unit.store.views.count(model)
                yield Row(_name(service, model), model.version, model.table, n, behind)


for _command in (list_views, rebuild_view, verify_views):
    views.add_command(_command)
