"""Are the read models right, and how are they rebuilt? `kosilab views list | rebuild NAME | verify`."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from deploy.cli.options import command, opened
from deploy.cli.printing import json_option, print_json, print_table, progress
from deploy.failed import FAILED, UsedWrongly
from shared.service.settings import Settings

FACTS = "reporting.facts"


class Row(NamedTuple):
    """One read model: `n` documents (or rows), `behind` events that it has not passed."""

    view: str
    version: int | None
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

    The instance may run meanwhile; readers notice nothing.
    """
    from shared.service.projector import rebuild

    with opened(settings) as instance:
        named = {f"{service}.{view.name}": (service, view) for service, view in _views(instance)}
        wanted = [*named, FACTS] if name == "all" else [name]
        if unknown := set(wanted) - {*named, FACTS}:
            msg = f"There is no read model {unknown.pop()}; `kosilab views list` names them."
            raise UsedWrongly(msg)
        with progress("rebuilding") as show:
            for n_done, one in enumerate(wanted):
                if show:
                    show(n_done, len(wanted))
                if one == FACTS:
                    instance.units["reporting"].facts.rebuild()
                else:
                    service, view = named[one]
                    rebuild(instance.units[service].store, view, instance.feeds_of(service))
                click.echo(f"{one} is built anew")


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
            (name, f"{n} differ: kosilab views rebuild {name}" if n else "as the logs say")
            for name, n in results
        ]
        print_table(("view", "found"), words)
    if any(differing for _, differing in results):
        raise click.exceptions.Exit(FAILED)


def _views(instance: Any) -> Iterator[tuple[str, Any]]:
    for service, unit in instance.units.items():
        for view in unit.app.tables.views:
            yield service, view


def _rows(instance: Any) -> Iterator[Row]:
    from deploy.positions import views_lag
    from services.reporting.facts.tables import FACTS as FACT_TABLES

    for service, view in _views(instance):
        unit = instance.units[service]
        n = unit.store.views.count(view)
        yield Row(f"{service}.{view.name}", view.version, view.table, n, views_lag(unit)[service])
    reporting = instance.units["reporting"]
    for fact in FACT_TABLES:
        n = len(reporting.facts.tables.rows(fact))
        yield Row(FACTS, None, fact.table, n, views_lag(reporting)["facts"])


for _command in (list_views, rebuild_view, verify_views):
    views.add_command(_command)
