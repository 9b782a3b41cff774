"""What is happening in the city? `kosilab tail` prints events after a position, and live ones with --follow."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

import click

import shared.events.all  # noqa: F401 - registers every event
from deploy.cli.options import SERVICE, city_of, command, refuse_missing
from deploy.failed import Failed, UsedWrongly
from deploy.stores import open_store
from deploy.tailing import Heard, Listener
from shared.bus.seal import Seal
from shared.edge.tokens import Issuer
from shared.events.registry import SERVICES, all_types
from shared.service import clock
from shared.service.feeds import Feed, HttpFeed, LogFeed
from shared.service.settings import Settings
from shared.tabular.spelling import listed, nearest

LAST = 10
N_DOTS = 3
"""How many dots the full name of a type has, such as `kosilab.marketplace.OfferPosted.v1`."""


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
    for each in types:
        _refuse_unknown(each, services or SERVICES)
    show = _show_record if as_json else _show_line

    def wanted(heard: Heard) -> bool:
        return not types or heard.name in types or heard.envelope.type in types

    n_shown = 0
    with ExitStack() as stack:
        listener = Listener(_feeds(settings, services or SERVICES, stack))
        listener.at = dict.fromkeys(listener.feeds, after or 0)
        _say_what_ends_before(listener.feeds, after or 0)
        for service in listener.feeds:
            read = filter(wanted, listener.rest(service))
            for heard in read if after is not None else deque(read, LAST):
                show(heard)
                n_shown += 1
        if types and not n_shown and not follow:
            click.echo(f"There is no event of the type {', '.join(types)} here.", err=True)
        for heard in filter(wanted, _live(listener, settings)) if follow else ():
            show(heard)


def _refuse_unknown(name: str, services: Sequence[str]) -> None:
    """Make sure that one of these logs can hold events of this type; an older version of a type counts.

    Raises: UsedWrongly.
    """
    types = [each.split(".")[1:3] for each, _ in all_types()]
    short = name.split(".")[2] if name.startswith("kosilab.") and name.count(".") == N_DOTS else name
    publishers = [service for service, each in types if each == short]
    if not publishers:
        likely = nearest(short, {each for _, each in types})
        hint = f"did you mean {listed(likely)}?" if likely else "docs/catalogue.md lists all types."
        raise UsedWrongly(f"There is no event type '{name}'; {hint}")
    if not set(publishers) & set(services):
        raise UsedWrongly(f"'{name}' is an event of {', '.join(publishers)}, not of {', '.join(services)}.")


def _say_what_ends_before(feeds: Mapping[str, Feed], after: int) -> None:
    """Name the logs that end before this position; a log that ends right there only has nothing new.

    Raises: Failed, when all of them do; FeedUnavailable, LogUnavailable.
    """
    short = [service for service, feed in feeds.items() if after and not feed.read(after - 1, 1)]
    if len(short) == len(feeds) and short:
        raise Failed(
            f"{_logs(short)} before position {after}; `kosilab tail` without --after shows the last events."
        )
    if short:
        click.echo(f"{_logs(short)} before position {after}.", err=True)


def _logs(services: Sequence[str]) -> str:
    named = ", ".join(services)
    return f"The log of {named} ends" if len(services) == 1 else f"The logs of {named} end"


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
