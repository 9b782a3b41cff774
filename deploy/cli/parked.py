"""Which events could not be handled, and what can be done about them? `kosilab parked list | show | retry | skip`."""

from dataclasses import asdict
from typing import Any

import click

from deploy.cli.options import SERVICE, command, opened
from deploy.cli.printing import json_option, print_json, print_table
from deploy.failed import Failed
from shared.service.settings import Settings

HEADS = ("service", "source", "position", "state", "attempts", "next at", "stream", "reason")


@click.group()
def parked() -> None:
    """Events that a service could not handle; all later events of the same stream wait with them."""


def _place(function: Any) -> Any:
    for name in ("position", "source", "service"):
        kind = click.IntRange(1) if name == "position" else SERVICE
        function = click.argument(name, type=kind)(function)
    return function


@command("list", example="kosilab parked list --json")
@json_option
def list_parked(settings: Settings, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """List the parked events: which service could not handle which event, and when it tries again."""
    with opened(settings) as instance:
        events = [
            (name, event) for name, unit in instance.units.items() for event in unit.store.parked.listed()
        ]
    if as_json:
        print_json([{"service": service, **asdict(event)} for service, event in events])
        return
    rows = [
        (
            service,
            event.source,
            event.position,
            event.state,
            event.attempts,
            f"{event.next_at:%Y-%m-%d %H:%M:%S}",
            event.stream,
            event.reason,
        )
        for service, event in events
    ]
    print_table(HEADS, rows, none="There are no parked events.")


@command("show", example="kosilab parked show marketplace employment 57")
@_place
@json_option
def show_parked(settings: Settings, service: str, source: str, position: int, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """Show a parked event of SERVICE: why it failed, and the record at POSITION of SOURCE."""
    with opened(settings) as instance:
        event = _open_event(instance, service, source, position)
        records = instance.feed_of(source).read(position - 1, 1)
    record = records[0].decode() if records else ""
    if as_json:
        print_json({"service": service, **asdict(event), "record": record})
        return
    print_table(("what", "value"), [("service", service), *asdict(event).items()])
    click.echo(f"\n{record}")


@command("retry", example="kosilab parked retry marketplace employment 57")
@_place
def retry_parked(settings: Settings, service: str, source: str, position: int) -> None:
    """Tell SERVICE to try the event again at once, or as soon as its worker runs."""
    from shared.service import clock

    with opened(settings) as instance:
        event = _open_event(instance, service, source, position)
        store = instance.units[service].store
        with store.transaction() as tx:
            store.parked.retry_at(tx, event, clock.now())
    click.echo(f"{service} tries {source} {position} again")


@command("skip", example='kosilab parked skip marketplace employment 57 --reason "test data"')
@_place
@click.option(
    "--reason",
    required=True,
    help="The reason; the log of the service keeps it for ever. Do not name persons.",
)
def skip_parked(settings: Settings, service: str, source: str, position: int, reason: str) -> None:
    """Give up the event: SERVICE does not handle it and goes on with the stream."""
    from shared.service.parking import skip

    with opened(settings) as instance:
        _open_event(instance, service, source, position)
        unit = instance.units[service]
        skip(unit.app, unit.store, source, position, reason)
    click.echo(f"{service} skips {source} {position}")


def _open_event(instance: Any, service: str, source: str, position: int) -> Any:
    from shared.eventlog.parked import OPEN
    from shared.service.parking import CONSUMER

    event = instance.units[service].store.parked.get(CONSUMER, source, position)
    if event is None or event.state not in OPEN:
        msg = f"{service} has no parked event {source} {position}; `kosilab parked list` shows all."
        raise Failed(msg)
    return event


for _command in (list_parked, show_parked, retry_parked, skip_parked):
    parked.add_command(_command)
