"""What is happening in the city? `kosilab tail` prints events after a position, and live ones with --follow."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import click

from deploy.cli.options import SERVICE, city_of, command, refuse_missing
from deploy.stores import open_store
from deploy.tailing import Heard, Listener
from shared.bus.seal import Seal
from shared.edge.tokens import Issuer
from shared.events.registry import SERVICES
from shared.service import clock
from shared.service.feeds import Feed, HttpFeed, LogFeed
from shared.service.settings import Settings

LAST = 10


@command("tail", example="kosilab tail --type OfferPosted --follow")
@click.option("--type", "types", multiple=True, help="Only this type, such as OfferPosted; may be repeated.")
@click.option("--service", "services", multiple=True, type=SERVICE, help="Only this log; may be repeated.")
@click.option(
    "--after", type=click.IntRange(0), help="After this position of each log.  [default: the last 10]"
)
@click.option("--follow", is_flag=True, help="Go on with new events, until Ctrl-C.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print each record exactly as in the log, one per line."
)
def tail(
    settings: Settings,
    types: Sequence[str],
    services: Sequence[str],
    after: int | None,
    follow: bool,  # noqa: FBT001 - click's flag
    as_json: bool,  # noqa: FBT001 - click's flag
) -> None:
    """Print events, from the broker where KOSILAB_AMQP_URL names one, else from the logs or their feeds."""
    show = _show_record if as_json else _show_line

    def wanted(heard: Heard) -> bool:
        return not types or heard.name in types or heard.envelope.type in types

    with ExitStack() as stack:
        listener = Listener(_feeds(settings, services or SERVICES, stack))
        listener.at = dict.fromkeys(listener.feeds, after or 0)
        for service in listener.feeds:
            read = filter(wanted, listener.rest(service))
            for heard in read if after is not None else deque(read, LAST):
                show(heard)
        for heard in filter(wanted, _live(listener, settings)) if follow else ():
            show(heard)


def _live(listener: Listener, settings: Settings) -> Iterator[Heard]:
    url = settings.amqp_url()
    if url == "memory://":
        return listener.asking()
    return listener.over_broker(url, Seal(Issuer.of(settings, city_of(settings).slug).message_key))


def _feeds(settings: Settings, services: Sequence[str], stack: ExitStack) -> dict[str, Feed]:
    """The feeds over HTTP where the services' addresses are set, else the logs themselves."""
    city = city_of(settings)
    if all(settings.service_url(service) for service in services):
        issuer = Issuer.of(settings, city.slug)
        return {
            service: HttpFeed(settings.service_url(service), service, issuer.service_token)
            for service in services
        }
    refuse_missing(settings)
    feeds: dict[str, Feed] = {}
    for service in services:
        store = open_store(settings, service, city, clock.now)
        stack.callback(store.close)
        feeds[service] = LogFeed(store.log)
    return feeds


def _show_record(heard: Heard) -> None:
    click.echo(heard.record)


def _show_line(heard: Heard) -> None:
    event = heard.envelope
    when = event.time.strftime("%Y-%m-%d %H:%M:%S")
    click.echo(
        f"{when}  {heard.service} {heard.position}  {heard.name}  {event.subject}  {bytes(event.data).decode()}"
    )
